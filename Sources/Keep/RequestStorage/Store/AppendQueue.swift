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
        self.batch = batch
        frames = EncodedFrame.frames(of: batch)
        documents = DocumentHashes.of(batch, key: key)
        bytes = frames.reduce(0) { $0 + $1.payload.count + LogFrameHeader.bytes }
    }
}

/// An appender that waits: for room in the queue, or for its batch to be durable.
typealias AppendContinuation = CheckedContinuation<Result<AppendReceipt, StorageError>, Never>

struct QueuedAppend: Sendable {
    let prepared: PreparedAppend
    let continuation: AppendContinuation
}

/// The batches between the appenders and the one writer, and the door before them: a pure state machine, its lock and threads are the store's.
///
/// Memory is bounded by admission: an appender is let in while the admitted bytes stay below the limit (or nobody is in), in order of arrival.
struct AppendQueue: Sendable {
    typealias Admission = CheckedContinuation<StorageError?, Never>

    /// Why nobody is let in although there is room.
    enum Obstacle: Sendable, Equatable {
        /// Memory is full until a flush ends.
        case flushing
        /// Memory is full and flushes fail.
        case failing(StorageError)
        case closed
    }

    private let bytesMax: Int
    private(set) var admittedBytes = 0
    private var admitted = 0
    private var door: [(bytes: Int, admission: Admission)] = []
    private var waiting: [QueuedAppend] = []
    private(set) var obstacle: Obstacle?
    private var isDraining = false

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    // MARK: Admission

    enum Verdict { case admitted, wait, refused(StorageError) }

    /// Lets an append of this size in if that is possible now.
    mutating func admit(_ bytes: Int) -> Verdict {
        switch obstacle {
        case .closed: return .refused(.closed)
        case .failing(let error): return .refused(.full(reason: "memory is full and parts cannot be written: \(error)"))
        case .flushing: return .wait
        case nil: break
        }
        guard door.isEmpty, admitted == 0 || admittedBytes + bytes <= bytesMax else { return .wait }
        enter(bytes)
        return .admitted
    }

    /// Waits at the door.
    mutating func stand(_ bytes: Int, _ admission: Admission) { door.append((bytes, admission)) }

    /// An admitted append has ended; returns who is let in now.
    mutating func leave(_ bytes: Int) -> [Admission] {
        admitted -= 1
        admittedBytes -= bytes
        return open()
    }

    /// Who is let in, and who is sent away.
    struct Changed {
        var admitted: [Admission] = []
        var refused: [Admission] = []
    }

    /// Sets the obstacle; returns who is let in or refused now. A closed door stays closed.
    mutating func set(_ obstacle: Obstacle?) -> Changed {
        if self.obstacle != .closed { self.obstacle = obstacle }
        switch self.obstacle {
        case nil: return Changed(admitted: open())
        case .flushing: return Changed()
        case .failing, .closed:
            defer { door = [] }
            return Changed(refused: door.map(\.admission))
        }
    }

    private mutating func open() -> [Admission] {
        guard obstacle == nil else { return [] }
        var count = 0
        while count < door.count, admitted == 0 || admittedBytes + door[count].bytes <= bytesMax {
            enter(door[count].bytes)
            count += 1
        }
        defer { door.removeFirst(count) }
        return door[..<count].map(\.admission)
    }

    private mutating func enter(_ bytes: Int) {
        admitted += 1
        admittedBytes += bytes
    }

    // MARK: Batches

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
