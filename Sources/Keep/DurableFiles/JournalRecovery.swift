internal import ByteCoding
internal import GatewayModel

/// Finds out what a journal says when it is opened, and puts its folder in order.
///
/// The files are read in the order of their numbers; a snapshot lets everything before it be forgotten. A snapshot that is not whole does not count, and
/// then the files that it was to replace are still there. What changes the folder comes last and can be repeated.
struct JournalRecovery {
    private struct Found {
        let number: UInt64
        let image: FileImage
        let header: LogFileHeader?
    }

    private let folder: LogFolder
    private let files: any FileLayer
    private(set) var recovered = Journal.Recovered()
    /// The number of the next frame.
    private(set) var nextFrame: Int64 = 1
    /// Bytes of the files that count, without the last.
    private(set) var bytesBefore = 0

    init(folder: LogFolder, files: any FileLayer) { (self.folder, self.files) = (folder, files) }

    /// Does all of it; returns the log to write to.
    mutating func run() throws(StorageError) -> LogWriter {
        var logs = try findLogs()
        while let last = logs.last, last.header == nil, last.image.count <= LogFileHeader.bytes {
            // The file was being made when the process stopped.
            try files.remove(folder.path(last.number))
            logs.removeLast()
        }
        var end = 0
        var first: UInt64 = 0
        for (index, log) in logs.enumerated() {
            bytesBefore += end
            let (whereItEnds, hasSnapshot) = replay(log, next: index + 1 < logs.count ? logs[index + 1].header : nil)
            end = whereItEnds
            if hasSnapshot { (first, bytesBefore) = (log.number, 0) }
        }
        guard let last = logs.last else { return try LogWriter(beginning: 1, previous: (0, 0), folder: folder, files: files) }
        let writer = try reopen(last, end: end)
        for log in logs where log.number < first { try files.remove(folder.path(log.number)) }
        return writer
    }

    private func findLogs() throws(StorageError) -> [Found] {
        var logs: [Found] = []
        for name in try files.list(folder.path) {
            guard let number = FilePaths.number(name, suffix: LogFolder.suffix), let image = try files.image(folder.path(number)) else { continue }
            let version = unsafe image.withBytes { unsafe LogFileHeader.version($0) }
            if let version, version > LogFormat.version { throw .unsupportedFormat(file: folder.path(number), version: Int(version)) }
            unsafe logs.append(Found(number: number, image: image, header: image.withBytes { unsafe try? LogFileHeader($0) }))
        }
        return logs
    }

    /// Takes up a file's entries; returns where what counts ends.
    private mutating func replay(_ log: Found, next: LogFileHeader?) -> (end: Int, hasSnapshot: Bool) {
        let path = folder.path(log.number)
        var limit = log.image.count
        if let next, next.previousNumber == log.number { limit = min(limit, Int(clamping: next.previousEnd)) }
        let image = log.image
        let scan = unsafe image.withBytes(0..<limit) { unsafe LogScan($0) } ?? LogScan()
        var damage = log.header == nil ? [StorageError.damaged(file: path, what: "its header", offset: 0)] : []
        damage += scan.damage.map { .damaged(file: path, what: $0.what, offset: $0.offset) }
        // Only the last file may end in the middle of something.
        if next != nil, scan.end < limit { damage.append(.damaged(file: path, what: "its end", offset: scan.end)) }
        recovered.damage += damage
        var hasSnapshot = false
        for frame in scan.frames {
            nextFrame = max(nextFrame, frame.header.firstSequence + 1)
            guard let entries = unsafe image.withBytes(frame.payload, { unsafe try? JournalFrame.decode($0) }) ?? nil, [.entries, .snapshot].contains(frame.header.kind) else {
                recovered.damage.append(.damaged(file: path, what: "expected entries of a journal", offset: frame.payload.lowerBound))
                continue
            }
            if frame.header.kind == .snapshot {
                hasSnapshot = true
                recovered = Journal.Recovered(entries: [], damage: damage)
            }
            recovered.entries += entries
        }
        return (scan.end, hasSnapshot)
    }

    /// The log to go on with: the last one, cut to what counts, or a new one where that one's header is damaged or of an older version.
    private func reopen(_ last: Found, end: Int) throws(StorageError) -> LogWriter {
        guard let header = last.header, header.version == LogFormat.version else {
            return try LogWriter(beginning: last.number + 1, previous: (last.number, end), folder: folder, files: files)
        }
        let file = try files.openForAppending(folder.path(last.number))
        defer { files.close(file) }
        if last.image.count > end { try files.truncate(file, to: end) }
        // What was read may still be in the system's memory only, written by a process that did not live to synchronise it.
        try files.synchronize(file)
        return try LogWriter(continuing: last.number, end: end, folder: folder, files: files)
    }
}
