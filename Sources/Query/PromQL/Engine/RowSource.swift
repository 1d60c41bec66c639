internal import GatewayModel

/// Rows that can be made one at a time and in any order: what selectors and functions over them give.
///
/// Aggregations fold such rows into their groups and never hold them all.
protocol RowSource: Sendable {
    /// One for each row, names already dropped where the function drops them; known before any sample is read.
    var labels: [SeriesLabels] { get }
    /// Whether a row's name goes at the end of the query.
    func dropsName(_ index: Int) -> Bool
    /// Fills in a row, given empty, or leaves it empty.
    func fill(_ row: inout StepRow, _ index: Int, _ scratch: inout SeriesScratch) throws(PromQLError)
}

extension RowSource {
    func dropsName(_ index: Int) -> Bool { false }
}

/// What a worker keeps from series to series, so that its buffers are made once.
struct SeriesScratch: Sendable {
    var window: WindowedSeries?
    var samples = SampleColumns()
    /// A row whose buffers may be used again.
    var spareRow: StepRow?
    var notes = QueryNotes()
    /// Samples looked at.
    var samplesSeen = 0
}

/// The rows of an instant selector.
struct InstantSource: RowSource {
    let selector: ResolvedSelector
    let series: [any SelectedSeries]
    let labels: [SeriesLabels]
    /// Gives the samples' times in seconds in place of their values (`timestamp`).
    let givesTimes: Bool
    /// Whether the series are those of info metrics, which have no histograms.
    let isInfo: Bool

    init(_ selector: ResolvedSelector, _ series: [any SelectedSeries], givesTimes: Bool = false, isInfo: Bool = false) {
        self.selector = selector
        self.series = series
        self.givesTimes = givesTimes
        self.isInfo = isInfo
        labels = series.map(\.labels)
    }

    func fill(_ row: inout StepRow, _ index: Int, _ scratch: inout SeriesScratch) throws(PromQLError) {
        scratch.samples.removeAll()
        do { try series[index].read(from: selector.from, through: selector.through, into: &scratch.samples) } catch { throw PromQLError(error) }
        guard scratch.samples.count > 0 else { return }
        if selector.marksResets { scratch.samples.markResets() }
        if isInfo, scratch.samples.histograms.contains(where: { $0 != nil }) {
            throw .execution("this should be an info metric, with float samples: \(labels[index].text)")
        }
        if givesTimes { for row in scratch.samples.times.indices where !scratch.samples.isStale(at: row) { scratch.samples.hideValue(at: row) } }
        Self.lookUp(scratch.samples, selector.ends, lookback: selector.lookback, into: &row.values)
        if !scratch.samples.histograms.isEmpty { Self.lookUpHistograms(scratch.samples, selector.ends, lookback: selector.lookback, into: &row) }
        scratch.samplesSeen += row.sampleCount
    }

    /// The newest sample of each instant that is not older than the look-back; a stale marker hides those before it.
    private static func lookUp(_ samples: SampleColumns, _ ends: [Int64], lookback: Int64, into row: inout [Double]) {
        let times = samples.times.span, values = samples.values.span, ends = ends.span
        var row = row.mutableSpan
        var edge = WindowEdge()
        for step in ends.indices {
            let end = ends[step]
            edge.move(to: end, times)
            // A stale marker is also the mark for "no sample here".
            if edge.row > 0 && times[edge.row - 1] > end &- lookback { row[step] = values[edge.row - 1] }
        }
    }

    private static func lookUpHistograms(_ samples: SampleColumns, _ ends: [Int64], lookback: Int64, into row: inout StepRow) {
        var next = 0
        for (step, end) in ends.enumerated() {
            while next < samples.count && samples.times[next] <= end { next += 1 }
            guard next > 0, samples.times[next - 1] > end &- lookback else { continue }
            if let histogram = samples.histograms[next - 1] { row.set(histogram, at: step) }
        }
    }
}

extension SampleColumns {
    func isStale(at row: Int) -> Bool { Self.isStale(values[row]) && (histograms.isEmpty || histograms[row] == nil) }

    /// Puts the sample's own time, in seconds, in the place of its value.
    mutating func hideValue(at row: Int) {
        values[row] = Double(times[row]) / 1000
        if !histograms.isEmpty { histograms[row] = nil }
    }
}

/// The rows of a function over the windows of a range selector.
struct RangeSource: RowSource {
    let selector: ResolvedSelector
    let series: [any SelectedSeries]
    let labels: [SeriesLabels]
    let function: any RangeFunction
    let call: Call
    let scalars: [[Double]]
    /// Where the range vector stands.
    let place: SourceRange
    let context: FunctionContext

    private var name: String { call.function.name }

    init(
        _ selector: ResolvedSelector, _ series: [any SelectedSeries], _ function: any RangeFunction, _ call: Call, _ scalars: [[Double]],
        place: SourceRange, _ context: FunctionContext
    ) {
        self.selector = selector
        self.series = series
        self.function = function
        self.call = call
        self.scalars = scalars
        self.place = place
        self.context = context
        labels = !function.keepsName && !context.delaysNameRemoval ? series.map(\.labels.droppingName) : series.map(\.labels)
    }

    func dropsName(_ index: Int) -> Bool { !function.keepsName || (series[index] as? EvaluatedSeries)?.row.dropsName == true }

    func fill(_ row: inout StepRow, _ index: Int, _ scratch: inout SeriesScratch) throws(PromQLError) {
        var window = scratch.window.take() ?? WindowedSeries(
            labels: labels[index], samples: SampleColumns(), windows: [], ends: selector.ends, range: selector.range ?? 0, edges: selector.edges,
            exactIncreases: nil)
        window.labels = series[index].labels
        window.samples.removeAll()
        window.exactIncreases = try exactIncreases(index)
        if window.exactIncreases == nil {
            do { try series[index].read(from: selector.from, through: selector.through, into: &window.samples) } catch { throw PromQLError(error) }
            window.samples.removeStaleMarkers()
            if selector.marksResets { window.samples.markResets() }
        }
        if window.samples.count > 0 || window.exactIncreases != nil {
            scratch.samplesSeen += window.cutWindows(lookback: selector.lookback)
            try function.apply(window, scalars: scalars, call: call, context: context, into: &row, notes: &scratch.notes)
        }
        scratch.window = window
    }

    /// Of a counter that is known at every instant, for the functions that need no samples then.
    private func exactIncreases(_ index: Int) throws(PromQLError) -> [Double]? {
        guard selector.edges == nil, name == "rate" || name == "increase" else { return nil }
        do {
            guard let increases = try series[index].increases(range: selector.range ?? 0, at: selector.grid) else { return nil }
            return increases.count == selector.ends.count ? increases : selector.ends.map { _ in increases.first ?? StepRow.absent }
        } catch {
            throw PromQLError(error)
        }
    }
}
