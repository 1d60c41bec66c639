internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension RequestStore {
    /// Makes the tables of a part that has just been written and puts them beside it. A failure costs only speed: the records answer instead.
    func addRollups(to part: Part) {
        do throws(StorageError) {
            try RollupSidecar.write(part, configuration.rollups, paths, files)
        } catch {
            configuration.onEvent(.rollupsFailed(part: part.name, error))
        }
    }

    /// Makes the tables of all parts that lack them: those of stores written before there were tables, or whose table files are damaged or missing.
    /// The store does this by itself after a start, one part at a time and with pauses.
    package func rebuildRollups() async {
        await withCheckedContinuation { continuation in
            rolling.async {
                var tried: Set<UInt64> = []
                while self.rollUpNext(&tried) {}
                continuation.resume()
            }
        }
    }

    /// Parts of time that rebuilding leaves to others: after each part it rests three times as long as that took.
    private static let restsPerWork = 3

    /// Makes missing tables in the background, until there are none or the store closes.
    func rebuildRollupsSlowly(tried: Set<UInt64> = []) {
        rolling.async { [weak self] in
            var done = tried
            let began = ContinuousClock.now
            guard self?.rollUpNext(&done) == true else { return }
            let next = done
            let seconds = (ContinuousClock.now - began) / .seconds(1) * Double(Self.restsPerWork)
            self?.rolling.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.rebuildRollupsSlowly(tried: next) }
        }
    }

    /// Makes the tables of one part; false when there is none to do.
    private func rollUpNext(_ tried: inout Set<UInt64>) -> Bool {
        guard log.withLock({ $0.isOpen }) else { return false }
        let parts = state.withLock { $0.parts }
        let known = tried
        let part = parts.last { !$0.hasRollups && $0.rowCount >= configuration.rollups.recordsMin && !known.contains($0.directory.number) }
        guard let part else { return false }
        tried.insert(part.directory.number)
        addRollups(to: part)
        // The part may have been merged or dropped meanwhile, and then nobody would remove the file before the next start.
        let isThere = state.withLock { $0.parts.contains { $0 === part } }
        if !isThere { try? files.remove(paths.rollup(day: part.directory.day, number: part.directory.number)) }
        return true
    }
}

/// The file with a part's tables, beside the part.
enum RollupSidecar {
    /// Builds the tables, writes them and lets the part know them; does nothing when none are worth it.
    static func write(_ part: Part, _ settings: RollupSettings, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) {
        guard let bytes = try RollupBuilder.file(of: part, number: part.directory.number, settings) else { return }
        try files.replace(paths.rollup(day: part.directory.day, number: part.directory.number), with: bytes)
        _ = try attach(part, paths, files)
    }

    /// Lets a part know its tables, if the file is there.
    ///
    /// - Returns: whether it is there.
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` when its directory is, or it belongs to another part.
    static func attach(_ part: Part, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) -> Bool {
        let path = paths.rollup(day: part.directory.day, number: part.directory.number)
        guard let image = try files.image(path) else { return false }
        let file = try RollupFile(image, name: paths.relative(path))
        let directory = file.directory
        guard directory.part == part.directory.number, directory.records == part.rowCount, directory.sequences == part.sequenceBounds,
            directory.times == part.directory.times
        else { throw .damaged(file: file.name, what: "it belongs to another part", offset: 0) }
        part.attach(file)
        return true
    }
}
