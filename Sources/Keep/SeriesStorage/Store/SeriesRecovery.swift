internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Finds out what a store consists of when it is opened, and puts it in order: manifest, blocks, logs, leftovers.
///
/// A sample is in a block if and only if its log has a lower number than the manifest's first one; so nothing is lost and nothing counted twice, wherever the
/// last process stopped. Steps that change the folder come after all that could still fail, and can be repeated.
struct SeriesRecovery {
    private let paths: SeriesPaths
    private let files: any FileLayer
    private let configuration: SeriesStoreConfiguration

    private(set) var manifest = SeriesManifest()
    private var state: SeriesState
    /// The number of the next frame of the log.
    private(set) var nextFrame: Int64 = 1
    private var logSamples: Int64 = 0

    init(paths: SeriesPaths, configuration: SeriesStoreConfiguration) {
        self.paths = paths
        self.configuration = configuration
        files = configuration.files
        state = SeriesState(exemplarsMax: configuration.exemplarsMax)
    }

    /// Does all of it; returns the log to write to.
    mutating func run() throws(StorageError) -> LogWriter {
        try files.createFolder(paths.logs.path)
        try files.createFolder(paths.blocks)
        try loadManifest()
        try openBlocks()
        try loadSide()
        try removeLeftovers()
        let log = try replayLogs()
        state.directory.reserve(below: manifest.nextSeries)
        configuration.onEvent(
            .recovered(series: state.directory.count, blockSamples: state.blocks.reduce(0) { $0 + $1.samples }, logSamples: logSamples))
        return log
    }

    /// The state, which is not copied: call once, at the end.
    mutating func takeState() -> SeriesState {
        defer { state = SeriesState(exemplarsMax: 1) }
        return state
    }

    // MARK: Manifest and blocks

    private mutating func loadManifest() throws(StorageError) {
        let found = try paths.manifest.load(files)
        for damage in found.damage { note(damage, consequence: "its copy is used") }
        if found.manifest == nil {
            // Without a manifest nobody knows which blocks count; a folder that has some is not a new store.
            let strangers = try files.list(paths.logs.path) + files.list(paths.blocks)
            guard strangers.isEmpty else { throw .damaged(file: paths.relative(paths.manifest.path), what: "it is missing, but there is \(strangers[0])", offset: 0) }
        }
        manifest = found.manifest ?? SeriesManifest()
        if !found.isWhole {
            manifest.generation += 1
            try paths.manifest.commit(manifest, files)
        }
        state.retainedFromDay = manifest.retainedFromDay ?? .min
    }

    private mutating func openBlocks() throws(StorageError) {
        for entry in manifest.blocks {
            do throws(StorageError) {
                let block = try SeriesBlock(opening: entry, paths, files)
                try block.forEachSeries { series in
                    let known = unsafe series.key.withUnsafeBytes { unsafe state.directory.find($0) }
                    let kept = known ?? SeriesKey.labels(of: series.key).map { state.directory.insert(id: series.id, key: series.key, labels: $0) }
                    unsafe kept?.blocks += 1
                    unsafe kept?.newest = unsafe max(kept?.newest ?? .min, series.last)
                }
                state.blocks.append(block)
            } catch {
                guard case .damaged = error else { throw error }
                // Its file stays where it is: somebody may be able to mend it.
                note(error, consequence: "\(entry.samples) samples of \(SeriesPaths.dayName(entry.day)) cannot be read")
            }
        }
    }

    /// Metadata and exemplars as the last flush left them; the logs have what came since.
    private mutating func loadSide() throws(StorageError) {
        guard let image = try files.image(paths.metadata) else { return }
        do throws(ByteReadingError) {
            let side = unsafe try image.withBytes { (bytes) throws(ByteReadingError) in unsafe try SideFile.decode(bytes) }
            for family in side.metadata.reversed() { state.keep(family, max: configuration.metadataMax) }
            for (id, exemplar) in side.exemplars where state.directory[id] != nil { state.exemplars.insert(id, exemplar) }
        } catch {
            note(.damaged(file: paths.relative(paths.metadata), what: "expected \(error.expected)", offset: error.offset), consequence: "types and help of metrics are unknown until they are sent again")
        }
    }

    /// Removes what a crash left behind: blocks and logs that do not count, temporary files.
    private func removeLeftovers() throws(StorageError) {
        let known = Set(manifest.blocks.map(\.number))
        for name in try files.list(paths.blocks) {
            let number = FilePaths.number(name, suffix: SeriesPaths.blockSuffix)
            let isTemporary = FilePaths.number(name, suffix: SeriesPaths.blockSuffix + FilePaths.temporarySuffix) != nil
            guard isTemporary || number.map({ !known.contains($0) }) ?? false else { continue }
            try removeLeftover(paths.blocks + "/" + name)
        }
        for name in try files.list(paths.logs.path) {
            guard let number = FilePaths.number(name, suffix: LogFolder.suffix), number < manifest.firstLog else { continue }
            try removeLeftover(paths.logs.path + "/" + name)
        }
        for path in paths.manifest.paths + [paths.metadata] { try files.remove(path + FilePaths.temporarySuffix) }
    }

    private func removeLeftover(_ path: String) throws(StorageError) {
        try files.remove(path)
        configuration.onEvent(.removedLeftover(file: paths.relative(path)))
    }

    // MARK: Logs

    private struct FoundLog {
        let number: UInt64
        let image: FileImage
        let header: LogFileHeader?

        var isUnfinished: Bool { header == nil && image.count <= LogFileHeader.bytes }
    }

    private mutating func replayLogs() throws(StorageError) -> LogWriter {
        var logs = try findLogs()
        while let last = logs.last, last.isUnfinished {
            // The file was being made when the process stopped; nothing can have been acknowledged from it.
            try removeLeftover(paths.logs.path(last.number))
            logs.removeLast()
        }
        reportMissing(logs)
        var end = 0
        for (index, log) in logs.enumerated() {
            let next = index + 1 < logs.count ? logs[index + 1].header : nil
            end = replay(log, next: next, isLast: index == logs.count - 1)
        }
        guard let last = logs.last else { return try LogWriter(beginning: manifest.firstLog, previous: (0, 0), folder: paths.logs, files: files) }
        return try reopen(last, end: end)
    }

    /// The log to go on with: the last one, cut to what counts, or a new one where that one's header is damaged.
    private func reopen(_ last: FoundLog, end: Int) throws(StorageError) -> LogWriter {
        let path = paths.logs.path(last.number)
        guard last.header != nil else { return try LogWriter(beginning: last.number + 1, previous: (last.number, end), folder: paths.logs, files: files) }
        let file = try files.openForAppending(path)
        defer { files.close(file) }
        if last.image.count > end {
            try files.truncate(file, to: end)
            configuration.onEvent(.tornTail(file: paths.relative(path), offset: end, bytes: last.image.count - end))
        }
        // What was read may still be in the system's memory only, written by a process that did not live to synchronise it.
        try files.synchronize(file)
        return try LogWriter(continuing: last.number, end: end, folder: paths.logs, files: files)
    }

    private func findLogs() throws(StorageError) -> [FoundLog] {
        var logs: [FoundLog] = []
        for name in try files.list(paths.logs.path) {
            guard let number = FilePaths.number(name, suffix: LogFolder.suffix), let image = try files.image(paths.logs.path(number)) else { continue }
            let version = unsafe image.withBytes { unsafe LogFileHeader.version($0) }
            if let version, version > LogFormat.version { throw .unsupportedFormat(file: paths.relative(paths.logs.path(number)), version: Int(version)) }
            unsafe logs.append(FoundLog(number: number, image: image, header: image.withBytes { unsafe try? LogFileHeader($0) }))
        }
        return logs
    }

    private mutating func reportMissing(_ logs: [FoundLog]) {
        var expected = manifest.firstLog
        // A store that was never flushed may have stopped before its first log.
        if logs.isEmpty, manifest.blocks.isEmpty, manifest.firstLog == 1 { return }
        for number in logs.map(\.number) + (logs.isEmpty ? [expected + 1] : []) {
            if number > expected {
                note(.damaged(file: paths.relative(paths.logs.path(expected)), what: "it is missing", offset: 0), consequence: "its samples are lost")
            }
            expected = number + 1
        }
    }

    /// Reads the frames of a log into memory; returns where what counts ends.
    private mutating func replay(_ log: FoundLog, next: LogFileHeader?, isLast: Bool) -> Int {
        let name = paths.relative(paths.logs.path(log.number))
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
        for frame in scan.frames { take(frame, image, name) }
        return scan.end
    }

    private mutating func take(_ frame: LogScan.Frame, _ image: FileImage, _ name: String) {
        nextFrame = max(nextFrame, frame.header.firstSequence + 1)
        let result = unsafe image.withBytes(frame.payload) { bytes -> Result<SampleFrame.Content, ByteReadingError> in
            do throws(ByteReadingError) {
                guard frame.header.kind == .samples else { throw ByteReadingError(offset: 0, expected: "samples of series") }
                return unsafe .success(try SampleFrame.decode(bytes))
            } catch { return .failure(error) }
        }
        switch result {
        case .success(let content): apply(content, name, frame.payload.lowerBound)
        case .failure(let error):
            note(.damaged(file: name, what: "expected \(error.expected)", offset: frame.payload.lowerBound + error.offset), consequence: "\(frame.header.rows) samples are lost")
        case nil: break
        }
    }

    private mutating func apply(_ content: SampleFrame.Content, _ name: String, _ offset: Int) {
        for (id, key) in content.definitions { define(id, key) }
        var strangers = 0
        for (id, times, values) in content.samples {
            guard let series = state.directory[id] else {
                strangers += times.count
                continue
            }
            for (time, value) in zip(times, values) {
                unsafe state.activeBytes += series.active.append(time, value)
                if unsafe time >= series.newest { unsafe (series.newest, series.newestBits) = (time, value.bitPattern) }
            }
            logSamples += Int64(times.count)
        }
        for (id, time, histogram) in content.histograms {
            guard let series = state.directory[id] else {
                strangers += 1
                continue
            }
            unsafe state.activeBytes += series.active.append(time, histogram)
            if unsafe time >= series.newest { unsafe (series.newest, series.newestBits) = (time, nil) }
            logSamples += 1
        }
        for (id, exemplar) in content.exemplars where state.directory[id] != nil { state.exemplars.insert(id, exemplar) }
        for family in content.metadata { state.keep(family, max: configuration.metadataMax) }
        state.activeSamples = logSamples
        if logSamples > 0, state.activeSince == nil { state.activeSince = configuration.clock() }
        if strangers > 0 {
            note(.damaged(file: name, what: "series that no frame before names", offset: offset), consequence: "\(strangers) samples are lost")
        }
    }

    private mutating func define(_ id: UInt32, _ key: [UInt8]) {
        let known = unsafe key.withUnsafeBytes { unsafe state.directory.find($0) }
        if let known {
            unsafe known.definedIn = state.generation
        } else if state.directory[id] == nil, let labels = SeriesKey.labels(of: key) {
            unsafe state.directory.insert(id: id, key: key, labels: labels).definedIn = state.generation
        }
    }

    private mutating func note(_ error: StorageError, consequence: String) {
        guard case .damaged(let file, let what, let offset) = error else { return }
        configuration.onEvent(.damaged(file: file, what: what, offset: offset))
        state.note("\(file): \(what) at byte \(offset); \(consequence)")
    }
}
