import ByteCoding
import Foundation
import GatewayModel
import SeriesStorage

/// What the series store costs: samples a second of CPU time for taking them in and for reading them, bytes a sample, memory. In this process, on a store on
/// disk.
///
///     SeriesBench [--days N] [--steps N] [--jitter N] [--repeats N] [--data FOLDER]
///
/// `--steps`: steps of 15 s in one batch of 2,000 series (1). `--jitter`: milliseconds by which each instance's scrapes are late at random (0). Without
/// `--data` the store is made in a temporary folder and removed afterwards; with it, it is kept, and read again if it has samples.
@main struct SeriesBench {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "bodies" { return try RemoteWriteBodies(CommandLine.arguments.dropFirst(2)).write() }
        let options = try Options(CommandLine.arguments.dropFirst())
        let folder = options.folder ?? FileManager.default.temporaryDirectory.appendingPathComponent("series-bench-\(UUID().uuidString)").path
        defer { if options.folder == nil { try? FileManager.default.removeItem(atPath: folder) } }
        var configuration = SeriesStoreConfiguration()
        configuration.clock = { Timestamp(microseconds: (start + Int64(options.days) * 86_400_000) * 1_000) }
        configuration.onEvent = { event in
            switch event {
            case .recovered, .flushed, .merged: break
            default: print(event)
            }
        }
        let store = try SeriesStore.open(folder: folder, configuration: configuration)
        if store.statistics().blockSamples == 0 { try await write(store, options) }
        try await settle(store)
        try read(store, options)
        await store.close()
    }

    /// 2026-03-02 00:00 (UTC)
    static let start: Int64 = 1_772_409_600_000

    private static func write(_ store: SeriesStore, _ options: Options) async throws {
        var series = BenchSeries()
        var random = BenchRandom(state: 7)
        let steps = options.days * Int(86_400_000 / BenchSeries.stepMilliseconds)
        let keys = series.labels.map { SeriesKey.bytes(of: $0) }
        var references = [SeriesReference](repeating: .none, count: keys.count)
        var (cpu, wall, samples) = (0.0, 0.0, 0)
        var index = 0
        while index < steps {
            // Made beforehand, so that only the store is measured.
            var batches: [SampleBatch] = []
            while batches.count < 120, index < steps {
                var batch = SampleBatch()
                let columns = (0..<min(options.steps, steps - index)).map { step in
                    series.advance(index + step)
                    let late = (0..<10).map { _ in options.jitter == 0 ? 0 : Int64(random.next() % UInt64(options.jitter)) }
                    return (values: series.values, time: start + Int64(index + step) * BenchSeries.stepMilliseconds, late: late)
                }
                for place in keys.indices {
                    batch.beginSeries(references[place])
                    batch.keys += keys[place]
                    for column in columns { batch.append(column.time + column.late[place / 200], column.values[place]) }
                    batch.endSeries()
                }
                batches.append(batch)
                index += columns.count
            }
            let (cpuBefore, began) = (Measurement.processSeconds, ContinuousClock.now)
            for batch in batches {
                let receipt = try await store.append(batch)
                samples += receipt.stored
                if options.usesReferences { references = receipt.references }
            }
            cpu += Measurement.processSeconds - cpuBefore
            wall += (ContinuousClock.now - began) / .seconds(1)
        }
        Measurement.line("append, flushes included", Double(samples) / wall / 1e6, "M samples/s", "\(Measurement.decimal(cpu / Double(samples) * 1e6, 3)) CPU s a million")
        Measurement.line("resident after load", Measurement.residentMiB, "MiB", "peak \(Measurement.decimal(Measurement.peakMiB, 0))")
    }

    private static func settle(_ store: SeriesStore) async throws {
        let (cpuBefore, began) = (Measurement.processSeconds, ContinuousClock.now)
        try await store.flush()
        let merges = try await store.mergeBlocks(isSettled: true)
        let statistics = store.statistics()
        Measurement.line(
            "flush and merge the rest", (ContinuousClock.now - began) / .seconds(1), "s", "\(Measurement.decimal(Measurement.processSeconds - cpuBefore, 2)) CPU s, \(merges) merges")
        Measurement.line(
            "on disk", Double(statistics.blockBytes) / Double(max(1, statistics.blockSamples)), "bytes a sample",
            "\(statistics.blockSamples) samples of \(statistics.series) series in \(statistics.blocks) blocks")
        ReleasedMemory.returnToSystem()
        Measurement.line("resident at rest", Measurement.residentMiB, "MiB", "")
    }

    private static func read(_ store: SeriesStore, _ options: Options) throws {
        let all = SeriesRequest([], from: .min, through: .max, grid: StepGrid(start: 0, end: 0, step: 1))
        let buckets = try SeriesMatcher(SeriesLabels.metricName, pattern: ".+_bucket")
        for (name, matchers) in [("select all", []), ("select by name", [SeriesMatcher(SeriesLabels.metricName, equals: "llm_requests_total")]), ("select by pattern", [buckets])] {
            let seconds = try Measurement.median(options.repeats * 5) { _ = try store.select(SeriesRequest(matchers, from: .min, through: .max, grid: all.grid)) }
            Measurement.line(name, seconds * 1_000, "ms", "")
        }
        for (name, from) in [("read all", Int64.min), ("read the last hour", start + Int64(options.days) * 86_400_000 - 3_600_000)] {
            var samples = 0
            let seconds = try Measurement.median(options.repeats) {
                samples = 0
                var columns = SampleColumns()
                for series in try store.select(SeriesRequest([], from: from, through: .max, grid: all.grid)) {
                    columns.removeAll()
                    try series.read(from: from, through: .max, into: &columns)
                    samples += columns.count
                }
            }
            Measurement.line(name, Double(samples) / seconds / 1e6, "M samples/s of CPU", "\(samples) samples, \(Measurement.decimal(seconds * 1_000, 1)) ms")
        }
    }
}

/// The command line.
struct Options {
    var days = 7
    var steps = 1
    var jitter = 0
    var repeats = 3
    var folder: String?
    var usesReferences = true

    struct Fault: Error, CustomStringConvertible { let description: String }

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst() else { throw Fault(description: "\(name) needs a value") }
            switch name {
            case "--days": days = try Self.count(value)
            case "--steps": steps = try Self.count(value)
            case "--jitter": jitter = try Self.count(value)
            case "--repeats": repeats = try Self.count(value)
            case "--data": folder = value
            case "--references": usesReferences = value == "yes"
            default: throw Fault(description: "there is no option \(name); there are --days, --steps, --jitter, --repeats, --references and --data")
            }
        }
    }

    private static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count > 0 else { throw Fault(description: "'\(text)' is no count") }
        return count
    }
}
