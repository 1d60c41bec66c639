internal import GatewayModel

/// Selectors of which only counts and sums of histograms are asked for in the end (`histogram_count(sum(x))`).
///
/// Prometheus reads such histograms without their buckets. Since resets could not be seen any more afterwards, it looks for them while reading and marks
/// them, and then warns where a histogram after a reset is added to one without. To give the same warnings, resets are marked here too; the buckets stay.
///
/// Source: prometheus/prometheus `promql/engine.go`, detectHistogramStatsDecoding, and `promql/histogram_stats_iterator.go`.
extension Expression {
    private static let statistics: Set<String> = ["histogram_count", "histogram_sum", "histogram_avg"]
    private static let wholeHistograms: Set<String> = ["histogram_quantile", "histogram_quantiles", "histogram_fraction"]

    /// The expression with its selectors marked.
    var markingStatistics: Expression { callsAny(of: Self.statistics) ? marked(false) : self }

    private func callsAny(of names: Set<String>) -> Bool {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: false
        case .subquery(let subquery): subquery.expression.callsAny(of: names)
        case .parenthesised(let inner, _): inner.callsAny(of: names)
        case .unary(let operation): operation.operand.callsAny(of: names)
        case .binary(let operation): operation.left.callsAny(of: names) || operation.right.callsAny(of: names)
        case .aggregation(let aggregation): aggregation.operand.callsAny(of: names) || aggregation.parameter?.callsAny(of: names) == true
        case .call(let call): names.contains(call.function.name) || call.arguments.contains { $0.callsAny(of: names) }
        }
    }

    /// - Parameter isAsked: whether a function above asks for statistics only.
    private func marked(_ isAsked: Bool) -> Expression {
        switch self {
        // Within a subquery resets must be found between its own instants, which needs the buckets.
        case .number, .string, .subquery: return self
        case .vectorSelector(var selector):
            selector.needsStatisticsOnly = isAsked
            return .vectorSelector(selector)
        case .matrixSelector(var selector):
            selector.selector.needsStatisticsOnly = isAsked
            return .matrixSelector(selector)
        case .parenthesised(let inner, let range): return .parenthesised(inner.marked(isAsked), range)
        case .unary(var operation):
            operation.operand = operation.operand.marked(isAsked)
            return .unary(operation)
        case .binary(var operation):
            // What is trimmed is needed as a whole.
            if operation.operation == .trimUpper || operation.operation == .trimLower { return self }
            (operation.left, operation.right) = (operation.left.marked(isAsked), operation.right.marked(isAsked))
            return .binary(operation)
        case .aggregation(var aggregation):
            aggregation.operand = aggregation.operand.marked(isAsked)
            aggregation.parameter = aggregation.parameter?.marked(isAsked)
            return .aggregation(aggregation)
        case .call(var call):
            if Self.wholeHistograms.contains(call.function.name) { return self }
            let asks = isAsked || Self.statistics.contains(call.function.name)
            call.arguments = call.arguments.map { $0.marked(asks) }
            return .call(call)
        }
    }
}

extension SampleColumns {
    /// Marks each histogram of which it is not known whether a reset comes before it, except the first.
    mutating func markResets() {
        var last: NativeHistogram?
        for row in histograms.indices {
            guard var histogram = histograms[row] else { continue }
            if histogram.resetHint == .unknown, let last {
                histogram.resetHint = histogram.isReset(after: last) ? .reset : .notReset
                histograms[row] = histogram
            }
            last = histogram
        }
    }
}
