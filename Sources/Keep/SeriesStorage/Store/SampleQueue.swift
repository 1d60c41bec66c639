internal import DurableFiles
internal import GatewayModel

/// How an appender hears what became of its batch.
typealias SampleContinuation = CheckedContinuation<Result<SampleReceipt, SeriesWriteError>, Never>
/// How an appender hears that it may come in: nil, or why not.
typealias SampleAdmission = CheckedContinuation<StorageError?, Never>

struct QueuedSamples: Sendable {
    let batch: SampleBatch
    let bytes: Int
    let continuation: SampleContinuation
}

/// The batches between the appenders and the one writer, with the door before them.
struct SampleQueue: Sendable {
    var door: AdmissionDoor<SampleAdmission>
    private var waiting: [QueuedSamples] = []
    private var isDraining = false

    init(bytesMax: Int) { door = AdmissionDoor(bytesMax: bytesMax) }

    /// Puts a batch behind the others; true when the writer must be woken.
    mutating func push(_ append: QueuedSamples) -> Bool {
        waiting.append(append)
        defer { isDraining = true }
        return !isDraining
    }

    /// Takes the batches that waited, up to `bytesMax` and at least one; empty when there is none, and then the writer may rest.
    mutating func take(bytesMax: Int) -> [QueuedSamples] {
        var count = 0
        var bytes = 0
        while count < waiting.count, count == 0 || bytes + waiting[count].bytes <= bytesMax {
            bytes += waiting[count].bytes
            count += 1
        }
        let group = Array(waiting[..<count])
        waiting.removeFirst(count)
        isDraining = !group.isEmpty
        return group
    }
}
