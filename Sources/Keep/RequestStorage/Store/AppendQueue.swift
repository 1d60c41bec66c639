internal import ByteCoding
internal import GatewayModel

/// A batch on its way to the log, with all that can be made before its sequence numbers are known.
struct PreparedAppend: Sendable {
    /// Not empty, `time` present in all rows, no `sequence`.
    let batch: RecordBatch
    let frames: [EncodedFrame]
    let documents: [(row: Int, hash: UInt64)]
    /// Bytes of its frames.
    let bytes: Int

    init(_ batch: RecordBatch, key: SipHash) {
        let batch = batch.compacting()
        self.batch = batch
        frames = EncodedFrame.frames(of: batch)
        documents = DocumentHashes.of(batch, key: key)
        bytes = frames.reduce(0) { $0 + $1.payload.count + LogFrameHeader.bytes }
    }
}

/// How an appender hears what became of its batch.
typealias AppendContinuation = CheckedContinuation<Result<AppendReceipt, StorageError>, Never>

/// How an appender hears that it may come in: nil, or why not.
typealias AdmissionContinuation = CheckedContinuation<StorageError?, Never>

struct QueuedAppend: Sendable {
    let prepared: PreparedAppend
    let continuation: AppendContinuation
}

/// The batches between the appenders and the one writer, with the door before them.
struct AppendQueue: Sendable {
    var door: AdmissionDoor<AdmissionContinuation>
    private var waiting: [QueuedAppend] = []
    private var isDraining = false

    init(bytesMax: Int) { door = AdmissionDoor(bytesMax: bytesMax) }

    /// Puts a batch behind the others; true when the writer must be woken.
    mutating func push(_ append: QueuedAppend) -> Bool {
        waiting.append(append)
        defer { isDraining = true }
        return !isDraining
    }

    /// Takes the batches that waited, up to `bytesMax` and at least one; empty when there is none, and then the writer may rest.
    mutating func take(bytesMax: Int) -> [QueuedAppend] {
        var count = 0
        var bytes = 0
        while count < waiting.count, count == 0 || bytes + waiting[count].prepared.bytes <= bytesMax {
            bytes += waiting[count].prepared.bytes
            count += 1
        }
        let group = Array(waiting[..<count])
        waiting.removeFirst(count)
        isDraining = !group.isEmpty
        return group
    }
}
