import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import SeriesStorage

extension EventLog<SeriesStoreEvent> {
    /// What was damaged, as text.
    var damage: [String] { all.compactMap { if case .damaged(let file, let what, let offset) = $0 { "\(file): \(what) at \(offset)" } else { nil } } }
}

/// Settings for tests: nothing happens by itself, everything in memory.
struct TestSeriesStore {
    var files: any FileLayer
    var folder = "/series"
    let clock = TestClock()
    let events = EventLog<SeriesStoreEvent>()
    var configuration = SeriesStoreConfiguration()

    init(_ files: any FileLayer = MemoryFiles()) {
        self.files = files
        configuration.tickSeconds = nil
        configuration.mergeCoreShare = 0
    }

    func open() throws(StorageError) -> SeriesStore {
        var configuration = configuration
        configuration.files = files
        let (clock, events) = (clock, events)
        configuration.clock = { clock.now }
        configuration.onEvent = { events.note($0) }
        return try SeriesStore.open(folder: folder, configuration: configuration)
    }
}

extension SeriesLabels {
    /// `metric{a="1",b="2"}` from pairs.
    static func test(_ metric: String, _ labels: [String: String] = [:]) -> SeriesLabels {
        SeriesLabels([SeriesLabel(metricName, metric)] + labels.map { SeriesLabel($0.key, $0.value) })
    }
}

extension SampleBatch {
    /// One series with samples.
    static func of(_ labels: SeriesLabels, _ samples: [(Int64, Double)]) -> SampleBatch {
        var batch = SampleBatch()
        batch.append(labels, samples)
        return batch
    }

    mutating func append(_ labels: SeriesLabels, _ samples: [(Int64, Double)]) {
        var columns = SampleColumns()
        for (time, value) in samples { columns.append(time, value) }
        append(labels, columns)
    }
}

/// A sample as tests compare it: bit for bit.
struct Sample: Equatable, CustomStringConvertible {
    let time: Int64
    let bits: UInt64
    let histogram: NativeHistogram?

    init(_ time: Int64, _ value: Double) { self.init(time: time, bits: value.bitPattern, histogram: nil) }
    init(_ time: Int64, _ value: NativeHistogram) { self.init(time: time, bits: 0, histogram: value) }

    var description: String { "\(time): \(histogram.map { "\($0)" } ?? "\(Double(bitPattern: bits))")" }

    private init(time: Int64, bits: UInt64, histogram: NativeHistogram?) { (self.time, self.bits, self.histogram) = (time, bits, histogram) }
    init(_ columns: SampleColumns, _ index: Int) {
        let histogram = columns.histograms.isEmpty ? nil : columns.histograms[index]
        self.init(time: columns.times[index], bits: histogram == nil ? columns.values[index].bitPattern : 0, histogram: histogram)
    }
}

extension SeriesReader {
    /// All samples of the series that match, by labels, in the closed range.
    func samples(_ matchers: [SeriesMatcher] = [], from: Int64 = .min, through: Int64 = .max) throws -> [SeriesLabels: [Sample]] {
        let request = SeriesRequest(matchers, from: from, through: through, grid: StepGrid(start: 0, end: 0, step: 1))
        var found: [SeriesLabels: [Sample]] = [:]
        for series in try select(request) {
            var columns = SampleColumns()
            try series.read(from: from, through: through, into: &columns)
            if columns.count > 0 { found[series.labels] = (0..<columns.count).map { Sample(columns, $0) } }
        }
        return found
    }
}
