internal import ByteCoding
internal import Dispatch
package import GatewayModel
internal import Synchronization

/// A log of small entries from which its owner's state follows: appended durably, replayed at the start, and replaced by a snapshot once it has grown.
///
/// Entries are the owner's bytes. Those of concurrent callers share a synchronisation. What an entry changes is applied on the journal's own thread, in the
/// order of the log, so that a snapshot asked for there holds exactly what the log says. Drawn in `docs/formats/journal.md`.
package final class Journal: Sendable {
    /// What the last process left.
    package struct Recovered: Sendable {
        /// The entries that count, oldest first.
        package internal(set) var entries: [[UInt8]] = []
        /// What could not be read; entries in it are lost.
        package internal(set) var damage: [StorageError] = []
    }

    private struct Append: Sendable {
        let frame: EncodedFrame
        let apply: @Sendable (StorageError?) -> Void
        let continuation: CheckedContinuation<StorageError?, Never>
    }

    private struct Log: Sendable {
        var writer: LogWriter
        var nextFrame: Int64
        /// Bytes of files before the current one.
        var bytesBefore: Int
        var isOpen = true
    }

    /// Bytes of entries that wait for the writer; further callers wait at the door.
    private static let waitingBytesMax = 16 << 20
    /// Bytes written with one synchronisation, at most.
    private static let groupBytesMax = 4 << 20

    private let files: any FileLayer
    private let folder: LogFolder
    private let freeBytesMin: Int64
    private let queue = AppendQueue<Append>(bytesMax: waitingBytesMax)
    private let writing = DispatchQueue(label: "gatewatch.journal")
    private let log: Mutex<Log>

    /// Opens the journal in a folder, which is made when it is missing. One process at a time.
    ///
    /// - Parameter freeBytesMin: bytes that must be free on the disk for an append; see ``FileLayer/lowSpace(_:bytesMin:)``.
    package static func open(folder: String, files: any FileLayer, freeBytesMin: Int64 = 1 << 20) throws(StorageError) -> (journal: Journal, recovered: Recovered) {
        try files.createFolder(folder)
        var recovery = JournalRecovery(folder: LogFolder(path: folder), files: files)
        let writer = try recovery.run()
        let journal = Journal(files, LogFolder(path: folder), freeBytesMin, Log(writer: writer, nextFrame: recovery.nextFrame, bytesBefore: recovery.bytesBefore))
        return (journal, recovery.recovered)
    }

    private init(_ files: any FileLayer, _ folder: LogFolder, _ freeBytesMin: Int64, _ log: consuming sending Log) {
        (self.files, self.folder, self.freeBytesMin) = (files, folder, freeBytesMin)
        self.log = Mutex(log)
    }

    /// Bytes on disk that count.
    package var bytes: Int { log.withLock { $0.bytesBefore + $0.writer.end } }

    /// Writes entries and returns when they are on the disk: all of them, or none.
    ///
    /// - Parameter apply: called once before this returns, on the journal's thread and in the order of the log: with nil, or with why the entries are not on the disk.
    package func append(_ entries: [[UInt8]], then apply: @escaping @Sendable (StorageError?) -> Void) async throws(StorageError) {
        let frame = EncodedFrame(kind: .entries, rows: entries.count, payload: JournalFrame.encode(entries), isContinued: false)
        do throws(StorageError) { try await queue.enter(frame.payload.count) } catch {
            apply(error)
            throw error
        }
        let failure = await withCheckedContinuation { continuation in
            let mustWake = queue.push(Append(frame: frame, apply: apply, continuation: continuation), bytes: frame.payload.count)
            if mustWake { writing.async { self.drain() } }
        }
        queue.leave(frame.payload.count)
        if let failure { throw failure }
    }

    /// Replaces everything by a snapshot: from then on the journal is that, and what is appended afterwards. When it fails, the journal is as it was.
    ///
    /// - Parameter entries: asked for on the journal's thread, where nothing is applied meanwhile.
    package func replace(_ entries: @escaping @Sendable () -> [[UInt8]]) async throws(StorageError) {
        let failure = await withCheckedContinuation { (continuation: CheckedContinuation<StorageError?, Never>) in
            writing.async {
                do throws(StorageError) {
                    try self.write(snapshot: entries())
                    continuation.resume(returning: nil)
                } catch { continuation.resume(returning: error) }
            }
        }
        if let failure { throw failure }
    }

    /// Ends the journal; what was handed over before is written first, what comes later is refused.
    package func close() async {
        queue.update { .closed }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            writing.async {
                self.drain()
                self.log.withLock { log in
                    if log.isOpen { log.writer.close() }
                    log.isOpen = false
                }
                continuation.resume()
            }
        }
    }

    // MARK: On the journal's thread

    private func drain() {
        while case let group = queue.take(bytesMax: Self.groupBytesMax), !group.isEmpty {
            let failure = write(group.map(\.frame))
            for append in group {
                append.apply(failure)
                append.continuation.resume(returning: failure)
            }
        }
    }

    private func write(_ frames: [EncodedFrame]) -> StorageError? {
        do throws(StorageError) {
            if let reason = files.lowSpace(folder.path, bytesMin: freeBytesMin) { throw .full(reason: reason) }
            try log.withLock { (log) throws(StorageError) in
                guard log.isOpen else { throw .closed }
                try Self.append(frames, to: &log)
            }
            return nil
        } catch { return error }
    }

    /// Numbers of frames that fail are not used again: they may be on the disk in part.
    private static func append(_ frames: [EncodedFrame], to log: inout Log) throws(StorageError) {
        let groups = frames.enumerated().map { (firstSequence: log.nextFrame + Int64($0.offset), frames: [$0.element]) }
        log.nextFrame += Int64(frames.count)
        let (number, end) = (log.writer.number, log.writer.end)
        try log.writer.append(groups)
        if log.writer.number != number { log.bytesBefore += end }
    }

    private func write(snapshot entries: [[UInt8]]) throws(StorageError) {
        let frame = EncodedFrame(kind: .snapshot, rows: entries.count, payload: JournalFrame.encode(entries), isContinued: false)
        let first = try log.withLock { (log) throws(StorageError) -> UInt64 in
            guard log.isOpen else { throw .closed }
            let end = log.writer.end
            try log.writer.roll()
            log.bytesBefore += end
            try Self.append([frame], to: &log)
            log.bytesBefore = 0
            return log.writer.number
        }
        // What cannot be removed counts for nothing, and goes when the journal is opened next.
        for name in (try? files.list(folder.path)) ?? [] {
            guard let number = FilePaths.number(name, suffix: LogFolder.suffix), number < first else { continue }
            try? files.remove(folder.path(number))
        }
    }
}

/// The payload of a journal's frame: each entry's length as a variable-length integer, then its bytes.
enum JournalFrame {
    static func encode(_ entries: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter(reserving: entries.reduce(0) { $0 + $1.count + 5 })
        for entry in entries {
            writer.write(varint: UInt64(entry.count))
            writer.write(entry)
        }
        return writer.bytes
    }

    static func decode(_ payload: UnsafeRawBufferPointer) throws(ByteReadingError) -> [[UInt8]] {
        var reader = unsafe ByteReader(payload)
        var entries: [[UInt8]] = []
        while reader.remaining > 0 {
            let bytes = try Int(clamping: reader.readVarint("an entry's length"))
            unsafe entries.append([UInt8](try reader.readBytes(bytes, "an entry")))
        }
        return entries
    }
}
