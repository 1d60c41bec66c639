internal import GatewayModel
internal import PromQL

/// Quantiles that cannot come out right.
enum HistogramCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        rule.expression.walk { part, _ in
            switch part {
            case .call(let call) where call.function.name == "histogram_quantile": findings += quantile(call, rule)
            case .call(let call) where call.function.name == "quantile_over_time": findings += range(call.arguments.first, "quantile_over_time", rule)
            case .aggregation(let aggregation):
                if aggregation.operation == .quantile { findings += range(aggregation.parameter, "quantile", rule) }
                findings += averaged(aggregation, rule)
            case .vectorSelector(let selector): findings += spelling(selector, rule)
            case .matrixSelector(let matrix): findings += spelling(matrix.selector, rule)
            default: break
            }
        }
        return findings
    }

    private static func range(_ parameter: Expression?, _ function: String, _ rule: LintedRule) -> [RuleFinding] {
        guard let parameter, let value = ConstantNumber(parameter)?.value, !(0...1).contains(value) else { return [] }
        let result = value < 0 ? "-Inf" : "+Inf"
        let percent = value > 1 && value <= 100 ? ": for the \(rule.text(parameter)). percentile write \(value / 100)" : ": a quantile lies between 0 and 1"
        return [rule.finding(.quantileRange, .error, "\(function)(\(rule.text(parameter)), ...) is \(result) whatever the data\(percent)", at: parameter.range)]
    }

    // MARK: histogram_quantile

    private static func quantile(_ call: Call, _ rule: LintedRule) -> [RuleFinding] {
        guard call.arguments.count == 2 else { return [] }
        var findings = range(call.arguments[0], "histogram_quantile", rule)
        let argument = call.arguments[1]
        guard let histogram = Self.histogram(in: argument) else { return findings }
        let isClassic = histogram.metric?.hasSuffix("_bucket") ?? false
        if let aggregation = lastAggregation(argument), !ResultLabels(.aggregation(aggregation)).canHave("le"), isClassic {
            let grouping = aggregation.isWithout ? "leaves le out" : "does not keep le"
            let labels = (aggregation.isWithout ? aggregation.grouping.filter { $0 != "le" } : aggregation.grouping + ["le"]).joined(separator: ", ")
            let message =
                "\(aggregation.operation.rawValue)() \(grouping), without which there are no buckets and histogram_quantile() gives nothing: "
                + "write \(aggregation.operation.rawValue) \(aggregation.isWithout ? "without" : "by") (\(labels)) (...)"
            findings.append(rule.finding(.histogramWithoutLe, .error, message, at: aggregation.range))
        }
        findings += argumentFindings(argument, histogram, isClassic, rule)
        return findings
    }

    private static func argumentFindings(
        _ argument: Expression, _ histogram: (metric: String?, function: String?), _ isClassic: Bool, _ rule: LintedRule
    ) -> [RuleFinding] {
        guard let metric = histogram.metric, !metric.contains(":") else { return [] }
        if !isClassic, let aggregation = lastAggregation(argument), aggregation.grouping.contains("le"), !aggregation.isWithout {
            return [
                rule.finding(
                    .histogramArgument, .warning, "\(metric) has no buckets by its name: classic histograms keep them in \(metric)_bucket", at: argument.range)
            ]
        }
        if metric.hasSuffix("_count") || metric.hasSuffix("_sum") {
            return [rule.finding(.histogramArgument, .error, "\(metric) has no buckets: take \(MetricName.family(metric))_bucket", at: argument.range)]
        }
        if isClassic, histogram.function == nil {
            let message =
                "the buckets of \(metric) are counters: without rate() the quantile is that of all time since the process started; write rate(\(metric)[...])"
            return [rule.finding(.histogramArgument, .warning, message, at: argument.range)]
        }
        guard isClassic, let aggregation = lastAggregation(argument), aggregation.operation == .max || aggregation.operation == .min else { return [] }
        return [
            rule.finding(
                .histogramArgument, .warning, "buckets are counts: their \(aggregation.operation.rawValue) belongs to no distribution; use sum()",
                at: aggregation.range)
        ]
    }

    /// The histogram's metric and the function over its range, if there is one.
    private static func histogram(in argument: Expression) -> (metric: String?, function: String?)? {
        var found: (metric: String?, function: String?)?
        argument.walk { part, around in
            guard found == nil else { return }
            let function = around.last { $0.functionName != nil && $0.functionName != "label_replace" }?.functionName
            switch part {
            case .vectorSelector(let selector): found = (selector.metric, function)
            case .matrixSelector(let matrix): found = (matrix.selector.metric, function)
            default: break
            }
        }
        return found
    }

    private static func lastAggregation(_ argument: Expression) -> Aggregation? {
        switch argument.bare {
        case .aggregation(let aggregation): aggregation
        case .binary(let binary): lastAggregation(binary.left) ?? lastAggregation(binary.right)
        default: nil
        }
    }

    // MARK: Quantiles of quantiles

    private static func averaged(_ aggregation: Aggregation, _ rule: LintedRule) -> [RuleFinding] {
        guard aggregation.operation == .avg || aggregation.operation == .sum else { return [] }
        switch aggregation.operand.bare {
        case .call(let call) where call.function.name == "histogram_quantile": break
        case .vectorSelector(let selector) where selector.matchers.contains { $0.name == "quantile" && !$0.matchesEmpty }: break
        default: return []
        }
        let message =
            "the \(aggregation.operation == .avg ? "mean" : "sum") of quantiles is no quantile of the whole: add up buckets (sum by (le) (rate(..._bucket[...]))) and take the quantile last, or use max()"
        return [rule.finding(.averagedQuantiles, .warning, message, at: aggregation.range)]
    }

    // MARK: Limits of buckets

    /// Prometheus 3 writes whole limits with a fraction: `le="1.0"`.
    private static func spelling(_ selector: VectorSelector, _ rule: LintedRule) -> [RuleFinding] {
        guard let matcher = selector.matchers.first(where: { $0.name == "le" && $0.comparison == .equal }), selector.metric?.hasSuffix("_bucket") ?? false,
            !matcher.value.isEmpty, matcher.value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return [] }
        let message = "le=\"\(matcher.value)\" finds nothing where limits are kept as Prometheus 3 does it: write le=~\"\(matcher.value)(\\\\.0)?\""
        return [rule.finding(.bucketSpelling, .info, message, at: selector.range)]
    }
}
