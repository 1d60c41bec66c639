internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Finds out what a store consists of when it is opened, and puts it in order: manifest, parts, logs, leftovers.
///
/// A batch is in a part if and only if its log has a lower number than the manifest's first one; so nothing is lost and nothing counted twice,
/// wherever the last process stopped. Steps that change the folder come after all that could still fail, and can be repeated.
struct StoreRecovery {
    private let paths: StorePaths
    private let files: any FileLayer
    private let configuration: StoreConfiguration
    private let key: SipHash

    private(set) var manifest = Manifest()
    private(set) var state: StoreState
    /// The version of the hidden records that the manifest's list holds.
    private(set) var listedVersion: UInt64 = 0
    private(set) var nextSequence: Int64 = 1
    private var logRecords: Int64 = 0
    private var logBatches = 0

    init(paths: StorePaths, configuration: StoreConfiguration, key: SipHash) {
        self.paths = paths
        self.configuration = configuration
        self.key = key
        files = configuration.files
        state = StoreState(retentionDays: max(1, configuration.retentionDays))
    }

    /// Does all of it; returns the log to write to.
    mutating func run() throws(StorageError) -> LogWriter {
        try files.createFolder(paths.logs)
        try files.createFolder(paths.parts)
        try loadManifest()
        try openParts()
        try openTrends()
        try readHidden()
        try removeLeftovers()
        let log = try replayLogs()
        dropHiddenWithoutRow()
        let partRecords = state.parts.reduce(Int64(0)) { $0 + Int64($1.rowCount) }
        configuration.onEvent(.recovered(partRecords: partRecords, logRecords: logRecords, logBatches: Int64(logBatches)))
        return log
    }

    // MARK: Manifest

    private mutating func loadManifest() throws(StorageError) {
        let found = try paths.manifest.load(files)
        for damage in found.damage { note(damage, consequence: "its copy is used") }
        if found.manifest == nil {
            // Without a manifest nobody knows which parts count; a folder that has some is not a new store.
            let strangers = try files.list(paths.logs) + files.list(paths.parts)
            guard strangers.isEmpty else { throw .damaged(file: paths.relative(paths.manifest.path), what: "it is missing, but there is \(strangers[0])", offset: 0) }
        }
        manifest = found.manifest ?? Manifest()
        checkKey()
        if !found.isWhole {
            manifest.generation += 1
            try paths.manifest.commit(manifest, files)
        }
        state.retainedFromDay = manifest.retainedFromDay
        nextSequence = max(1, manifest.nextSequence)
        state.sequence = nextSequence - 1
    }

    /// A key that changed makes other hashes than before: documents and pseudonyms are not recognised any more, everything else is.
    private mutating func checkKey() {
        let check = StoreKey.check(key)
        if let known = manifest.keyCheck, known != check {
            note(.damaged(file: paths.relative(paths.key), what: "it is not the key that the store was made with", offset: 0),
                consequence: "documents and pseudonyms from before are not recognised")
        }
        // What stays in the manifest is the first key's, so that verifying goes on to find this.
        manifest.keyCheck = manifest.keyCheck ?? check
    }

    // MARK: Parts

    private mutating func openParts() throws(StorageError) {
        for entry in manifest.parts {
            do throws(StorageError) {
                let part = try Part(opening: entry, paths, files)
                state.parts.append(part)
                try attachRollups(to: part)
                nextSequence = max(nextSequence, part.sequenceBounds.upperBound + 1)
            } catch {
                guard case .damaged = error else { throw error }
                // Its file stays where it is: somebody may be able to mend it.
                note(error, consequence: "\(entry.rows) records of \(StorePaths.dayName(entry.day)) cannot be read")
            }
        }
        state.parts.sort { $0.timeBounds.first < $1.timeBounds.first }
        state.sequence = nextSequence - 1
    }

    private mutating func openTrends() throws(StorageError) {
        for entry in manifest.trends {
            do throws(StorageError) {
                state.trends.append(try PartTrend.open(entry, paths, files))
            } catch {
                guard case .damaged = error else { throw error }
                note(error, consequence: "the trends of \(entry.rows) records of \(StorePaths.dayName(entry.day)) cannot be read")
            }
        }
        state.trends.sort { $0.trend.timeBounds.first < $1.trend.timeBounds.first }
    }

    /// What is wrong with the tables of a part costs nothing but speed, until they are made again.
    private func attachRollups(to part: Part) throws(StorageError) {
        do throws(StorageError) {
            _ = try RollupSidecar.attach(part, paths, files)
        } catch {
            switch error {
            case .damaged(let file, let what, let offset): configuration.onEvent(.damaged(file: file, what: what, offset: offset))
            // Written by a newer program: not of use here, and made again.
            case .unsupportedFormat: break
            case .full, .closed, .locked, .system: throw error
            }
        }
    }

    /// Removes what a crash left behind: parts and logs that do not count, temporary files.
    private func removeLeftovers() throws(StorageError) {
        let known = Set(manifest.parts.flatMap { paths.partFiles(day: $0.day, number: $0.number) })
        for day in try files.list(paths.parts) {
            let folder = paths.parts + "/" + day
            for name in try files.list(folder) where StorePaths.partSuffixes.contains(where: { isOurs(name, $0) }) && !known.contains(folder + "/" + name) { try removeLeftover(folder + "/" + name) }
            files.removeFolderIfEmpty(folder)
        }
        for name in try files.list(paths.logs) {
            guard let number = FilePaths.number(name, suffix: ".wal"), number < manifest.firstLog else { continue }
            try removeLeftover(paths.logs + "/" + name)
        }
        let trends = Set(manifest.trends.map { paths.trend(number: $0.number) })
        for name in try files.list(paths.trends) where isOurs(name, ".trend") && !trends.contains(paths.trends + "/" + name) {
            try removeLeftover(paths.trends + "/" + name)
        }
        for name in try files.list(paths.hidden) where isOurs(name, ".hidden") {
            if let hidden = manifest.hidden, name == paths.hidden(hidden.number).split(separator: "/").last.map(String.init) { continue }
            try removeLeftover(paths.hidden + "/" + name)
        }
        for path in paths.manifest.paths + [paths.key] { try files.remove(path + FilePaths.temporarySuffix) }
    }

    /// Whether the store may have written a file of this name; others are left alone.
    private func isOurs(_ name: String, _ suffix: String) -> Bool {
        FilePaths.number(name, suffix: suffix) != nil || FilePaths.number(name, suffix: suffix + FilePaths.temporarySuffix) != nil
    }

    private func removeLeftover(_ path: String) throws(StorageError) {
        try files.remove(path)
        configuration.onEvent(.removedLeftover(file: paths.relative(path)))
    }

    /// Reads the list of hidden records.
    private mutating func readHidden() throws(StorageError) {
        guard let hidden = manifest.hidden else { return }
        let path = paths.hidden(hidden.number)
        let name = paths.relative(path)
        do throws(StorageError) {
            guard let image = try files.image(path) else { throw .damaged(file: name, what: "it is missing", offset: 0) }
            state.hidden.insert(try HiddenFile.decode(image, name: name))
            listedVersion = state.hidden.version
        } catch {
            guard case .damaged = error else { throw error }
            note(error, consequence: "\(hidden.records) deleted or replaced records may be shown again")
        }
    }

    /// Takes out numbers that no row has: a log may hide again what a part was already written without. Left as they are where something could not be
    /// read: then it may be the row that is missing.
    private mutating func dropHiddenWithoutRow() {
        guard !state.hidden.isEmpty, state.notes.isEmpty else { return }
        let finder = RowFinder(state.hidden.all)
        var found: Set<Int64> = []
        for segment in state.segments {
            guard let places = try? finder.rows(in: segment) else { return }
            found.formUnion(places.map(\.sequence))
        }
        state.hidden.remove(state.hidden.all.filter { !found.contains($0) })
    }

    // MARK: Logs

    private mutating func replayLogs() throws(StorageError) -> LogWriter {
        var logs = try findLogs()
        while let last = logs.last, last.isUnfinished {
            // The file was being made when the process stopped; nothing can have been acknowledged from it.
            try removeLeftover(paths.log(last.number))
            logs.removeLast()
        }
        reportMissing(logs)
        var ends: [Int] = []
        for (index, log) in logs.enumerated() {
            let next = index + 1 < logs.count ? logs[index + 1].header : nil
            ends.append(try replay(log, next: next, isLast: index == logs.count - 1))
        }
        guard let last = logs.last, let end = ends.last else {
            state.logBytes = LogFileHeader.bytes
            return try LogWriter(beginning: manifest.firstLog, previous: (0, 0), folder: paths.logFolder, files: files)
        }
        state.logBytes = ends.reduce(0, +)
        state.active.logBytes = state.logBytes
        return try reopen(last, end: end)
    }

    /// The log to go on with: the last one, cut to what counts, or a new one where that one's header is damaged.
    private func reopen(_ last: FoundLog, end: Int) throws(StorageError) -> LogWriter {
        let path = paths.log(last.number)
        guard let header = last.header else { return try LogWriter(beginning: last.number + 1, previous: (last.number, end), folder: paths.logFolder, files: files) }
        let file = try files.openForAppending(path)
        defer { files.close(file) }
        if last.image.count > end {
            try files.truncate(file, to: end)
            configuration.onEvent(.tornTail(file: paths.relative(path), offset: end, bytes: last.image.count - end))
        }
        // What was read may still be in the system's memory only, written by a process that did not live to synchronise it.
        try files.synchronize(file)
        // A log of an older version is not continued: see ``LogFormat/version``.
        if header.version < LogFormat.version { return try LogWriter(beginning: last.number + 1, previous: (last.number, end), folder: paths.logFolder, files: files) }
        return try LogWriter(continuing: last.number, end: end, folder: paths.logFolder, files: files)
    }

    private struct FoundLog {
        let number: UInt64
        let image: FileImage
        let header: LogFileHeader?

        var isUnfinished: Bool { header == nil && image.count <= LogFileHeader.bytes }
    }

    private func findLogs() throws(StorageError) -> [FoundLog] {
        var logs: [FoundLog] = []
        for name in try files.list(paths.logs) {
            guard let number = FilePaths.number(name, suffix: ".wal"), let image = try files.image(paths.log(number)) else { continue }
            let version = unsafe image.withBytes { unsafe LogFileHeader.version($0) }
            if let version, version > LogFormat.version { throw .unsupportedFormat(file: paths.relative(paths.log(number)), version: Int(version)) }
            unsafe logs.append(FoundLog(number: number, image: image, header: image.withBytes { unsafe try? LogFileHeader($0) }))
        }
        return logs
    }

    private mutating func reportMissing(_ logs: [FoundLog]) {
        var expected = manifest.firstLog
        // A store that was never flushed may have stopped before its first log.
        if logs.isEmpty, manifest.parts.isEmpty, manifest.firstLog == 1 { return }
        for number in logs.map(\.number) + (logs.isEmpty ? [expected + 1] : []) {
            if number > expected {
                note(.damaged(file: paths.relative(paths.log(expected)), what: "it is missing", offset: 0), consequence: "its records are lost")
            }
            expected = number + 1
        }
    }

    /// Reads the frames of a log into memory; returns where what counts ends.
    private mutating func replay(_ log: FoundLog, next: LogFileHeader?, isLast: Bool) throws(StorageError) -> Int {
        let name = paths.relative(paths.log(log.number))
        var limit = log.image.count
        if let next, next.previousNumber == log.number { limit = min(limit, Int(clamping: next.previousEnd)) }
        if log.header == nil { note(.damaged(file: name, what: "its header", offset: 0), consequence: "its frames are read nevertheless") }
        let image = log.image
        let scan = unsafe image.withBytes(0..<limit) { unsafe LogScan($0) } ?? LogScan()
        for damage in scan.damage {
            note(.damaged(file: name, what: damage.what, offset: damage.offset), consequence: "\(damage.bytes) bytes are lost")
        }
        if !isLast, scan.end < limit {
            note(.damaged(file: name, what: "its end", offset: scan.end), consequence: "\(limit - scan.end) bytes are lost")
        }
        let days = PartitionDays(now: configuration.clock(), retentionDays: state.retentionDays)
        for frame in scan.frames { take(frame, image, name, days) }
        return scan.end
    }

    private mutating func take(_ frame: LogScan.Frame, _ image: FileImage, _ name: String, _ days: PartitionDays) {
        let result: Result<Void, ByteReadingError>? = switch frame.header.kind {
        case .rows:
            unsafe image.withBytes(frame.payload) { bytes in unsafe Self.decode(frame, bytes) }?.map { remember($0, first: frame.header.firstSequence, days) }
        case .hidden:
            unsafe image.withBytes(frame.payload) { bytes in unsafe Self.decodeHidden(frame, bytes) }?.map { state.hidden.insert($0) }
        case .samples, .entries, .snapshot:
            .failure(ByteReadingError(offset: 0, expected: "records"))
        }
        switch result {
        case .success: if !frame.header.isContinued { logBatches += 1 }
        case .failure(let error):
            let offset = frame.payload.lowerBound + error.offset
            let consequence = frame.header.kind == .rows ? "records are lost" : "deleted or replaced records are shown again"
            note(.damaged(file: name, what: "expected \(error.expected)", offset: offset), consequence: "\(frame.header.rows) \(consequence)")
        case nil:
            break
        }
    }

    private static func decode(_ frame: LogScan.Frame, _ bytes: UnsafeRawBufferPointer) -> Result<RecordBatch, ByteReadingError> {
        do throws(ByteReadingError) {
            try check(frame)
            return unsafe .success(try FramePayload.decode(bytes, rows: Int(frame.header.rows)))
        } catch {
            return .failure(error)
        }
    }

    private static func decodeHidden(_ frame: LogScan.Frame, _ bytes: UnsafeRawBufferPointer) -> Result<[Int64], ByteReadingError> {
        do throws(ByteReadingError) {
            try check(frame)
            var sequences: [Int64] = []
            unsafe try IntegerBlock.decode(bytes, count: Int(frame.header.rows), into: &sequences)
            return .success(sequences)
        } catch {
            return .failure(error)
        }
    }

    private static func check(_ frame: LogScan.Frame) throws(ByteReadingError) {
        let header = frame.header
        guard header.rows > 0, Int(header.rows) <= EncodedFrame.frameRowsMax, header.firstSequence > 0, header.firstSequence < .max / 2 else {
            throw ByteReadingError(offset: 0, expected: "1 to \(EncodedFrame.frameRowsMax) rows with possible numbers")
        }
    }

    private mutating func remember(_ decoded: RecordBatch, first: Int64, _ days: PartitionDays) {
        var batch = decoded
        batch[.sequence] = .integers(Array(first..<first + Int64(batch.count)))
        if batch[.time] == nil { batch[.time] = .integers([Int64](repeating: configuration.clock().microseconds, count: batch.count)) }
        for piece in days.split(batch) {
            state.active.append(BatchSegment(piece.batch), day: piece.day, bytes: piece.batch.memoryBytes, now: configuration.clock())
        }
        logRecords += Int64(batch.count)
        nextSequence = max(nextSequence, first + Int64(batch.count))
        state.sequence = nextSequence - 1
    }

    /// Tells the log and every later snapshot about damage.
    private mutating func note(_ error: StorageError, consequence: String) {
        guard case .damaged(let file, let what, let offset) = error else { return }
        configuration.onEvent(.damaged(file: file, what: what, offset: offset))
        guard state.notes.count < StoreState.notesMax else { return }
        state.notes.append("\(file) is damaged at byte \(offset) (\(what)): \(consequence)")
    }
}
