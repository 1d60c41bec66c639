internal import PromQL

/// Whether a rule can fire at all, and whether it ever stops.
enum ConditionCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var inference = ValueInference()
        let estimate = inference.estimate(rule.expression)
        var findings: [RuleFinding] = []
        let isDead = estimate.range == nil && rule.alert != nil
        var deathIsExplained = false
        for verdict in inference.verdicts {
            // What has been filtered before is the condition, and the comparison after it only an odd way to write it.
            let isDeciding =
                rule.alert != nil && decides(verdict.comparison, rule.expression)
                && ![verdict.comparison.left, verdict.comparison.right].contains(where: hasCondition)
            // That a comparison holds never is the reason why the rule is dead only once.
            if verdict.holdsAlways, !isDeciding, mayBeNoNumber(verdict.comparison) { continue }
            let isFatal = !verdict.holdsAlways && isDead && !deathIsExplained
            if isFatal { deathIsExplained = true }
            findings.append(finding(rule, verdict, isFatal: isFatal, isDeciding: isDeciding))
        }
        if isDead, !deathIsExplained {
            findings.append(
                rule.finding(
                    .neverFires, .error, "the alert can never fire: a part of its expression gives nothing, whatever the data", at: rule.expression.range))
        }
        if rule.alert != nil { findings += rootFindings(rule, estimate) }
        return findings
    }

    /// Whether the comparison is the condition of the whole rule and not one of several.
    private static func decides(_ comparison: BinaryOperation, _ expression: Expression) -> Bool {
        if case .binary(let root) = expression.bare { return root == comparison }
        return false
    }

    /// ">= 0" after a division lets everything through but 0 divided by 0, and is often there for that.
    private static func mayBeNoNumber(_ comparison: BinaryOperation) -> Bool {
        var divides = false
        Expression.binary(comparison).walk { part, _ in
            if case .binary(let binary) = part, binary.operation == .divide, ConstantNumber(binary.right) == nil { divides = true }
        }
        return divides
    }

    private static func finding(_ rule: LintedRule, _ verdict: ValueInference.Verdict, isFatal: Bool, isDeciding: Bool) -> RuleFinding {
        let text = rule.shown(.binary(verdict.comparison))
        let compared = (verdict.comparison.left.type == .scalar ? verdict.comparison.right : verdict.comparison.left).bare
        let reason = reason(compared, verdict.range, rule)
        if verdict.holdsAlways {
            let severity: RuleFinding.Severity = isDeciding ? .error : hasCondition(compared) ? .info : .warning
            let consequence = isDeciding ? "the alert fires as long as there are series" : "the comparison changes nothing"
            return rule.finding(
                isDeciding ? .alwaysFires : .comparisonAlways, severity, "\(text) always holds: \(reason), so that \(consequence)", at: verdict.comparison.range
            )
        }
        if let advice = emptyVectorAdvice(compared, verdict) {
            let consequence = isFatal ? "the alert can never fire" : "this part never gives anything"
            return rule.finding(.emptyVector, isFatal ? .error : .warning, "\(text) never holds: \(advice); \(consequence)", at: verdict.comparison.range)
        }
        let consequence = isFatal ? "the alert can never fire" : "this part never gives anything"
        return rule.finding(
            isFatal ? .neverFires : .comparisonNever, isFatal ? .error : .warning, "\(text) never holds: \(reason); \(consequence)",
            at: verdict.comparison.range)
    }

    /// Counting or adding up what a filter lets through gives nothing, not 0, when it lets nothing through.
    private static func emptyVectorAdvice(_ compared: Expression, _ verdict: ValueInference.Verdict) -> String? {
        switch compared {
        case .aggregation(let aggregation) where aggregation.operation == .count || aggregation.operation == .group:
            let count = "\(aggregation.operation.rawValue)() of no series gives no value, not 0"
            return "\(count): write \"absent(...)\" for a metric that is gone, \"... or vector(0)\" before the comparison, or count with sum(x == bool 1)"
        case .aggregation(let aggregation) where aggregation.operation == .sum && isFilter(aggregation.operand.bare):
            return
                "what the comparison inside leaves out is no 0 to the sum, and of nothing there is no sum: compare with bool inside, or write \"... or vector(0)\""
        case .call(let call) where call.function.name == "count_over_time":
            return "count_over_time() of a window without samples gives no value, not 0: write absent_over_time(...)"
        default: return nil
        }
    }

    private static func isFilter(_ expression: Expression) -> Bool {
        if case .binary(let binary) = expression { return binary.operation.isComparison && !binary.returnsBool }
        return false
    }

    /// Why the values are as they are, in words.
    private static func reason(_ compared: Expression, _ range: ValueRange, _ rule: LintedRule) -> String {
        let shown = rule.shown(compared)
        if case .vectorSelector(let selector) = compared, selector.metric == "up" { return "up is 0 or 1" }
        if case .binary(let division) = compared, division.operation == .divide, let most = PartOfWhole.quotientMax(division.left, division.right) {
            return "\(shown) is a part of a whole, between 0 and \(number(most))\(most == 1 ? " (for 5 % write 0.05, or multiply by 100)" : "")"
        }
        if case .call(let call) = compared, call.function.name.hasPrefix("absent") { return "\(call.function.name)() gives 1 or nothing" }
        if let single = range.single {
            return "\(shown) is always \(single == single.rounded() && single.magnitude < 1e15 ? String(Int64(single)) : String(single))"
        }
        switch (range.lower.isFinite, range.upper.isFinite) {
        case (true, true): return "\(shown) is between \(number(range.lower)) and \(number(range.upper))"
        case (true, false):
            return range.lower == 0 && !range.isLowerOpen
                ? "\(shown) is never negative" : "\(shown) is \(range.isLowerOpen ? "above" : "at least") \(number(range.lower))"
        case (false, true): return "\(shown) is \(range.isUpperOpen ? "below" : "at most") \(number(range.upper))"
        case (false, false): return "its two sides allow nothing else"
        }
    }

    private static func number(_ value: Double) -> String { value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value) }

    // MARK: The whole condition

    private static func rootFindings(_ rule: LintedRule, _ estimate: ValueEstimate) -> [RuleFinding] {
        if estimate.range != nil, estimate.isAlwaysThere, !rule.expression.readsSeries {
            return [rule.finding(.alwaysFires, .info, "the alert always fires: right for a dead man's switch, and for nothing else", at: rule.expression.range)]
        }
        switch rule.expression.bare {
        case .binary(let binary) where binary.operation.isComparison && binary.returnsBool:
            let message = "with bool the comparison gives 0 where it does not hold, and an alert fires for every value, 0 included: leave bool out"
            return [rule.finding(.boolCondition, .error, message, at: binary.range)]
        case let root where !hasCondition(root):
            let message = "there is no condition: the alert fires for every series of \(rule.shown(root)), whatever its value, 0 included; add a comparison"
            return [rule.finding(.noCondition, .warning, message, at: rule.expression.range)]
        default:
            guard estimate.range != nil, estimate.isAlwaysThere else { return [] }
            return [rule.finding(.alwaysFires, .error, "the alert always fires: its expression has a value at all times", at: rule.expression.range)]
        }
    }

    /// Whether anything in the expression lets some series through and others not, or is there only at times.
    private static func hasCondition(_ expression: Expression) -> Bool {
        var found = false
        expression.walk { part, _ in
            switch part {
            case .binary(let binary): found = found || binary.operation.isSet || (binary.operation.isComparison && !binary.returnsBool)
            case .call(let call): found = found || call.function.name.hasPrefix("absent")
            // These are there only while something is wrong.
            case .vectorSelector(let selector):
                let name = selector.metric ?? ""
                found = found || name == "ALERTS" || name == "ALERTS_FOR_STATE" || name.contains(":")
            default: break
            }
        }
        return found
    }
}
