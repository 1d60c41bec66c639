import Dispatch
import GatewayModel
import Ingest
import Logging
import RequestStorage
import SeriesStorage
import ServiceLifecycle

/// Keeps the store open while the program runs, and closes it when everything that uses it has stopped.
struct StoreService: Service {
    let store: RequestStore
    let collector: RecordCollector

    func run() async throws {
        // Reading old dictionaries blocks on the disk: not on a thread that serves.
        let (store, known) = (store, collector.pipeline.knownValues)
        DispatchQueue.global(qos: .utility).async { known.learn(from: store) }
        try? await gracefulShutdown()
        collector.deadLetters?.flush()
        collector.ledger.flush()
        await store.close()
    }
}

/// The same for the samples' store.
struct SeriesStoreService: Service {
    let store: SeriesStore

    func run() async throws {
        try? await gracefulShutdown()
        await store.close()
    }
}

/// The store's events as log lines.
enum StoreLog {
    static func write(_ event: StoreEvent, to logger: Logger) {
        switch event {
        case .recovered(let parts, let log, let batches):
            logger.info("the store is open", metadata: ["records_in_parts": "\(parts)", "records_from_log": "\(log)", "batches_from_log": "\(batches)"])
        case .tornTail(let file, let offset, let bytes):
            logger.notice("cut an unfinished write, as after a crash; nothing acknowledged was lost", metadata: ["file": "\(file)", "offset": "\(offset)", "bytes": "\(bytes)"])
        case .damaged(let file, let what, let offset):
            logger.error("a file of the store is damaged; the rest is kept", metadata: ["file": "\(file)", "what": "\(what)", "offset": "\(offset)"])
        case .removedLeftover(let file): logger.info("removed the leftover of a crash", metadata: ["file": "\(file)"])
        case .flushed(let rows, let parts, let bytes, let milliseconds):
            logger.info("wrote records to parts", metadata: ["rows": "\(rows)", "parts": "\(parts)", "bytes": "\(bytes)", "milliseconds": "\(milliseconds)"])
        case .rollupsFailed(let part, let error):
            logger.warning("the tables of a part could not be made; its records answer instead", metadata: ["part": "\(part)", "error": "\(error)"])
        case .flushFailed(let error): logger.error("records could not be written to parts; tried again later", metadata: ["error": "\(error)"])
        case .merged(let day, let parts, let rows, let bytes, let milliseconds):
            logger.info("merged parts", metadata: ["day": "\(day)", "parts": "\(parts)", "rows": "\(rows)", "bytes": "\(bytes)", "milliseconds": "\(milliseconds)"])
        case .mergeFailed(let error): logger.error("parts could not be merged; tried again later", metadata: ["error": "\(error)"])
        case .dropped(let before, let parts, let records, let cause):
            let metadata: Logger.Metadata = ["before": "\(before.iso8601)", "parts": "\(parts)", "records": "\(records)"]
            switch cause {
            case .retention: logger.notice("dropped days past the retention", metadata: metadata)
            case .diskBudget: logger.warning("dropped the oldest days because the disk budget is used up (storage.disk_bytes_max)", metadata: metadata)
            case .request: logger.notice("dropped days as asked", metadata: metadata)
            }
        case .droppedDay(let day, let parts, let records):
            logger.notice("dropped a day as asked", metadata: ["day": "\(day)", "parts": "\(parts)", "records": "\(records)"])
        case .clockDoubted(let now):
            logger.error("the clock is days ahead of the records: nothing is dropped by it for a day; set it right if it is wrong", metadata: ["clock": "\(now.iso8601)"])
        case .refused(let error): logger.error("writes are refused", metadata: ["error": "\(error)"])
        case .accepting: logger.notice("writes are accepted again")
        case .logReplaced(let file): logger.error("the write-ahead log could not be synchronised; a new file was begun", metadata: ["file": "\(file)"])
        }
    }
}
