internal import GatewayModel
internal import RequestQuery
internal import Synchronization

/// The series that a request chose: read together, since one question answers for all of a family.
final class FamilySelection: Sendable {
    let request: SeriesRequest
    let context: ReadingContext
    let choices: [StrandChoice]
    /// By choice the position of its first series.
    private let firsts: [Int]
    let seriesCount: Int
    private let known: Mutex<Known>

    /// What was read for one series and will be asked for by the others.
    private struct Known: Sendable {
        var windows: TimeWindows?
        var increases: [[Double]] = []
        var instants: [Int64] = []
        var values: [[Double]] = []
    }

    init(_ request: SeriesRequest, _ choices: [StrandChoice], _ context: ReadingContext) {
        self.request = request
        self.context = context
        self.choices = choices
        var firsts: [Int] = []
        var count = 0
        for choice in choices {
            firsts.append(count)
            count += choice.lines.count * choice.aspects.count
        }
        self.firsts = firsts
        seriesCount = count
        known = Mutex(Known())
    }

    /// Its series, ascending by labels, each label set once.
    func series() -> [any SelectedSeries] {
        var series: [FamilySeries] = []
        series.reserveCapacity(seriesCount)
        for (index, choice) in choices.enumerated() {
            let isCounted = context.table.strands[choice.strand].isCounted
            for line in choice.lines.indices {
                for aspect in choice.aspects.indices {
                    let labels = choice.labels(choice.lines[line], aspect)
                    let place = firsts[index] + line * choice.aspects.count + aspect
                    series.append(FamilySeries(labels: labels, selection: self, index: place, isCounted: isCounted))
                }
            }
        }
        series.sort { $0.labels < $1.labels }
        return series
    }

    /// Exact increases of all series: one row each, empty for gauges.
    func increases(_ index: Int, range: Int64, at grid: StepGrid) throws(QueryError) -> [Double] {
        let instants = (0..<grid.count).map { grid[$0] }
        let windows = TimeWindows(range, endingAt: instants)
        let rows = try known.withLock { known throws(QueryError) in
            if known.windows != windows {
                try check(instants.count)
                var rows: [[Double]] = []
                for choice in choices {
                    if context.table.strands[choice.strand].isCounted {
                        rows += try CounterRows(choice, context).increases(windows)
                    } else {
                        rows += Array(repeating: [], count: choice.lines.count * choice.aspects.count)
                    }
                }
                (known.windows, known.increases) = (windows, rows)
            }
            return known.increases
        }
        return zip(instants, rows[index]).map { context.exists($0) ? $1 : SampleColumns.staleMarker }
    }

    /// Appends a series' samples: at the request's instants, or where samples of a stretch are wanted, at multiples of ``sampleMilliseconds``.
    func read(_ index: Int, from: Int64, through: Int64, into samples: inout SampleColumns) throws(QueryError) {
        let instants = try self.instants(from: from, through: through)
        guard !instants.isEmpty else { return }
        let rows = try known.withLock { known throws(QueryError) in
            if known.instants != instants {
                try check(instants.count)
                var rows: [[Double]] = []
                for choice in choices {
                    if context.table.strands[choice.strand].isCounted {
                        rows += try CounterRows(choice, context).values(at: instants)
                    } else {
                        rows += try GaugeRows(choice, context).values(at: instants)
                    }
                }
                (known.instants, known.values) = (instants, rows)
            }
            return known.values
        }
        for (instant, value) in zip(instants, rows[index]) where !SampleColumns.isStale(value) { samples.append(instant, value) }
    }

    /// The distance of samples where a stretch of them is wanted: what scrapers use most.
    static let sampleMilliseconds: Int64 = 15_000

    private func instants(from: Int64, through: Int64) throws(QueryError) -> [Int64] {
        if request.range == 0 {
            return (0..<request.grid.count).map { request.grid[$0] }.filter { $0 >= from && $0 <= through && context.exists($0) }
        }
        guard let earliest = context.earliest else { return [] }
        let step = Self.sampleMilliseconds
        let first = floorDivided(max(from, earliest) + step - 1, by: step) * step
        let last = min(through, context.now)
        guard first <= last else { return [] }
        guard (last - first) / step < Int64(context.limits.instantsMax) else {
            throw QueryError(.queryLimit, "the range has more than \(context.limits.instantsMax) samples at \(step / 1_000) s (instantsMax)")
        }
        return Array(stride(from: first, through: last, by: Int(step)))
    }

    private func check(_ instants: Int) throws(QueryError) {
        guard seriesCount * instants <= context.limits.numbersMax else {
            throw QueryError(.queryLimit, "the answer needs more than \(context.limits.numbersMax) numbers (numbersMax)")
        }
    }
}

/// One series of a family.
struct FamilySeries: SelectedSeries {
    let labels: SeriesLabels
    let selection: FamilySelection
    let index: Int
    let isCounted: Bool

    func read(from: Int64, through: Int64, into samples: inout SampleColumns) throws(SeriesError) {
        do throws(QueryError) { try selection.read(index, from: from, through: through, into: &samples) } catch { throw SeriesError(error, selection.context) }
    }

    func increases(range: Int64, at grid: StepGrid) throws(SeriesError) -> [Double]? {
        guard isCounted else { return nil }
        do throws(QueryError) { return try selection.increases(index, range: range, at: grid) } catch { throw SeriesError(error, selection.context) }
    }
}

extension SeriesError {
    /// What a question over records could not do, in the words of series.
    init(_ error: QueryError, _ context: ReadingContext?) {
        switch error.code {
        case .queryTimeout: self = .timeout(seconds: context?.queryLimits.timeoutSeconds ?? QueryLimits.standard.timeoutSeconds)
        case .cancelled: self = .cancelled
        case .queryLimit:
            let name = error.message.split(separator: "(").last.map { String($0.prefix { $0 != ")" }) } ?? "query"
            let value = error.message.split(separator: " ").compactMap { Int($0) }.first ?? 0
            self = .limit(name, value)
        default: self = .unreadable(error.message)
        }
    }
}
