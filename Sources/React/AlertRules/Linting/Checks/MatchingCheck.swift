internal import GatewayModel
internal import PromQL

/// Whether the two sides of an operator can have the same labels.
enum MatchingCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var found: [(finding: RuleFinding, range: SourceRange)] = []
        rule.expression.walk { part, _ in
            guard case .binary(let binary) = part, let matching = binary.matching, binary.operation != .or else { return }
            for finding in check(binary, matching, rule) { found.append((finding, binary.range)) }
        }
        // What is around an operator that matches nothing fails for the same reason.
        return found.filter { one in !found.contains { $0.range != one.range && $0.range.start >= one.range.start && $0.range.end <= one.range.end } }.map(
            \.finding)
    }

    private static func check(_ binary: BinaryOperation, _ matching: VectorMatching, _ rule: LintedRule) -> [RuleFinding] {
        let left = ResultLabels(binary.left)
        let right = ResultLabels(binary.right)
        if matching.isOn { return checkOn(binary, matching, left, right, rule) }
        let ignored = Set(matching.labels)
        let (first, second) = (left.dropping(ignored), right.dropping(ignored))
        // A label that one side has for certain and the other cannot have keeps them apart.
        for (side, other, name) in [(first, second, "right"), (second, first, "left")] {
            if let label = side.sure.subtracting(["__name__"]).sorted().first(where: { !other.canHave($0) }) {
                return [
                    rule.finding(
                        .neverMatches, severity(binary, rule),
                        sentence(binary, "the \(name) side of \(binary.operation.rawValue) has no label \(label), the other side has it", rule),
                        at: binary.range)
                ]
            }
        }
        if let only = first.only, let others = second.only, only != others {
            let (left, right) = (only.subtracting(others), others.subtracting(only))
            let isCertain = !left.isEmpty && !right.isEmpty
            let reason = "the sides of \(binary.operation.rawValue) are grouped by different labels (\(left.union(right).sorted().joined(separator: ", ")))"
            return [
                rule.finding(
                    isCertain ? .neverMatches : .doubtfulMatch, isCertain ? severity(binary, rule) : .warning,
                    sentence(binary, reason, rule, isCertain: isCertain), at: binary.range)
            ]
        }
        if let doubtful = doubtful(binary, first, second, rule) { return [doubtful] }
        return []
    }

    /// A side without any label against series as they were scraped: these have at least job and instance.
    private static func doubtful(_ binary: BinaryOperation, _ left: ResultLabels, _ right: ResultLabels, _ rule: LintedRule) -> RuleFinding? {
        guard binary.matching?.cardinality == .oneToOne || binary.operation.isSet else { return nil }
        for (side, other, plain, name) in [(left, right, binary.right, "left"), (right, left, binary.left, "right")] {
            guard side.only == [], other.only == nil, other.without.isEmpty, isScraped(plain) else { continue }
            let message =
                "the \(name) side has no labels, but the other side has those of each series, so that they match only if a series has no labels at all: "
                + "write on() with group_left() or group_right(), or aggregate both sides alike"
            return rule.finding(.doubtfulMatch, .warning, message, at: binary.range)
        }
        return nil
    }

    /// Series as a scrape gives them: not made by a recording rule, and not by functions without labels.
    private static func isScraped(_ expression: Expression) -> Bool {
        guard expression.readsSeries else { return false }
        var isScraped = true
        expression.walk { part, _ in
            switch part {
            case .vectorSelector(let selector): if selector.metric.map({ $0.contains(":") || $0 == "ALERTS" }) ?? true { isScraped = false }
            case .matrixSelector(let matrix): if matrix.selector.metric.map({ $0.contains(":") }) ?? true { isScraped = false }
            case .call(let call): if call.function.name.hasPrefix("absent") || call.function.name == "vector" { isScraped = false }
            default: break
            }
        }
        return isScraped
    }

    private static func checkOn(
        _ binary: BinaryOperation, _ matching: VectorMatching, _ left: ResultLabels, _ right: ResultLabels, _ rule: LintedRule
    ) -> [RuleFinding] {
        for label in matching.labels {
            let (hasLeft, hasRight) = (left.canHave(label), right.canHave(label))
            if hasLeft && hasRight { continue }
            if !hasLeft && !hasRight {
                return [
                    rule.finding(.doubtfulMatch, .warning, "on(\(label)): neither side has a label \(label), so that it tells nothing apart", at: binary.range)
                ]
            }
            let missing = hasLeft ? "right" : "left"
            let other = hasLeft ? left : right
            let isCertain = other.sure.contains(label)
            let reason = "the \(missing) side has no label \(label) any more, by which on(\(matching.labels.joined(separator: ", "))) matches"
            return [
                rule.finding(
                    isCertain ? .neverMatches : .doubtfulMatch, isCertain ? severity(binary, rule) : .warning,
                    sentence(binary, reason, rule, isCertain: isCertain), at: binary.range)
            ]
        }
        return []
    }

    private static func severity(_ binary: BinaryOperation, _ rule: LintedRule) -> RuleFinding.Severity { binary.operation == .unless ? .warning : .error }

    private static func sentence(_ binary: BinaryOperation, _ reason: String, _ rule: LintedRule, isCertain: Bool = true) -> String {
        let consequence = binary.operation == .unless ? "nothing is ever taken away" : "no series find each other, and the result is empty"
        return
            "\(reason): \(isCertain ? consequence : consequence + ", unless the label is missing on the other side too"); keep the label on both sides, or match with on() or ignoring()"
    }
}
