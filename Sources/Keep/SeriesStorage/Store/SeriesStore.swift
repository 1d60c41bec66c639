internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

/// The embedded store of time series: one folder on local disk.
///
/// An appended batch becomes a frame of the write-ahead log; whatever waits while the disk is busy shares the next synchronisation. Then its samples are
/// visible in memory, and only then acknowledged. From time to time the samples in memory become blocks, one for each UTC day, and their logs go.
/// `docs/decisions/0009-series-storage.md` says why it is built so.
///
/// Threads: a serial queue writes the log and alone changes which series there are and what they hold in memory; another one writes blocks and the manifest;
/// merging has a thread of low priority. The state's lock is held briefly by all of them and by readers, never while the disk is waited for.
package final class SeriesStore: SeriesReader, SeriesWriter {
    let configuration: SeriesStoreConfiguration
    let paths: SeriesPaths
    let files: any FileLayer

    let queue: AppendQueue<QueuedSamples>
    let state: Mutex<SeriesState>
    let log: Mutex<LogState>
    /// Changed on the flush queue only.
    let manifest: Mutex<SeriesManifest>

    let writing = DispatchQueue(label: "gatewatch.series.write")
    let flushing = DispatchQueue(label: "gatewatch.series.flush")
    let merging = DispatchQueue(label: "gatewatch.series.merge", qos: .background)
    let isClosing = Atomic(false)
    let isFlushScheduled = Atomic(false)
    let ticker = Mutex<RepeatingTimer?>(nil)
    let upkeep = Mutex(SeriesUpkeep())

    /// The log and the folder's lock, which goes with it.
    struct LogState: Sendable {
        var writer: LogWriter
        let lock: OpenFile
        var isOpen = true
        /// The number of the next frame.
        var nextFrame: Int64

        mutating func release(_ files: any FileLayer) {
            guard isOpen else { return }
            isOpen = false
            writer.close()
            files.close(lock)
        }
    }

    /// Opens the store in this folder, or makes one; reads the write-ahead log again. Blocks the calling thread.
    ///
    /// - Throws: ``StorageError/locked(folder:holder:)`` when another process (or this one) has the folder open, ``StorageError/damaged(file:what:offset:)``
    ///   when the manifest cannot be read, ``StorageError/unsupportedFormat(file:version:)`` when a newer program wrote the store, or what the system said.
    ///   Damage to blocks and logs is no error: see ``SeriesStoreStatistics/notes`` and ``SeriesStoreEvent/damaged(file:what:offset:)``.
    package static func open(folder: String, configuration: SeriesStoreConfiguration = SeriesStoreConfiguration()) throws(StorageError) -> SeriesStore {
        let paths = SeriesPaths(root: folder)
        try configuration.files.createFolder(paths.root)
        let lock = try configuration.files.lock(paths.lock, holder: LockHolder.text)
        do throws(StorageError) {
            let store = try SeriesStore(opening: paths, configuration, lock)
            store.start()
            return store
        } catch {
            configuration.files.close(lock)
            throw error
        }
    }

    private init(opening paths: SeriesPaths, _ configuration: SeriesStoreConfiguration, _ lock: OpenFile) throws(StorageError) {
        self.configuration = configuration
        self.paths = paths
        files = configuration.files
        var recovery = SeriesRecovery(paths: paths, configuration: configuration)
        let log = try recovery.run()
        queue = AppendQueue(bytesMax: configuration.queueBytesMax)
        manifest = Mutex(recovery.manifest)
        self.log = Mutex(LogState(writer: log, lock: lock, nextFrame: recovery.nextFrame))
        state = Mutex(recovery.takeState())
    }

    deinit {
        ticker.withLock { $0?.cancel() }
        log.withLock { $0.release(files) }
    }

    private func start() {
        guard let seconds = configuration.tickSeconds else { return }
        ticker.withLock { $0 = RepeatingTimer(seconds: seconds, queue: flushing) { [weak self] in self?.tick() } }
    }

    /// Refuses further appends, waits for those under way, and releases the folder. What is in memory stays in the log.
    package func close() async {
        isClosing.store(true, ordering: .relaxed)
        ticker.withLock { $0?.cancel() }
        queue.update { .closed }
        await run(on: merging) {}
        await run(on: flushing) {}
        await run(on: writing) { self.log.withLock { $0.release(self.files) } }
    }

    /// Runs `body` on a queue and returns when it has ended.
    func run<R: Sendable>(on queue: DispatchQueue, _ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
    }
}
