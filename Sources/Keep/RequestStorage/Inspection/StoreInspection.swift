internal import ByteCoding
package import DurableFiles
package import GatewayModel

/// A look at a store's folder from outside: what is there, and what is wrong with it. Changes nothing and takes no lock, so that it works on a
/// running store too.
package struct StoreInspection: Sendable {
    /// What is wrong, by file, with the byte.
    package private(set) var damage: [StorageError] = []
    /// Sentences about what is not wrong but worth knowing: leftovers of a crash, an unfinished end of the newest log.
    package private(set) var remarks: [String] = []
    package private(set) var parts = 0
    package private(set) var logs = 0
    /// Rows that the manifest says stand in parts.
    package private(set) var partRecords: Int64 = 0
    /// Rows of whole frames in the logs.
    package private(set) var logRecords: Int64 = 0
    /// Bytes of all files looked at.
    package private(set) var bytes: Int64 = 0

    private let paths: StorePaths
    private let files: any FileLayer
    private let readsAll: Bool

    /// Rounds at most when the store changes meanwhile.
    private static let roundsMax = 5

    /// Looks at the manifest, the parts' directories, and the logs.
    ///
    /// - Parameters:
    ///   - readsAll: reads every byte and verifies every checksum; otherwise only what is needed to open the store.
    ///   - progress: told the name of each file as it is done.
    /// - Throws: when there is no store, or the system refuses.
    package static func run(
        _ folder: String, readsAll: Bool, files: any FileLayer = SystemFiles(), progress: (String) -> Void = { _ in }
    ) throws(StorageError) -> StoreInspection {
        let paths = StorePaths(root: folder)
        for round in 1...roundsMax {
            var inspection = StoreInspection(paths, files, readsAll)
            let manifest = try inspection.inspect(progress)
            // What a running store has merged or dropped meanwhile is not missing.
            let isSettled = inspection.damage.isEmpty && inspection.remarks.isEmpty
            if round == roundsMax || isSettled || (try? paths.manifest.load(files).manifest) == manifest { return inspection }
        }
        return StoreInspection(paths, files, readsAll)
    }

    private init(_ paths: StorePaths, _ files: any FileLayer, _ readsAll: Bool) {
        (self.paths, self.files, self.readsAll) = (paths, files, readsAll)
    }

    private mutating func inspect(_ progress: (String) -> Void) throws(StorageError) -> Manifest? {
        let found = try inspectManifests()
        guard let manifest = found else { return nil }
        try inspectKey(manifest)
        for entry in manifest.parts {
            try inspect(entry)
            progress(paths.relative(paths.part(day: entry.day, number: entry.number)))
        }
        try inspectHidden(manifest)
        try inspectLogs(manifest, progress)
        try findLeftovers(manifest)
        return manifest
    }

    private mutating func inspectManifests() throws(StorageError) -> Manifest? {
        let found = try paths.manifest.load(files)
        damage += found.damage
        guard let manifest = found.manifest else { throw .damaged(file: paths.manifest.path, what: "it is missing: this is not a data folder", offset: 0) }
        for path in paths.manifest.paths {
            guard let image = try files.image(path) else {
                damage.append(.damaged(file: paths.relative(path), what: "it is missing", offset: 0))
                continue
            }
            bytes += Int64(image.count)
        }
        return manifest
    }

    private mutating func inspectKey(_ manifest: Manifest) throws(StorageError) {
        guard let image = try files.image(paths.key) else {
            damage.append(.damaged(file: paths.relative(paths.key), what: "it is missing", offset: 0))
            return
        }
        bytes += Int64(image.count)
        if let failure = StoreKey.damage(image, manifest.keyCheck, paths) { damage.append(failure) }
    }

    private mutating func inspect(_ entry: Manifest.Entry) throws(StorageError) {
        parts += 1
        partRecords += Int64(entry.rows)
        do throws(StorageError) {
            let part = try Part(opening: entry, paths, files)
            bytes += Int64(part.bytes)
            if readsAll { damage += part.damage() }
        } catch {
            damage.append(error)
        }
        try inspectRollups(of: entry)
    }

    /// The tables beside a part may be missing: they are made again.
    private mutating func inspectRollups(of entry: Manifest.Entry) throws(StorageError) {
        let path = paths.rollup(day: entry.day, number: entry.number)
        guard let image = try files.image(path) else { return }
        bytes += Int64(image.count)
        do throws(StorageError) {
            let file = try RollupFile(image, name: paths.relative(path))
            if readsAll { damage += file.damage() }
        } catch {
            damage.append(error)
        }
    }

    /// The list of hidden records, which is short enough to be read each time.
    private mutating func inspectHidden(_ manifest: Manifest) throws(StorageError) {
        guard let hidden = manifest.hidden else { return }
        let path = paths.hidden(hidden.number)
        do throws(StorageError) {
            guard let image = try files.image(path) else { throw .damaged(file: paths.relative(path), what: "it is missing", offset: 0) }
            bytes += Int64(image.count)
            _ = try HiddenFile.decode(image, name: paths.relative(path))
        } catch {
            damage.append(error)
        }
    }

    // MARK: Logs

    private mutating func inspectLogs(_ manifest: Manifest, _ progress: (String) -> Void) throws(StorageError) {
        let numbers = try files.list(paths.logs).compactMap { FilePaths.number($0, suffix: ".wal") }.filter { $0 >= manifest.firstLog }
        for (index, number) in numbers.enumerated() {
            let expected = manifest.firstLog + UInt64(index)
            if number != expected { damage.append(.damaged(file: paths.relative(paths.log(expected)), what: "it is missing", offset: 0)) }
            let next = index + 1 < numbers.count ? try files.image(paths.log(numbers[index + 1])) : nil
            try inspectLog(number, next: next)
            progress(paths.relative(paths.log(number)))
        }
    }

    private mutating func inspectLog(_ number: UInt64, next: FileImage?) throws(StorageError) {
        let name = paths.relative(paths.log(number))
        guard let image = try files.image(paths.log(number)) else { return }
        logs += 1
        bytes += Int64(image.count)
        let header = unsafe image.withBytes { unsafe try? LogFileHeader($0) }
        if header == nil { damage.append(.damaged(file: name, what: "its header", offset: 0)) }
        guard readsAll else { return }
        let nextHeader = next.flatMap { unsafe $0.withBytes { unsafe try? LogFileHeader($0) } }
        let limit = nextHeader?.previousNumber == number ? min(image.count, Int(clamping: nextHeader?.previousEnd ?? 0)) : image.count
        let scan = unsafe image.withBytes(0..<limit) { unsafe LogScan($0) } ?? LogScan()
        logRecords += scan.frames.filter { $0.header.kind == .rows }.reduce(0) { $0 + Int64($1.header.rows) }
        damage += scan.damage.map { .damaged(file: name, what: $0.what, offset: $0.offset) }
        guard scan.end < limit else { return }
        if next == nil {
            // A crash leaves such an end, and a running store one for a moment; damage to the very last frame looks the same.
            remarks.append("\(name) ends in \(limit - scan.end) bytes at \(scan.end) that are no whole frame: an unfinished write, or damage")
        } else {
            damage.append(.damaged(file: name, what: "its end", offset: scan.end))
        }
    }

    // MARK: Leftovers

    private mutating func findLeftovers(_ manifest: Manifest) throws(StorageError) {
        let known = Set(manifest.parts.flatMap { paths.partFiles(day: $0.day, number: $0.number) })
        for day in try files.list(paths.parts) {
            for name in try files.list(paths.parts + "/" + day) where !known.contains(paths.parts + "/" + day + "/" + name) {
                remarks.append("parts/\(day)/\(name) belongs to nothing: the leftover of a crash, or being written now")
            }
        }
        for name in try files.list(paths.logs) {
            guard let number = FilePaths.number(name, suffix: ".wal"), number < manifest.firstLog else { continue }
            remarks.append("wal/\(name) is in parts already: the leftover of a crash, removed at the next start")
        }
    }
}
