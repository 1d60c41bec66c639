internal import ByteCoding
internal import Dispatch
internal import DurableFiles
internal import GatewayModel
internal import Synchronization

extension RequestStore {
    /// Merges all parts that are due, one merge after the other and without pauses; returns how many merges counted. The store does this by
    /// itself, slowly, unless ``StoreConfiguration/mergeCoreShare`` is 0.
    ///
    /// - Parameter isWhole: puts every day together as far as the limits allow, whatever it costs.
    @discardableResult package func mergeParts(isWhole: Bool = false) async -> Int {
        await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
            combining.async {
                let done = Mutex(0)
                LowPriorityThread.run { done.withLock { $0 = self.mergeWhatIsDue(share: 1, isWhole: isWhole) } }
                continuation.resume(returning: done.withLock { $0 })
            }
        }
    }

    /// Starts merging in the background when something is due and nothing is on its way.
    func scheduleMergeIfDue() {
        guard configuration.mergeCoreShare > 0, !isClosing.load(ordering: .relaxed) else { return }
        let now = configuration.clock()
        findHiddenRows()
        let mustSchedule = state.withLock { state in
            guard !state.merging.isScheduled, state.merging.isCheckDue(now) else { return false }
            state.merging.checked = now
            guard state.merging.pending != nil || !dueMerges(state, isWhole: false).isEmpty else { return false }
            state.merging.isScheduled = true
            return true
        }
        guard mustSchedule else { return }
        combining.async {
            LowPriorityThread.run { _ = self.mergeWhatIsDue(share: self.configuration.mergeCoreShare, isWhole: false) }
            self.state.withLock { $0.merging.isScheduled = false }
        }
    }

    /// Returns when what ``scheduleMergeIfDue()`` started has ended.
    func waitForMerges() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in combining.async { continuation.resume() } }
    }

    /// What is due, without parts that cannot be read.
    func dueMerges(_ state: StoreState, isWhole: Bool) -> [MergePolicy.Merge] {
        let candidates = state.parts.filter { !state.merging.unreadable.contains($0.directory.number) }.map { part in
            MergePolicy.Candidate(
                day: part.directory.day, number: part.directory.number, rows: part.rowCount, bytes: part.bytes, hiddenRows: hiddenRows.count(in: part),
                firstTime: part.timeBounds.first.microseconds, written: state.merging.written[part.directory.number])
        }
        return MergePolicy.due(candidates, now: configuration.clock(), opened: opened, configuration.mergePolicy, isWhole: isWhole)
    }

    // MARK: On a merge's thread

    private func mergeWhatIsDue(share: Double, isWhole: Bool) -> Int {
        var done = 0
        var pacer = MergePacer(share: share, now: LowPriorityThread.processorNanoseconds)
        let checkpoint: MergeCheckpoint = { () throws(StorageError) in
            for rest in pacer.rests(now: LowPriorityThread.processorNanoseconds) {
                LowPriorityThread.sleep(nanoseconds: rest)
                if self.isClosing.load(ordering: .relaxed) { break }
            }
            try self.giveWay()
        }
        do throws(StorageError) {
            if let pending = state.withLock({ $0.merging.pending }), try count(pending) { done += 1 }
            findHiddenRows()
            while let merge = state.withLock({ dueMerges($0, isWhole: isWhole) }).first {
                try checkpoint()
                if try run(merge, checkpoint) { done += 1 }
            }
            state.withLock { $0.merging.failure = nil }
        } catch {
            if case .closed = error { return done }
            let now = configuration.clock()
            state.withLock { state in
                state.merging.failure = (error, now)
                state.merging.failures += 1
            }
            configuration.onEvent(.mergeFailed(error))
        }
        return done
    }

    /// Waits while a flush is waiting or at work: rows in memory come before rows on disk.
    private func giveWay() throws(StorageError) {
        while true {
            if isClosing.load(ordering: .relaxed) { throw .closed }
            if !state.withLock({ $0.isFlushScheduled || $0.isFlushing }) { return }
            LowPriorityThread.sleep(nanoseconds: MergePacer.workNanoseconds)
        }
    }

    /// Writes the merged part and lets it count; false when a source could not be read or went meanwhile.
    private func run(_ merge: MergePolicy.Merge, _ checkpoint: @escaping MergeCheckpoint) throws(StorageError) -> Bool {
        let began = configuration.clock()
        let numbers = Set(merge.parts.map(\.number))
        let parts = state.withLock { $0.parts.filter { numbers.contains($0.directory.number) } }
        guard parts.count == numbers.count, let day = parts.first?.directory.day else { return false }
        try checkRoom(for: merge)
        let number = nextPartNumber()
        let path = paths.part(day: day, number: number)
        do throws(StorageError) {
            // Rows that are hidden from now on are found in the merged part.
            var sources: [MergeSource] = []
            for part in parts { sources.append(MergeSource(segment: try withHiddenRows(part), name: part.name)) }
            let leftOut = sources.flatMap { ($0.segment as? HiddenSegment)?.sequences ?? [] }
            let bytes = try PartMerger.merge(sources, day: day, number: number, to: path, files: files, checkpoint)
            let merged = bytes == nil ? nil : try completePart(at: path, day: day)
            return try count(FinishedMerge(sources: numbers, merged: merged, leftOut: leftOut, day: day, rows: merge.rows, began: began))
        } catch {
            guard case .damaged(let file, let what, let offset) = error, let source = parts.first(where: { $0.name == file }) else { throw error }
            // It stays as it is: the rest of it can be read, and somebody may be able to mend it.
            state.withLock { _ = $0.merging.unreadable.insert(source.directory.number) }
            configuration.onEvent(.damaged(file: file, what: what, offset: offset))
            return false
        }
    }

    /// A merge needs the room of what it merges until its sources are removed.
    private func checkRoom(for merge: MergePolicy.Merge) throws(StorageError) {
        guard let space = try? files.space(paths.root) else { return }
        let needed = Int64(merge.bytes) + 2 * min(configuration.freeBytesMin, space.total / 16)
        if space.free < needed { throw .full(reason: "merging parts of \(StorePaths.dayName(merge.parts[0].day)) needs \(needed) free bytes, there are \(space.free)") }
    }

    /// Lets a merge count, on the queue that changes the manifest; false when its sources are not there any more.
    private func count(_ merge: FinishedMerge) throws(StorageError) -> Bool {
        let result = flushing.sync { () -> Result<Bool, StorageError> in
            do throws(StorageError) { return .success(try self.switchParts(merge)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    // MARK: On the flush queue

    private func switchParts(_ merge: FinishedMerge) throws(StorageError) -> Bool {
        var manifest = manifest.withLock { $0 }
        guard manifest.parts.count(where: { merge.sources.contains($0.number) }) == merge.sources.count else {
            // The day was dropped meanwhile. A manifest that counts does not name the merged part, so it may go.
            state.withLock { $0.merging.pending = nil }
            if let merged = merge.merged { removePart(day: merge.day, number: merged.directory.number) }
            return false
        }
        manifest.generation += 1
        manifest.parts.removeAll { merge.sources.contains($0.number) }
        if let merged = merge.merged { manifest.parts.append(Manifest.Entry(merged)) }
        do throws(StorageError) {
            try commit(manifest, forgetting: merge.leftOut)
        } catch {
            // One of the two manifests may name the merged part already: it stays, with its sources, until this or another change has counted.
            state.withLock { $0.merging.pending = merge }
            throw error
        }
        let now = configuration.clock()
        state.withLock { state in
            state.hidden.remove(merge.leftOut)
            state.replace(merge, now)
        }
        forgetGoneSegments()
        for number in merge.sources { removePart(day: merge.day, number: number) }
        files.removeFolderIfEmpty(paths.day(merge.day))
        let milliseconds = (now.microseconds - merge.began.microseconds) / 1_000
        configuration.onEvent(.merged(
            day: StorePaths.dayName(merge.day), parts: merge.sources.count, rows: merge.merged?.rowCount ?? 0, bytes: Int64(merge.merged?.bytes ?? 0),
            milliseconds: Int(milliseconds)))
        return true
    }
}

/// A merge whose part is on the disk and may count.
struct FinishedMerge: Sendable {
    /// Numbers of the parts that it replaces.
    let sources: Set<UInt64>
    /// nil when all their rows were hidden.
    let merged: Part?
    /// Hidden records that the merged part does not have.
    let leftOut: [Int64]
    let day: Int32
    /// Rows read.
    let rows: Int
    let began: Timestamp
}

/// What the store knows of its merges.
struct MergingState: Sendable {
    var isScheduled = false
    /// When it was last looked whether something is due.
    var checked: Timestamp?
    /// A merge that could not be made to count yet.
    var pending: FinishedMerge?
    /// Parts that cannot be read whole and are left as they are.
    var unreadable: Set<UInt64> = []
    /// When this process wrote which part.
    var written: [UInt64: Timestamp] = [:]
    var failure: (error: StorageError, at: Timestamp)?

    var merges: Int64 = 0
    var failures: Int64 = 0
    /// Bytes of parts written by flushes and by merges.
    var flushedBytes: Int64 = 0
    var mergedBytes: Int64 = 0

    /// Seconds between two looks, and after a failure.
    private static let checkSeconds: Int64 = 10
    private static let retrySeconds: Int64 = 60

    /// A clock that was set back must not stop anything: distances count.
    func isCheckDue(_ now: Timestamp) -> Bool {
        func seconds(since then: Timestamp) -> Int64 { abs(now.microseconds - then.microseconds) / Timestamp.microsecondsPerSecond }
        if let failure, seconds(since: failure.at) < Self.retrySeconds { return false }
        return checked.map { seconds(since: $0) >= Self.checkSeconds } ?? true
    }
}

extension StoreState {
    /// Shows a merged part in place of its sources.
    fileprivate mutating func replace(_ merge: FinishedMerge, _ now: Timestamp) {
        parts.removeAll { merge.sources.contains($0.directory.number) }
        for number in merge.sources { merging.written[number] = nil }
        merging.pending = nil
        merging.merges += 1
        guard let merged = merge.merged else { return }
        insert(merged)
        merging.written[merged.directory.number] = now
        merging.mergedBytes += Int64(merged.bytes)
    }
}
