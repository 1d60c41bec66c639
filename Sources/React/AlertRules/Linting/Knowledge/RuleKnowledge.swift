package import GatewayModel
package import PromQL

/// What is kept of the past, for judging rules by it: which series there are, and what an expression gave.
///
/// Everything asked is bounded: names and values that are listed, the time of one expression and of all together.
package struct RuleKnowledge: Sendable {
    package let reader: any SeriesReader
    package let options: PromQLOptions
    /// The past that is looked at, milliseconds since 1970.
    package let from: Int64
    package let through: Int64
    /// Milliseconds between the instants at which expressions are tried.
    package let step: Int64
    /// Until when expressions are tried; what comes later is judged by series alone.
    private let deadline: ContinuousClock.Instant
    /// Kinds of metrics as they were declared.
    let kinds: [String: MetricMetadata.Kind]
    /// Names of all metrics with samples in the range, ascending; empty when there are more than are listed.
    let metricNames: [String]

    /// Names of metrics that are compared with unknown ones. A server with more is one of thousands of targets, where only what is asked for is looked up.
    private static let namesMax = 50_000
    /// Values of a label that are listed.
    static let valuesMax = 10_000
    /// Instants at which an expression is tried: a day in minutes.
    private static let instantsMax: Int64 = 1_440
    /// Seconds that one expression may take.
    private static let expressionSeconds = 10.0
    /// Seconds that all expressions together may take.
    package static let secondsStandard = 60

    /// - Parameter span: milliseconds of the past up to `now` that are looked at.
    /// - Throws: when series cannot be listed.
    package init(
        reader: any SeriesReader, options: PromQLOptions = .standard, now: Int64, span: Int64 = 86_400_000, seconds: Int = RuleKnowledge.secondsStandard
    ) throws(SeriesError) {
        self.reader = reader
        var options = options
        options.timeoutSeconds = min(options.timeoutSeconds, Self.expressionSeconds)
        self.options = options
        from = now - max(0, span)
        through = now
        step = max(60_000, max(0, span) / Self.instantsMax)
        deadline = .now + .seconds(seconds)
        kinds = reader.metadata(of: nil).compactMapValues { $0.first?.kind }
        let names = try reader.labelValues(of: SeriesLabels.metricName, SeriesListing(from: from, through: now, limit: Self.namesMax + 1))
        metricNames = names.count > Self.namesMax ? [] : names
    }

    var isOutOfTime: Bool { ContinuousClock.now > deadline }

    /// The listing of series that match in the range.
    func listing(_ matchers: [SeriesMatcher], limit: Int) -> SeriesListing { SeriesListing([matchers], from: from, through: through, limit: limit) }

    /// The expression's values over the range.
    func values(_ expression: Expression) throws(PromQLError) -> [AnswerSeries] {
        let grid = StepGrid(start: from + step, end: through, step: step)
        guard case .matrix(let series) = try PromQLEngine(reader: reader, options: options).range(expression, grid: grid).value else { return [] }
        return series
    }

    /// The number of instants at which expressions are tried.
    var instants: Int { StepGrid(start: from + step, end: through, step: step).count }
}
