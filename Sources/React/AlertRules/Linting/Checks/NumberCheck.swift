internal import GatewayModel
internal import PromQL

/// Numbers that are not what they look like: fractions taken for percentages, equality of what is measured, quotients of nothing.
enum NumberCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        rule.expression.walk { part, around in
            guard case .binary(let binary) = part else { return }
            findings += equality(binary, rule)
        }
        if let threshold = rule.threshold, rule.alert != nil {
            findings += percentage(threshold, rule)
            findings += ratio(threshold, rule)
        }
        return findings
    }

    // MARK: Equality

    private static func equality(_ binary: BinaryOperation, _ rule: LintedRule) -> [RuleFinding] {
        guard binary.operation == .equal || binary.operation == .notEqual else { return [] }
        let (left, right) = (ConstantNumber(binary.left), ConstantNumber(binary.right))
        guard let limit = left ?? right, (left == nil) != (right == nil) else { return [] }
        let compared = left == nil ? binary.left : binary.right
        guard limit.value != limit.value.rounded() || (limit.value != 0 && limit.value.magnitude != 1 && isMeasured(compared)) else { return [] }
        // "== 100 % used" of a quotient that is at its end is exact.
        if limit.value == 100, case .binary = compared.bare { return [] }
        let message =
            "\(rule.shown(compared)) is computed, and equals \(rule.text(left == nil ? binary.right : binary.left)) only by chance: compare with >= or <="
        return [rule.finding(.floatEquality, .warning, message, at: binary.range)]
    }

    /// Whether a value comes out of a division or of extrapolation.
    private static func isMeasured(_ expression: Expression) -> Bool {
        switch expression.bare {
        case .binary(let binary): binary.operation == .divide || isMeasured(binary.left) || isMeasured(binary.right)
        case .call(let call):
            ["rate", "irate", "increase", "deriv", "delta", "avg_over_time", "histogram_quantile", "predict_linear"].contains(call.function.name)
        case .aggregation(let aggregation): aggregation.operation == .avg || isMeasured(aggregation.operand)
        default: false
        }
    }

    // MARK: Percentages

    private static func percentage(_ found: FoundThreshold, _ rule: LintedRule) -> [RuleFinding] {
        let limit = found.threshold.limit
        if hasFactor100(found.compared), limit > 0, limit < 0.5, isPartOfWhole(found.compared) {
            return [
                rule.finding(
                    .percentage, .warning,
                    "\(rule.shown(found.compared)) is a percentage, and \(rule.text(found.range)) is less than half of one: for a fraction leave the factor 100 out",
                    at: found.range)
            ]
        }
        guard case .binary(let division) = found.compared.bare, division.operation == .divide, !hasFactor100(found.compared), limit >= 2, limit <= 100,
            saysPercent(rule), PartOfWhole.holds(division.left, division.right) == false, isRatioOfRates(division)
        else { return [] }
        let message = "the texts speak of percent, but \(rule.shown(found.compared)) is a fraction: for \(rule.text(found.range)) % multiply it by 100"
        return [rule.finding(.percentage, .warning, message, at: found.range)]
    }

    private static func hasFactor100(_ expression: Expression) -> Bool {
        guard case .binary(let binary) = expression.bare, binary.operation == .multiply || binary.operation == .subtract || binary.operation == .divide else {
            return false
        }
        if binary.operation == .multiply, ConstantNumber(binary.left)?.value == 100 || ConstantNumber(binary.right)?.value == 100 { return true }
        return hasFactor100(binary.left) || hasFactor100(binary.right)
    }

    private static func isPartOfWhole(_ expression: Expression) -> Bool {
        var found = false
        expression.walk { part, _ in
            if case .binary(let binary) = part, binary.operation == .divide { found = found || PartOfWhole.quotientMax(binary.left, binary.right) != nil }
        }
        return found
    }

    private static func isRatioOfRates(_ division: BinaryOperation) -> Bool {
        func isRate(_ expression: Expression) -> Bool {
            switch expression.bare {
            case .aggregation(let aggregation): aggregation.operation == .sum && isRate(aggregation.operand)
            case .call(let call): ["rate", "irate", "increase"].contains(call.function.name)
            default: false
            }
        }
        return isRate(division.left) && isRate(division.right)
    }

    private static func saysPercent(_ rule: LintedRule) -> Bool {
        let texts = (rule.alert?.annotations ?? []).map { $0.value.lowercased() }
        return texts.contains { $0.contains("%") || $0.contains("percent") } && !texts.contains { $0.contains("humanizepercentage") }
    }

    // MARK: Quotients

    private static func ratio(_ found: FoundThreshold, _ rule: LintedRule) -> [RuleFinding] {
        guard case .binary(let division) = withoutFactor(found.compared.bare), division.operation == .divide,
            division.matching != nil || division.right.type == .vector
        else { return [] }
        let isUpward = found.threshold.comparison == .greater || found.threshold.comparison == .greaterOrEqual
        guard isUpward else { return [] }
        let isPart = PartOfWhole.holds(division.left, division.right)
        if isPart, !hasVolumeCondition(rule.expression), isRatioOfRates(division) {
            let message =
                "with little traffic one failure is much of it: one of two requests at night is 50 %; add \"and \(rule.shown(division.right)) > ...\" for a least volume"
            return [rule.finding(.ratioWithoutVolume, .info, message, at: division.range)]
        }
        guard !isPart, isRatioOfRates(division), !hasVolumeCondition(rule.expression), !countsFailures(division.left) else { return [] }
        let message = "when \(rule.shown(division.right)) is 0 the quotient is +Inf, which is above every limit: add \"and \(rule.shown(division.right)) > 0\""
        return [rule.finding(.divisionByZero, .info, message, at: division.range)]
    }

    /// Where nothing happened, nothing failed either: 0 divided by 0 is no number, and above no limit.
    private static func countsFailures(_ expression: Expression) -> Bool {
        let words = [
            "err", "fail", "drop", "denied", "reject", "retr", "timeout", "slow", "abort", "discard", "miss", "cancel", "throttl", "limit", "5xx", "4xx",
        ]
        return expression.selectors.joined().contains { matcher in matcher.name == SeriesLabels.metricName && words.contains { matcher.value.contains($0) } }
    }

    private static func withoutFactor(_ expression: Expression) -> Expression {
        guard case .binary(let binary) = expression, binary.operation == .multiply else { return expression }
        if ConstantNumber(binary.right) != nil { return binary.left.bare }
        return ConstantNumber(binary.left) != nil ? binary.right.bare : expression
    }

    private static func hasVolumeCondition(_ expression: Expression) -> Bool {
        if case .binary(let binary) = expression.bare { return binary.operation == .and || binary.operation == .unless }
        return false
    }
}

extension LintedRule {
    /// The text of a place.
    func text(_ range: SourceRange) -> String { rule.text.stretch(range) }
}
