internal import PromQL

/// Counters that are read as if they were levels, and levels that are read as if they counted.
enum CounterCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        rule.expression.walk { part, around in
            switch part {
            case .vectorSelector(let selector):
                if let metric = selector.metric, rule.surroundings.isCounter(metric) { findings += instantCounter(selector, metric, around, rule) }
            case .call(let call): findings += check(call, around, rule)
            default: break
            }
        }
        return findings
    }

    // MARK: Counters

    /// A counter outside of a range function.
    private static func instantCounter(_ selector: VectorSelector, _ metric: String, _ around: [Expression], _ rule: LintedRule) -> [RuleFinding] {
        // From the inside out: what does not look at the value, or takes a difference itself, makes it harmless.
        var child: Expression = .vectorSelector(selector)
        for parent in around.reversed() {
            switch parent {
            case .call(let call):
                if ["absent", "timestamp", "scalar", "histogram_quantile", "histogram_fraction"].contains(call.function.name) { return [] }
            case .aggregation(let aggregation):
                if aggregation.operation == .count || aggregation.operation == .group || aggregation.operation == .countValues { return [] }
            case .subquery: return []
            case .binary(let binary):
                if binary.operation.isSet, binary.right == child { return [] }
                if binary.operation == .subtract || binary.operation == .divide || binary.operation == .multiply {
                    return quotient(binary, child, metric, selector, rule)
                }
                if binary.operation.isComparison {
                    // "and x_count > 0" asks whether there is anything at all.
                    if ConstantNumber(binary.right)?.value == 0, around.contains(where: isSetOperation) { return [] }
                    guard ConstantNumber(binary.right) != nil || ConstantNumber(binary.left) != nil else { return [] }
                    return [compared(metric, selector, rule)]
                }
            case .number, .string, .vectorSelector, .matrixSelector, .parenthesised, .unary: break
            }
            child = parent
        }
        return []
    }

    private static func compared(_ metric: String, _ selector: VectorSelector, _ rule: LintedRule) -> RuleFinding {
        // Some exporters have levels with names of counters; being rated elsewhere speaks against that.
        let isSure = rule.surroundings.isCertainCounter(metric)
        let message =
            "\(metric) is a counter\(isSure ? "" : " by its name"): it only grows until its process restarts, so that an alert on its value stays on once it is reached; "
            + "compare what was added with increase(\(metric)[...]) or rate(\(metric)[...])"
        return rule.finding(.counterAsGauge, isSure ? .warning : .info, message, at: selector.range)
    }

    private static func isSetOperation(_ expression: Expression) -> Bool {
        if case .binary(let binary) = expression { return binary.operation.isSet }
        return false
    }

    /// Of arithmetic over counters only what looks like a level over the whole life of a process is worth a word.
    private static func quotient(
        _ binary: BinaryOperation, _ child: Expression, _ metric: String, _ selector: VectorSelector, _ rule: LintedRule
    ) -> [RuleFinding] {
        guard binary.operation == .divide, case .vectorSelector(let left) = peeled(binary.left), case .vectorSelector(let right) = peeled(binary.right),
            left == selector,
            rule.surroundings.isCounter(right.metric ?? "")
        else { return subtraction(binary, metric, selector, rule) }
        let message =
            "\(metric) and \(right.metric ?? "") are counters: their quotient is the mean since the process started, and hardly moves after a while; "
            + "divide rate(\(metric)[...]) by rate(\(right.metric ?? "")[...])"
        return [rule.finding(.counterAsGauge, .warning, message, at: binary.range)]
    }

    private static func subtraction(_ binary: BinaryOperation, _ metric: String, _ selector: VectorSelector, _ rule: LintedRule) -> [RuleFinding] {
        guard binary.operation == .subtract, case .vectorSelector(let left) = peeled(binary.left), case .vectorSelector(let right) = peeled(binary.right),
            left == selector,
            right.metric == metric, right.offset != nil
        else { return [] }
        let message = "the difference of the counter \(metric) from what it was is negative after a restart: increase(\(metric)[...]) reckons with restarts"
        return [rule.finding(.counterAsGauge, .warning, message, at: binary.range)]
    }

    /// Without parentheses and sums around it.
    private static func peeled(_ expression: Expression) -> Expression {
        switch expression {
        case .parenthesised(let inner, _): peeled(inner)
        case .aggregation(let aggregation) where aggregation.operation == .sum: peeled(aggregation.operand)
        default: expression
        }
    }

    // MARK: Functions over ranges

    private static let countersOnly: Set<String> = ["rate", "irate", "increase", "resets"]
    private static let gaugesOnly: Set<String> = [
        "delta", "idelta", "deriv", "predict_linear", "avg_over_time", "double_exponential_smoothing", "holt_winters",
    ]

    private static func check(_ call: Call, _ around: [Expression], _ rule: LintedRule) -> [RuleFinding] {
        let name = call.function.name
        switch call.arguments.first(where: { $0.type == .matrix })?.bare {
        case .matrixSelector(let matrix)?:
            guard let metric = matrix.selector.metric else { return [] }
            if countersOnly.contains(name) { return rated(metric, name, matrix, rule) }
            if gaugesOnly.contains(name), rule.surroundings.isCounter(metric) {
                let message = "\(name)() is for levels, and \(metric) is a counter, which falls to 0 when its process restarts: use rate() or increase()"
                return [rule.finding(.counterAsGauge, .warning, message, at: call.range)]
            }
        case .subquery(let subquery)?:
            if countersOnly.contains(name), name != "resets", let sum = aggregated(subquery.expression) {
                return [rule.finding(.rateOfSum, .warning, rateOfSum(name, sum), at: call.range)]
            }
        default: break
        }
        return []
    }

    private static func rated(_ metric: String, _ function: String, _ matrix: MatrixSelector, _ rule: LintedRule) -> [RuleFinding] {
        if let recorded = rule.surroundings.recorded[metric], let sum = aggregated(recorded) {
            return [rule.finding(.rateOfSum, .warning, "\(metric) is recorded as a sum: " + rateOfSum(function, sum), at: matrix.range)]
        }
        guard rule.surroundings.isGauge(metric), function != "resets" else { return [] }
        let message =
            "\(function)() is for counters, and \(metric) is a level: each fall is taken for a restart, and counted as growth from 0; use delta(), deriv() or the value itself"
        return [rule.finding(.gaugeAsCounter, .warning, message, at: matrix.range)]
    }

    private static func rateOfSum(_ function: String, _ sum: Aggregation) -> String {
        "when one of the summed counters restarts, the sum falls by all that it had counted, and \(function)() takes that for a restart of the whole: write \(sum.operation.rawValue)(\(function)(...))"
    }

    /// The sum or mean of counters that are not yet rates.
    private static func aggregated(_ expression: Expression) -> Aggregation? {
        guard case .aggregation(let aggregation) = expression.bare, aggregation.operation == .sum || aggregation.operation == .avg,
            case .vectorSelector(let selector) = aggregation.operand.bare,
            MetricName.isCounter(selector.metric ?? "") || MetricName.mayBeCounter(selector.metric ?? "")
        else { return nil }
        return aggregation
    }
}
