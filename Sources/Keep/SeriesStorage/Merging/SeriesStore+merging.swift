internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension SeriesStore {
    /// Merges blocks as the policy says until there is nothing to do; returns how many merges there were. The timer does the same in the background, slowly.
    ///
    /// - Parameter isSettled: whether days count as complete although something was added lately.
    @discardableResult package func mergeBlocks(isSettled: Bool = false) async throws(StorageError) -> Int {
        let result = await run(on: merging) { () -> Result<Int, StorageError> in
            var count = 0
            do throws(StorageError) {
                while !self.isClosing.load(ordering: .relaxed), let merged = try self.mergeNext(share: 1, isSettled: isSettled) { count += merged }
                return .success(count)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Starts a merge in the background if one is due and none is under way. On the flush queue.
    func scheduleMerge() {
        let share = configuration.mergeCoreShare
        guard share > 0, upkeep.withLock({ !$0.isMerging }), nextMerge(isSettled: false) != nil else { return }
        upkeep.withLock { $0.isMerging = true }
        merging.async {
            LowPriorityThread.run {
                do throws(StorageError) {
                    while !self.isClosing.load(ordering: .relaxed), try self.mergeNext(share: share, isSettled: false) != nil {}
                } catch {
                    self.configuration.onEvent(.mergeFailed(error))
                }
            }
            self.upkeep.withLock { $0.isMerging = false }
        }
    }

    private func nextMerge(isSettled: Bool) -> [SeriesManifest.Entry]? {
        let now = configuration.clock().microseconds / Timestamp.microsecondsPerSecond
        let entries = manifest.withLock { $0.blocks }
        let (damaged, grew) = upkeep.withLock { ($0.damaged, $0.daysGrew) }
        let settled = Set(entries.map(\.day).filter { day in isSettled || now - (grew[day] ?? .min / 2) >= Self.settleSeconds })
        let policy = SeriesMergePolicy(firstGrowingDay: Int32(clamping: (now - Self.closedSeconds) / 86_400), settledDays: settled, damaged: damaged)
        return policy.next(entries)
    }

    /// Seconds after the end of a UTC day from which it counts as over, 2 h: what was in memory at its end has been written by then.
    private static let closedSeconds: Int64 = 7_200
    /// Seconds without a new block after which a day is put together even for a few samples.
    private static let settleSeconds: Int64 = 600

    // MARK: On the merge queue, or its slow thread

    /// Merges once. Returns 1, or 0 when it had to be given up and another one may be due, or nil when there is nothing to do.
    private func mergeNext(share: Double, isSettled: Bool) throws(StorageError) -> Int? {
        guard let entries = nextMerge(isSettled: isSettled), let day = entries.first?.day else { return nil }
        let numbers = Set(entries.map(\.number))
        let blocks = state.withLock { $0.blocks.filter { numbers.contains($0.entry.number) } }
        guard blocks.count == entries.count, hasRoom(for: entries) else { return nil }
        let started = ContinuousClock.now
        guard let entry = try merge(blocks, into: takeBlockNumber(), day: day, share: share) else { return isClosing.load(ordering: .relaxed) ? nil : 0 }
        let isDone = flushing.sync { () -> Result<Bool, StorageError> in
            do throws(StorageError) { return .success(try replace(numbers, by: entry)) } catch { return .failure(error) }
        }
        let isReplaced = try isDone.get()
        if isReplaced {
            let milliseconds = Int((ContinuousClock.now - started) / .milliseconds(1))
            configuration.onEvent(.merged(day: SeriesPaths.dayName(day), blocks: entries.count, samples: entry.samples, bytes: entry.bytes, milliseconds: milliseconds))
        }
        return isReplaced ? 1 : 0
    }

    private func hasRoom(for entries: [SeriesManifest.Entry]) -> Bool {
        guard let space = try? files.space(paths.root) else { return true }
        return space.free >= entries.reduce(0) { $0 + $1.bytes } + min(configuration.freeBytesMin, space.total / 16)
    }

    /// Writes the merged block; nil when the store closes or a source is damaged, which is noted.
    private func merge(_ blocks: [SeriesBlock], into number: UInt64, day: Int32, share: Double) throws(StorageError) -> SeriesManifest.Entry? {
        var writer = try SeriesBlockWriter(number: number, day: day, paths: paths, files: files)
        do throws(StorageError) {
            guard try write(blocks, to: &writer, share: share) else {
                writer.abandon()
                return nil
            }
            let entry = try writer.finish()
            for block in blocks { block.releasePages() }
            return entry
        } catch {
            writer.abandon()
            throw error
        }
    }

    private func write(_ blocks: [SeriesBlock], to writer: inout SeriesBlockWriter, share: Double) throws(StorageError) -> Bool {
        var pacer = MergePacer(share: share, now: LowPriorityThread.processorNanoseconds)
        var samples = SampleColumns()
        for id in Set(blocks.flatMap(\.seriesIDs)).sorted() {
            guard let series = state.withLock({ $0.directory[id] }) else { continue }
            var pieces = SeriesPieces()
            for block in blocks { pieces.add(block, id, from: .min, through: .max) }
            samples.removeAll()
            var isWhole = true
            pieces.read(from: .min, through: .max, into: &samples) {
                self.noteDamage($0)
                isWhole = false
            }
            guard isWhole else {
                upkeep.withLock { upkeep in for block in blocks where block.hasDamage(id) { upkeep.damaged.insert(block.entry.number) } }
                return false
            }
            if samples.count > 0 { try writer.add(id, key: series.key, samples) }
            for rest in pacer.rests(now: LowPriorityThread.processorNanoseconds) { LowPriorityThread.sleep(nanoseconds: rest) }
            if isClosing.load(ordering: .relaxed) { return false }
        }
        return writer.samples > 0
    }

    /// On the flush queue: the merged block counts, and its sources go. False when one of them went meanwhile, with its day; then the merged block goes.
    private func replace(_ numbers: Set<UInt64>, by entry: SeriesManifest.Entry) throws(StorageError) -> Bool {
        var manifest = self.manifest.withLock { $0 }
        guard numbers.isSubset(of: manifest.blocks.map(\.number)) else {
            try files.remove(paths.block(entry.number))
            return false
        }
        try commit(&manifest, adding: [entry], dropping: numbers) { state in
            state.totals.merges += 1
            state.totals.mergedBytes += entry.bytes
        }
        removeBlocks(numbers)
        return true
    }

    /// What remains is removed at the next start.
    func removeBlocks(_ numbers: Set<UInt64>) { for number in numbers { try? files.remove(paths.block(number)) } }
}
