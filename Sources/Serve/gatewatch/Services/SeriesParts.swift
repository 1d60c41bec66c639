import Foundation
import GatewayModel
import Logging
import PromQL
import RequestMetrics
import RequestQuery
import RequestStorage
import SeriesIngest
import SeriesStorage
import WebAPI

/// Everything that can be asked for by a metric's name: kept samples in `<data>/series`, and families over the records.
struct SeriesParts {
    let store: SeriesStore
    /// Families over the records.
    let families: RequestMetrics
    let totals: FamilyTotalsService
    /// nil when there are no targets.
    let scraping: ScrapeService?
    let services: SeriesServices

    /// Opens the samples; families are counted later, off the start.
    ///
    /// - Parameter cache: findings that questions in our own language and families share.
    init(_ settings: Settings, records: RequestStore, cache: ScanCache, yaml: String, logger: Logger) throws {
        store = try Self.openStore(settings, logger)
        let totalsFile = settings.dataFolder.appendingPathComponent("families.totals")
        let table = FamilyTable(try MetricFamily.loaded(settings), sourceLabels: settings.familyLabels.map { SeriesLabel($0.name, $0.value) })
        let totals = FamilyTotals(table, records, kept: (try? Data(contentsOf: totalsFile)).map { [UInt8]($0) }, cache: cache)
        families = RequestMetrics(totals, queryLimits: settings.queryLimits, cache: cache)
        self.totals = FamilyTotalsService(metrics: families, file: totalsFile, logger: logger)
        scraping = settings.series.scraping.map { [store] in ScrapeService($0, writer: store, version: Gatewatch.version, logger: logger) }
        let manager = scraping?.manager
        let retentionSeconds = settings.series.retentionDays * 86_400
        services = SeriesServices(
            reader: JoinedSeriesReader(families, store), samples: SampleDoor(writer: store, promotedAttributes: settings.series.promotedAttributes), options: settings.promQL,
            storeStatus: { [store] in SeriesStoreStatus(store.statistics(top: $0), retentionSeconds: retentionSeconds) },
            targets: { manager?.status ?? ScrapeStatus() }, configurationYAML: yaml,
            flags: [
                ("query.lookback-delta", "\(settings.promQL.lookbackMilliseconds / 1_000)s"), ("query.max-samples", "\(settings.promQL.samplesMax)"),
                ("query.timeout", "\(Int(settings.promQL.timeoutSeconds))s"), ("storage.tsdb.path", settings.dataFolder.appendingPathComponent("series").path),
                ("storage.tsdb.retention.time", "\(settings.series.retentionDays)d"), ("web.listen-address", "\(settings.host):\(settings.port)"),
            ])
    }

    static func openStore(_ settings: Settings, _ logger: Logger) throws -> SeriesStore {
        var configuration = settings.series.configuration
        configuration.freeBytesMin = settings.freeBytesMin
        configuration.mergeCoreShare = settings.mergeCoreShare
        configuration.onEvent = { SeriesStoreLog.write($0, to: logger) }
        return try SeriesStore.open(folder: settings.dataFolder.appendingPathComponent("series").path, configuration: configuration)
    }
}

extension MetricFamily {
    /// The shipped families, and those of the operator's file.
    static func loaded(_ settings: Settings) throws -> [MetricFamily] {
        guard let file = settings.familiesFile else { return shipped }
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw ConfigurationError(place: "metrics.families_file", message: "\(file.path) cannot be read: \(error.localizedDescription)")
        }
        do { return shipped + (try FamilyFile.parse(text, taken: Set(shipped.map(\.name)))) } catch {
            throw ConfigurationError(place: "\(file.path):\(error.line):\(error.column)", message: error.message)
        }
    }
}

extension SeriesStoreStatus {
    init(_ statistics: SeriesStoreStatistics, retentionSeconds: Int) {
        self.init()
        series = statistics.series
        labelPairs = statistics.labelPairs
        chunks = statistics.headChunks + statistics.blockChunks
        from = statistics.first
        through = statistics.last
        self.retentionSeconds = retentionSeconds
        corruptions = statistics.notes.count
        seriesByMetric = statistics.seriesByMetric.map { ($0.name, $0.value) }
        valuesByLabel = statistics.valuesByLabel.map { ($0.name, $0.value) }
        bytesByLabel = statistics.bytesByLabel.map { ($0.name, $0.value) }
        seriesByPair = statistics.seriesByPair.map { ($0.name, $0.value) }
    }
}

/// The events of the samples' store as log lines.
enum SeriesStoreLog {
    static func write(_ event: SeriesStoreEvent, to logger: Logger) {
        switch event {
        case .recovered(let series, let inBlocks, let fromLog):
            logger.info("the samples are open", metadata: ["series": "\(series)", "samples_in_blocks": "\(inBlocks)", "samples_from_log": "\(fromLog)"])
        case .tornTail(let file, let offset, let bytes):
            logger.notice("cut an unfinished write, as after a crash; nothing acknowledged was lost", metadata: ["file": "\(file)", "offset": "\(offset)", "bytes": "\(bytes)"])
        case .damaged(let file, let what, let offset):
            logger.error("a file of the samples is damaged; the rest is kept", metadata: ["file": "\(file)", "what": "\(what)", "offset": "\(offset)"])
        case .removedLeftover(let file): logger.info("removed the leftover of a crash", metadata: ["file": "\(file)"])
        case .flushed(let samples, let blocks, let bytes, let milliseconds):
            logger.info("wrote samples to blocks", metadata: ["samples": "\(samples)", "blocks": "\(blocks)", "bytes": "\(bytes)", "milliseconds": "\(milliseconds)"])
        case .flushFailed(let error): logger.error("samples could not be written to blocks; tried again later", metadata: ["error": "\(error)"])
        case .merged(let day, let blocks, let samples, let bytes, let milliseconds):
            logger.info("merged blocks", metadata: ["day": "\(day)", "blocks": "\(blocks)", "samples": "\(samples)", "bytes": "\(bytes)", "milliseconds": "\(milliseconds)"])
        case .mergeFailed(let error): logger.error("blocks could not be merged; tried again later", metadata: ["error": "\(error)"])
        case .dropped(let before, let blocks, let samples, let byBudget):
            let metadata: Logger.Metadata = ["before": "\(before)", "blocks": "\(blocks)", "samples": "\(samples)"]
            if byBudget {
                logger.warning("dropped the oldest days of samples because their disk budget is used up (series.disk_bytes_max)", metadata: metadata)
            } else {
                logger.notice("dropped days of samples past the retention", metadata: metadata)
            }
        case .clockDoubted(let now):
            logger.error("the clock is days ahead of the samples: nothing is dropped by it for a day; set it right if it is wrong", metadata: ["clock": "\(now.iso8601)"])
        }
    }
}
