internal import GatewayModel
internal import PromQL
internal import RequestQuery

/// A PromQL question of a panel: over the page's range in steps, or once at its end.
struct SeriesQuestion: Sendable {
    /// The instants it is evaluated at.
    enum Step: Sendable, Equatable {
        /// Once, at the end of the range.
        case instant
        /// About ``pointsAim`` instants.
        case automatic
        /// Milliseconds between instants.
        case milliseconds(Int64)
    }

    /// What `auto` aims at: lines need more points than bars, and a chart of a common width has one every four pixels.
    static let pointsAim: Int64 = 240
    /// The steps that `auto` chooses from, in seconds. Few things are scraped more often than the first; the others are read off an axis without counting.
    static let stepsSeconds: [Int64] = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800]
    /// Series given when the question does not say: more cannot be told apart in a chart.
    static let seriesDefault = 100
    /// Series that may be asked for, which the longest tables show.
    static let seriesMax = 1_000

    let text: String
    let expression: Expression
    let step: Step
    /// Series to give at most.
    let series: Int
    /// The range and zone, in the words of a question to the requests.
    private let span: RequestQuery

    /// - Parameters:
    ///   - text: the PromQL.
    ///   - entry: what was written beside it.
    ///   - shared: the batch's defaults.
    /// - Throws: ``APIError`` or `QueryError` that names the key.
    init(_ text: String, _ entry: BatchEntry, shared: QueryParameters) throws {
        let own = entry.parameters
        let foreign: [(name: String, isSet: Bool)] = [
            ("measures", own.measures != nil), ("by", own.by != nil), ("where", own.where != nil), ("order", own.order != nil), ("limit", own.limit != nil),
            ("other", own.other != nil), ("rollups", own.rollups != nil),
        ]
        if let name = foreign.first(where: \.isSet)?.name {
            throw APIError(.invalidRequest, "'\(name)' does not apply to promql", field: name, hint: "say it in the expression")
        }
        var parameters = own.inheriting(shared)
        step = try Self.step(parameters.every)
        parameters.every = nil
        span = try parameters.query()
        series = try Self.series(entry.extras["series_max"])
        self.text = text
        do { expression = try PromQLParser.parse(text) } catch {
            let hasPlace = error.line > 0
            throw APIError(.invalidRequest, error.message, field: "promql", line: hasPlace ? error.line : nil, column: hasPlace ? error.column : nil)
        }
        guard expression.type == .scalar || expression.type == .vector else {
            throw APIError(
                .invalidRequest, "a panel draws numbers over time, and this is a \(expression.type.description)", field: "promql",
                hint: "an instant vector or a scalar: put a function such as rate around a range")
        }
    }

    private static func step(_ every: String?) throws(QueryError) -> Step {
        guard let every, !every.isEmpty else { return .instant }
        guard case .every(let count, let unit) = try BucketWidth(every) else { return .automatic }
        let seconds: Int64? =
            switch unit {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            case .week: 604_800
            case .month, .year: nil
            }
        guard let seconds else { throw QueryError(.invalidTime, "promql is evaluated in steps of equal length", field: "every", hint: "write 15s, 1m, 1h, 1d, 1w or auto") }
        return .milliseconds(count * seconds * 1_000)
    }

    private static func series(_ text: String?) throws -> Int {
        guard let text else { return seriesDefault }
        guard let number = Int(text), (1...seriesMax).contains(number) else {
            throw APIError(.invalidRequest, "series_max must lie between 1 and \(seriesMax)", field: "series_max")
        }
        return number
    }

    /// The range at `now`.
    ///
    /// - Throws: `invalid_time`.
    func range(now: Timestamp) throws(QueryError) -> TimeRange { try span.range(now: now) }

    /// The instants of a range: the multiples of the step in it, its end included, and at least the last one before its end; nil for one instant, the end.
    ///
    /// Multiples of the step stay the same while the range moves on, so that lines do not tremble and known answers can be told apart from new ones.
    func grid(_ range: TimeRange) throws(QueryError) -> StepGrid? {
        let (from, to) = (Self.milliseconds(range.from), Self.milliseconds(range.to))
        let step: Int64
        switch self.step {
        case .instant: return nil
        case .milliseconds(let given): step = given
        case .automatic:
            let fitting = Self.stepsSeconds.first { (to - from) / ($0 * 1_000) <= Self.pointsAim * 5 / 4 }
            // Beyond some decades of weeks the range itself decides.
            step = fitting.map { $0 * 1_000 } ?? (to - from) / Self.pointsAim
        }
        let end = Self.multiple(atOrBefore: to, of: step)
        let start = min(Self.multiple(atOrBefore: from + step - 1, of: step), end)
        guard (end - start) / step < PrometheusQueryRoutes.pointsMax else {
            throw QueryError(
                .queryLimit, "the range has more than \(PrometheusQueryRoutes.pointsMax) steps of this width (pointsMax)", field: "every",
                hint: "choose wider steps, a shorter range, or every: auto")
        }
        return StepGrid(start: start, end: end, step: step)
    }

    /// The instant of a question that is asked once.
    static func instant(_ range: TimeRange) -> Int64 { milliseconds(range.to) }

    private static func milliseconds(_ time: Timestamp) -> Int64 { multiple(atOrBefore: time.microseconds, of: 1_000) / 1_000 }

    private static func multiple(atOrBefore time: Int64, of step: Int64) -> Int64 { time - ((time % step) + step) % step }
}
