import DemoTraffic
import GatewayModel
import RequestStorage

/// A store of generated records, all of them in parts.
enum BenchStore {
    /// The present of the generated traffic and of the store's clock: fixed, so that equal options give equal records.
    static let now = Timestamp(microseconds: 1_772_712_000_000_000)
    private static let recordsPerDay = 1_000_000

    /// Opens the folder's store, filled first if it is empty, and read again so that everything comes from disk.
    static func open(_ folder: String, records: Int, days: Int?) async throws -> RequestStore {
        var configuration = StoreConfiguration()
        configuration.clock = { now }
        configuration.retentionDays = 3_650
        configuration.tickSeconds = nil
        let store = try RequestStore.open(folder: folder, configuration: configuration)
        guard store.statistics.records == 0 else { return store }
        try await fill(store, records, perDay: days.map { max(1, records / $0) } ?? recordsPerDay)
        await store.close()
        return try RequestStore.open(folder: folder, configuration: configuration)
    }

    private static func fill(_ store: RequestStore, _ records: Int, perDay recordsPerDay: Int) async throws {
        // A price is all the same to a scan, but it must differ from call to call.
        let traffic = DemoTraffic(seed: 1, now: now, recordsPerDay: recordsPerDay) { _, model, _, input, _, _, output in
            input * 150 + output * Int64(600 + model.utf8.count * 50)
        }
        let days = Int64(records / recordsPerDay + 2)
        var left = records
        for batch in traffic.batches(from: Timestamp(microseconds: now.microseconds - days * Timestamp.microsecondsPerDay), to: now) {
            guard left > 0 else { return }
            _ = try await store.append(batch)
            left -= batch.count
        }
    }
}
