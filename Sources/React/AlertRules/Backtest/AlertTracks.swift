internal import GatewayModel
internal import PromQL

/// What an expression gave for one label set at each instant of a grid.
struct AlertTrack: Sendable {
    /// Without the metric's name.
    let labels: SeriesLabels
    /// One for each instant from ``firstValue`` on; ``SampleColumns/staleMarker`` where there is none.
    var values: [Double] = []
    var firstValue = 0
    /// Instants at which the condition holds whatever the threshold, ascending stretches without gaps: from, until before.
    var fixed: [Range<Int>] = []

    init(labels: SeriesLabels) { self.labels = labels }

    mutating func set(_ value: Double, at index: Int) {
        if values.isEmpty { firstValue = index }
        let place = index - firstValue
        guard place >= 0 else { return }
        while values.count < place { values.append(SampleColumns.staleMarker) }
        // Of two series that differ by their names only the later one counts.
        if place < values.count { values[place] = value } else { values.append(value) }
    }

    /// Notes that the condition holds at an instant. Instants of one series come in their order, those of several one after the other: see ``arrange()``.
    mutating func fix(at index: Int) {
        if let last = fixed.last, last.upperBound == index { fixed[fixed.count - 1] = last.lowerBound..<index + 1 } else { fixed.append(index..<index + 1) }
    }

    /// Puts stretches that came from several series into one ascending list.
    mutating func arrange() {
        guard fixed.count > 1 else { return }
        var joined: [Range<Int>] = []
        for stretch in fixed.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = joined.last, stretch.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, stretch.upperBound)
            } else {
                joined.append(stretch)
            }
        }
        fixed = joined
    }
}

/// Evaluates an alert's condition over the past, in stretches whose rows fit into memory.
struct TrackCollection {
    private let engine: PromQLEngine
    private let grid: StepGrid
    private let isCancelled: (@Sendable () -> Bool)?
    private var indices: [SeriesLabels: Int] = [:]
    private(set) var tracks: [AlertTrack] = []
    private var valueCount = 0

    /// Values held at the same time, 8 bytes each: 90 days in minutes of some 300 series.
    static let valuesMax = 40_000_000
    /// Values of one stretch's answer. A stretch reads its window once more at its start, so that longer stretches are cheaper.
    private static let stretchValuesMax = 4_000_000
    /// Instants of the first stretch, which shows how many series there are.
    private static let instantsFirst = 1_440

    init(_ engine: PromQLEngine, _ grid: StepGrid, isCancelled: (@Sendable () -> Bool)?) {
        self.engine = engine
        self.grid = grid
        self.isCancelled = isCancelled
    }

    /// Evaluates over the whole grid.
    ///
    /// - Parameters:
    ///   - isFixed: whether a value means that the condition holds, and not what is compared.
    ///   - progress: is told the share of the instants that are done, 0 to 1.
    mutating func collect(_ expression: Expression, isFixed: Bool, progress: (Double) -> Void) throws(BacktestError) {
        var first = 0
        var instants = Self.instantsFirst
        while first < grid.count {
            if isCancelled?() == true { throw .cancelled }
            let count = min(instants, grid.count - first)
            let stretch = StepGrid(start: grid[first], end: grid[first + count - 1], step: grid.step)
            let series = try evaluate(expression, stretch)
            for row in series { try add(row, isFixed: isFixed) }
            first += count
            instants = max(60, Self.stretchValuesMax / max(1, series.count))
            progress(Double(first) / Double(grid.count))
        }
        for index in tracks.indices { tracks[index].arrange() }
    }

    private func evaluate(_ expression: Expression, _ stretch: StepGrid) throws(BacktestError) -> [AnswerSeries] {
        do throws(PromQLError) {
            guard case .matrix(let series) = try engine.range(expression, grid: stretch, isCancelled: isCancelled).value else { return [] }
            return series
        } catch { throw error.kind == .canceled ? .cancelled : .query(error) }
    }

    private mutating func add(_ row: AnswerSeries, isFixed: Bool) throws(BacktestError) {
        let labels = row.labels.dropping([SeriesLabels.metricName])
        let index = indices[labels] ?? tracks.count
        if index == tracks.count {
            indices[labels] = index
            tracks.append(AlertTrack(labels: labels))
        }
        let before = tracks[index].values.count
        let points = row.points
        for (position, time) in points.times.enumerated() {
            let instant = Int((time - grid.start) / grid.step)
            if isFixed {
                tracks[index].fix(at: instant)
            } else if points.histograms.isEmpty || points.histograms[position] == nil {
                tracks[index].set(points.values[position], at: instant)
            }
        }
        valueCount += tracks[index].values.count - before
        guard valueCount <= Self.valuesMax else { throw .tooManyValues(valueCount, max: Self.valuesMax) }
    }
}
