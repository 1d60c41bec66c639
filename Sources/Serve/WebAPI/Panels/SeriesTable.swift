internal import ByteCoding
internal import GatewayModel
internal import PromQL

/// The answer of a PromQL question as a panel takes it: one list of times, and values for each series.
struct SeriesTable: Sendable {
    struct Row: Sendable {
        let labels: SeriesLabels
        /// One for each time; nil where the series has no value.
        var values: [Double?]
    }

    /// Milliseconds since 1970, ascending.
    let times: [Int64]
    /// In the engine's order: by labels, or as `sort` and `topk` leave them.
    private(set) var rows: [Row]
    /// Series before ``keepLargest(_:)``.
    let rowsTotal: Int
    /// Series left out because their samples are histograms.
    let histograms: Int
    let notes: [String]

    /// - Parameters:
    ///   - grid: the instants asked for; nil when it was one.
    ///   - notes: what the engine said of the query.
    init(_ answer: QueryAnswer, grid: StepGrid?, notes: [String]) {
        let times = grid.map { grid in (0..<grid.count).map { grid[$0] } } ?? [answer.time]
        var histograms = 0
        switch answer.value {
        case .scalar(let value): rows = [Row(labels: SeriesLabels([]), values: [value])]
        // Questions of this type are refused before they are asked.
        case .string: rows = []
        case .vector(let samples):
            rows = samples.filter { $0.histogram == nil }.map { Row(labels: $0.labels, values: [$0.value]) }
            histograms = samples.count - rows.count
        case .matrix(let series):
            rows = series.filter { Self.hasNumbers($0.points) }.map { Self.row($0, grid, times.count) }
            histograms = series.count - rows.count
        }
        self.times = times
        rowsTotal = rows.count
        self.histograms = histograms
        self.notes = notes
            + (histograms == 0 ? [] : ["\(histograms) series are native histograms, which are not drawn: put histogram_quantile or histogram_sum around them"])
    }

    private static func hasNumbers(_ points: SampleColumns) -> Bool { points.histograms.isEmpty || points.histograms.contains { $0 == nil } }

    private static func row(_ series: AnswerSeries, _ grid: StepGrid?, _ count: Int) -> Row {
        var values = [Double?](repeating: nil, count: count)
        let points = series.points
        for index in points.times.indices {
            if !points.histograms.isEmpty, points.histograms[index] != nil { continue }
            let place = grid.map { Int((points.times[index] - $0.start) / $0.step) } ?? 0
            if values.indices.contains(place) { values[place] = points.values[index] }
        }
        return Row(labels: series.labels, values: values)
    }

    /// Keeps the `count` series with the largest values, in their order. Series without a comparable value come last.
    mutating func keepLargest(_ count: Int) {
        guard rows.count > count else { return }
        let peaks = rows.map { $0.values.lazy.compactMap { $0 }.filter { !$0.isNaN }.max() ?? -.infinity }
        let kept = Set(rows.indices.sorted { peaks[$0] == peaks[$1] ? $0 < $1 : peaks[$0] > peaks[$1] }.prefix(count))
        rows = rows.indices.filter(kept.contains).map { rows[$0] }
    }

    /// Writes the members that are drawn: times, series, their total, and notes.
    func writeFigures(everySeconds: Double?, to writer: inout JSONWriter) {
        writer.member("every_seconds", everySeconds)
        writer.array("times") { list in for time in times { list.value(time) } }
        writer.array("series") { list in
            for row in rows {
                list.object { series in
                    series.key("labels")
                    SampleJSON.write(row.labels, to: &series)
                    series.array("values") { values in for value in row.values { Self.write(value, to: &values) } }
                }
            }
        }
        writer.member("series_total", rowsTotal)
        writer.array("notes") { list in for note in notes { list.value(note) } }
    }

    /// NaN and infinities are told apart from absent values: as texts, since JSON has no numbers for them.
    private static func write(_ value: Double?, to writer: inout JSONWriter) {
        switch value {
        case nil: writer.null()
        case .some(let value) where value.isFinite: writer.value(value)
        case .some(let value): writer.value(PrometheusNumber.of(value))
        }
    }
}
