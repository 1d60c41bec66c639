package import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

/// The embedded record store: one folder on local disk.
///
/// An appended batch becomes a frame of the write-ahead log; whatever waits while the disk is busy shares the next synchronisation. Then it
/// is visible as a segment in memory, and only then acknowledged. From time to time the rows in memory become parts, one per UTC day, and
/// their logs go. `docs/decisions/0003-request-store.md` says why it is built so.
///
/// Threads: a serial queue writes the log, another one writes parts and the manifest, a third one merges segments in memory, and slow threads
/// of low priority merge parts; callers only prepare and wait. Locks are held briefly, except the log's, which only its queue takes; order: `queue` before `state`.
package final class RequestStore: RequestReader, RequestWriter {
    let configuration: StoreConfiguration
    let paths: StorePaths
    let files: any FileLayer
    let key: SipHash

    let queue: AppendQueue<QueuedAppend>
    let state: Mutex<StoreState>
    let documents: Mutex<KnownDocuments>
    let messages: Mutex<KnownMessages>
    let hiddenRows = HiddenRows()
    /// The version of the hidden records that the manifest's list holds. Used on the flush queue only.
    let listedVersion: Mutex<UInt64>
    let log: Mutex<LogState>
    /// Changed on the flush queue only.
    let manifest: Mutex<Manifest>

    let writing = DispatchQueue(label: "gatewatch.store.write")
    let flushing = DispatchQueue(label: "gatewatch.store.flush")
    let merging = DispatchQueue(label: "gatewatch.store.merge", qos: .utility)
    /// Starts merges of parts, which run on threads of their own.
    let combining = DispatchQueue(label: "gatewatch.store.combine", qos: .background)
    let isClosing = Atomic(false)
    let opened: Timestamp
    let rolling = DispatchQueue(label: "gatewatch.store.rollups", qos: .utility)
    let ticker = Mutex<RepeatingTimer?>(nil)

    /// The log and the number that the next record gets.
    struct LogState: Sendable {
        var writer: LogWriter
        var nextSequence: Int64
        /// The folder's lock, released with the log.
        let lock: OpenFile
        var isOpen = true

        mutating func release(_ files: any FileLayer) {
            guard isOpen else { return }
            isOpen = false
            writer.close()
            files.close(lock)
        }
    }

    /// Opens the store in this folder, or makes one; reads the write-ahead log again.
    ///
    /// Blocks the calling thread, up to 2 s when the log is full.
    /// - Throws: ``StorageError/locked(folder:holder:)`` when another process (or this one) has the folder open, ``StorageError/damaged(file:what:offset:)``
    ///   when the manifest or the key cannot be read, ``StorageError/unsupportedFormat(file:version:)`` when a newer program wrote the store, or what
    ///   the system said. Damage to parts and logs is no error: see ``StoreSnapshot/notes`` and ``StoreEvent/damaged(file:what:offset:)``.
    package static func open(folder: String, configuration: StoreConfiguration = StoreConfiguration()) throws(StorageError) -> RequestStore {
        let paths = StorePaths(root: folder)
        try configuration.files.createFolder(paths.root)
        let lock = try configuration.files.lock(paths.lock, holder: LockHolder.text)
        do throws(StorageError) {
            let store = try RequestStore(opening: paths, configuration, lock)
            store.start()
            return store
        } catch {
            configuration.files.close(lock)
            throw error
        }
    }

    private init(opening paths: StorePaths, _ configuration: StoreConfiguration, _ lock: OpenFile) throws(StorageError) {
        self.configuration = configuration
        self.paths = paths
        files = configuration.files
        opened = configuration.clock()
        key = try StoreKey.load(paths, files)
        var recovery = StoreRecovery(paths: paths, configuration: configuration, key: key)
        let log = try recovery.run()
        queue = AppendQueue(bytesMax: configuration.walQueueBytesMax)
        state = Mutex(recovery.state)
        documents = Mutex(KnownDocuments(max: configuration.documentIDsMax))
        messages = Mutex(KnownMessages(configuration))
        listedVersion = Mutex(recovery.listedVersion)
        self.log = Mutex(LogState(writer: log, nextSequence: recovery.nextSequence, lock: lock))
        manifest = Mutex(recovery.manifest)
    }

    deinit {
        ticker.withLock { $0?.cancel() }
        log.withLock { $0.release(files) }
    }

    private func start() {
        let today = configuration.clock().utcDay
        let newest = statistics.newest?.utcDay
        state.withLock { $0.clockTrust = ClockTrust(newest: newest ?? today) }
        sweepNow()
        scheduleFlushIfDue()
        guard let seconds = configuration.tickSeconds else { return }
        rebuildRollupsSlowly()
        let box = RepeatingTimer(seconds: seconds, queue: flushing) { [weak self] in self?.maintainNow() }
        ticker.withLock { $0 = box }
    }

    /// The store's secret for keyed hashes: pseudonyms made with it stay the same as long as the folder lives.
    package var keyedHash: SipHash { key }

    /// The times of records that the store keeps: from the first retained day to the end of tomorrow (UTC). Records before are dropped
    /// with the next sweep; records after share tomorrow's partition and stay as long as it does.
    package func acceptableTimes() -> ClosedRange<Timestamp> {
        let (days, budgetFirst) = state.withLock { ($0.retentionDays, $0.budget.firstDay) }
        let today = Int64(configuration.clock().utcDay)
        // What the disk budget dropped may not come back in part.
        let first = Timestamp(microseconds: max(today - Int64(days), budgetFirst.map { Int64($0) } ?? .min) * Timestamp.microsecondsPerDay)
        return first...Timestamp(microseconds: (today + 2) * Timestamp.microsecondsPerDay - 1)
    }

    // MARK: Reading

    package func snapshot(of range: TimeRange) -> StoreSnapshot {
        let state = state.withLock { $0 }
        var segments: [any RecordSegment] = []
        for part in state.parts where range.overlaps(first: part.timeBounds.first, last: part.timeBounds.last) { segments.append(part) }
        for segment in state.memorySegments(range) { segments.append(segment) }
        segments.sort { $0.timeBounds.first < $1.timeBounds.first }
        let (shown, failures) = hiddenRows.covering(segments, state.hidden)
        let notes = state.notes + failures.map { "deleted and replaced records of a damaged part are shown: \($0)" }
        let retainedFrom = state.retainedFromDay.map { Timestamp(microseconds: Int64($0) * Timestamp.microsecondsPerDay) }
        let trends = state.trends.map(\.trend).filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }
        return StoreSnapshot(segments: shown, sequence: state.sequence, retainedFrom: retainedFrom, notes: notes + budgetNote(state, range), trends: trends)
    }

    /// What to say where an answer misses days that the disk budget dropped.
    private func budgetNote(_ state: StoreState, _ range: TimeRange) -> [String] {
        guard let first = state.budget.firstDay, range.overlaps(first: Timestamp(microseconds: .min), last: Timestamp(utcDay: first - 1)) else { return [] }
        return ["the disk budget of \(configuration.diskBytesMax) bytes dropped the days before \(StorePaths.dayName(first))"]
    }

    package func sequence(ofDocument id: String, index: String) -> Int64? {
        // Documents are made known on the write queue, where nothing can change meanwhile.
        if !documents.withLock({ $0.isLoaded }) { writing.sync { loadDocuments() } }
        let hash = DocumentHashes.hash(index: index, id: id, key: key)
        return documents.withLock { $0.place(hash)?.sequence }
    }

    /// Reads all parts again, whole, and says what is damaged; empty when all is well. Reads every byte: minutes for a large store.
    package func verify() async -> [StorageError] {
        let parts = state.withLock { $0.parts }
        return await withCheckedContinuation { continuation in
            merging.async { continuation.resume(returning: parts.flatMap { $0.damage() }) }
        }
    }

    // MARK: Closing

    /// Refuses new appends, waits for those under way, flushes all rows to parts, and releases the folder. What cannot be flushed stays in the log.
    package func close() async {
        queue.update { .closed }
        ticker.withLock { $0?.cancel() }
        // A merge under way ends at its next block; what it wrote does not count.
        isClosing.store(true, ordering: .relaxed)
        await waitForMerges()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            flushing.async {
                self.writing.sync {}
                do throws(StorageError) { try self.flushNow() } catch { self.configuration.onEvent(.flushFailed(error)) }
                self.log.withLock { $0.release(self.files) }
                continuation.resume()
            }
        }
    }
}
