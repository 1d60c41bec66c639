internal import GatewayModel

/// How an appender hears what became of its batch.
typealias SampleContinuation = CheckedContinuation<Result<SampleReceipt, SeriesWriteError>, Never>

struct QueuedSamples: Sendable {
    let batch: SampleBatch
    let continuation: SampleContinuation
}
