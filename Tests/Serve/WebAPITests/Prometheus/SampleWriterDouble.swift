import GatewayModel
import Synchronization

@testable import WebAPI

/// Keeps batches in memory, or refuses them.
final class SampleWriterDouble: SeriesWriter {
    private let taken = Mutex<[SampleBatch]>([])
    private let error: SeriesWriteError?
    private let refused: [SampleReceipt.Refused]

    init(error: SeriesWriteError? = nil, refused: [SampleReceipt.Refused] = []) {
        self.error = error
        self.refused = refused
    }

    func append(_ batch: SampleBatch) async throws(SeriesWriteError) -> SampleReceipt {
        if let error { throw error }
        taken.withLock { $0.append(batch) }
        var receipt = SampleReceipt()
        receipt.stored = batch.sampleCount
        receipt.refused = refused
        receipt.references = batch.series.map { _ in SeriesReference.none }
        return receipt
    }

    /// Labels and samples of all series taken, in order.
    var series: [(labels: SeriesLabels?, times: [Int64], values: [Double])] {
        taken.withLock { batches in
            batches.flatMap { batch in
                batch.series.indices.map { (SeriesKey.labels(of: Array(batch.keys[batch.keyRange($0)])), Array(batch.times[batch.sampleRange($0)]), Array(batch.values[batch.sampleRange($0)])) }
            }
        }
    }

    var batchCount: Int { taken.withLock { $0.count } }
}

extension SeriesStoreStatus {
    /// With lists of so many entries at most.
    func withTop(_ entries: Int) -> SeriesStoreStatus {
        var status = self
        status.seriesByMetric = Array(seriesByMetric.prefix(entries))
        return status
    }
}
