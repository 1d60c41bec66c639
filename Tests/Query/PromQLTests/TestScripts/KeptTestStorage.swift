import DurableFiles
import GatewayModel
import KeepTestSupport
import SeriesStorage
import Synchronization

@testable import PromQL

/// Test scripts over the store of series, its files in memory.
final class KeptTestStorage: TestStorage {
    private struct State {
        var store: SeriesStore
        var hints: [SeriesLabels: HistogramHints] = [:]
    }

    private let state: Mutex<State>
    /// Whether samples are read from blocks instead of from memory.
    private let flushes: Bool

    init(flushes: Bool) throws {
        self.flushes = flushes
        state = Mutex(State(store: try Self.opened()))
    }

    /// Scripts begin at 1970: to the store that must be neither too old nor ahead of the clock.
    private static func opened() throws -> SeriesStore {
        var configuration = SeriesStoreConfiguration()
        configuration.retentionDays = 40_000
        configuration.tickSeconds = nil
        configuration.files = MemoryFiles()
        configuration.clock = { Timestamp(utcDay: 30_000) }
        return try SeriesStore.open(folder: "/series", configuration: configuration)
    }

    private var store: SeriesStore { state.withLock { $0.store } }

    var reader: any SeriesReader { store }

    func load(_ labels: SeriesLabels, _ samples: SampleColumns) async throws {
        var batch = SampleBatch()
        batch.isImport = true
        batch.beginSeries()
        SeriesKey.append(labels, to: &batch.keys)
        var hints = state.withLock { $0.hints[labels, default: HistogramHints()] }
        for index in 0..<samples.count {
            if !samples.histograms.isEmpty, let histogram = samples.histograms[index] {
                batch.append(samples.times[index], hints.hinted(histogram))
            } else {
                batch.append(samples.times[index], samples.values[index])
                hints.end()
            }
        }
        batch.endSeries()
        state.withLock { $0.hints[labels] = hints }
        let receipt = try await store.append(batch)
        guard receipt.stored == samples.count else { throw Refused(stored: receipt.stored, of: samples.count) }
        if flushes { try await store.flush() }
    }

    func clear() async throws {
        await close()
        let empty = try Self.opened()
        state.withLock { $0 = State(store: empty) }
    }

    func close() async { await store.close() }

    struct Refused: Error {
        let stored: Int
        let of: Int
    }
}
