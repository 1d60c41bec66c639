import GatewayModel
import RequestStorage

/// A store that takes nothing.
struct RefusingWriter: RequestWriter {
    let error: StorageError

    func append(_ batch: RecordBatch, identity: BatchIdentity) async throws(StorageError) -> AppendReceipt { throw error }

    func remove(_ sequences: [Int64]) async throws(StorageError) -> [Bool] { throw error }
}

/// A store that reads as it should and says that it cannot be written to.
struct UnwritableReader: RequestReader {
    let store: RequestStore
    let reason: String

    func snapshot(of range: TimeRange) -> StoreSnapshot { store.snapshot(of: range) }

    func sequence(ofDocument id: String, index: String) -> Int64? { store.sequence(ofDocument: id, index: index) }

    var statistics: StoreStatistics {
        var statistics = store.statistics
        statistics.unwritableReason = reason
        return statistics
    }
}
