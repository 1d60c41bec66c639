internal import AlertRules
package import AlertRouting
package import GatewayModel
package import PromQL
package import RequestQuery

/// Draws the values behind an alert: its expression without the comparison, over the time around its beginning.
package struct SeriesChartMaker: ChartMaker {
    /// Points of the line: more than two a pixel are not seen, and each costs an evaluation.
    static let pointsMax = 160
    /// What is shown before the beginning, at least, in milliseconds.
    static let before: Int64 = 45 * 60_000
    /// Of an alert that fires for days, its last day is drawn.
    static let spanMax: Int64 = 86_400_000
    /// Series that are looked through for the alert's.
    static let seriesMax = 20_000

    private let reader: any SeriesReader
    private let options: PromQLOptions
    private let queries: QueryRunner

    /// - Parameters:
    ///   - options: of the server's queries; the time and memory allowed are cut down.
    ///   - queries: whose turns the evaluation takes: it blocks a thread.
    package init(reader: any SeriesReader, options: PromQLOptions, queries: QueryRunner) {
        self.reader = reader
        self.queries = queries
        var bounded = options
        bounded.timeoutSeconds = min(options.timeoutSeconds, 2)
        bounded.seriesMax = min(options.seriesMax, Self.seriesMax)
        bounded.memoryBytesMax = min(options.memoryBytesMax, 64 << 20)
        bounded.samplesMax = min(options.samplesMax, 10_000_000)
        self.options = bounded
    }

    /// A picture as PNG; nil when nothing is known of the expression, or when its values are not there in time.
    package func chart(of alert: Alert, zone: TimeZoneName, now: Timestamp) async -> [UInt8]? {
        guard let evidence = alert.evidence, let expression = try? PromQLParser.parse(evidence.expression) else { return nil }
        let compared = ThresholdSearch.threshold(of: expression)?.compared ?? expression
        guard compared.type == .vector || compared.type == .scalar else { return nil }
        let grid = Self.grid(alert, evidence, now)
        let engine = PromQLEngine(reader: reader, options: options)
        let answer = try? await queries.perform(asker: "alerts") { cancellation throws(QueryError) -> [UInt8]? in
            guard case .matrix(let series)? = try? engine.range(compared, grid: grid, isCancelled: { cancellation.isCancelled }).value, let own = Self.own(series, of: alert) else { return nil }
            return Self.drawing(alert, evidence, own, grid, zone, ValueUnit(of: compared)).png()
        }
        return answer.flatMap { $0 }
    }

    // MARK: What is drawn

    /// From well before the beginning until now, or a little behind the end.
    static func grid(_ alert: Alert, _ evidence: AlertEvidence, _ now: Timestamp) -> StepGrid {
        let (began, current) = (evidence.activeAt.microseconds / 1_000, now.microseconds / 1_000)
        let isOver = alert.isResolved(at: now)
        let end = isOver ? min(current, alert.endsAt.microseconds / 1_000 + 10 * 60_000) : current
        let lasted = max(0, end - began)
        let span = min(spanMax, max(before + lasted, lasted * 3 / 2))
        let step = max(1_000, (span / Int64(pointsMax - 1) + 999) / 1_000 * 1_000)
        return StepGrid(start: end - span / step * step, end: end, step: step)
    }

    /// The series that made the alert: its labels, but for the metric's name, are among the alert's. Where rules have changed labels, the only series there is.
    static func own(_ series: [AnswerSeries], of alert: Alert) -> AnswerSeries? {
        let fitting = series.filter { $0.labels.labels.allSatisfy { $0.name == SeriesLabels.metricName || alert.labels[$0.name] == $0.value } }
        return fitting.max { $0.labels.labels.count < $1.labels.labels.count } ?? (series.count == 1 ? series.first : nil)
    }

    private static func drawing(_ alert: Alert, _ evidence: AlertEvidence, _ series: AnswerSeries, _ grid: StepGrid, _ zone: TimeZoneName, _ unit: ValueUnit) -> AlertChart {
        var values = [Double](repeating: .nan, count: grid.count)
        for (time, value) in zip(series.points.times, series.points.values) where time >= grid.start && (time - grid.start) / grid.step < values.count { values[Int((time - grid.start) / grid.step)] = value }
        let place = alert.labels.labels.filter { $0.name != Alert.nameLabel && $0.name != "severity" }.map(\.value)
        return AlertChart(
            title: alert.name, subtitle: place.joined(separator: ", "), values: values, grid: grid, threshold: evidence.threshold, firingSince: alert.startsAt,
            firingUntil: alert.endsAt.microseconds / 1_000 <= grid.end ? alert.endsAt : nil, severity: AlertSeverity(alert.labels), zone: zone, unit: unit)
    }
}
