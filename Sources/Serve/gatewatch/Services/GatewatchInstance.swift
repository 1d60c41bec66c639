import ByteCoding
import Foundation
import GatewayModel
import HTTPTransport
import Ingest
import Logging
import RequestQuery
import RequestStorage
import ServiceLifecycle
import Synchronization
import WebAPI
internal import UnixSignals

/// A running Gatewatch: everything wired together over one data folder.
struct GatewatchInstance {
    let settings: Settings
    let store: RequestStore
    let series: SeriesParts
    let alerts: AlertParts
    let pageKeeping: PageKeepingService
    let prices: PriceBook
    let collector: RecordCollector
    let server: HTTPServer
    /// nil when the program's own metrics are not kept.
    let ownMetrics: OwnMetricsService?
    let logger: Logger

    /// Opens the store and makes the server; nothing is served before ``run(with:)``.
    ///
    /// - Parameter yaml: the effective configuration, secrets left out, for those who ask what it is.
    init(settings: Settings, yaml: String, isDemo: Bool, logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        store = try Self.openStore(settings, logger)
        prices = try PriceBook.loaded(settings)
        collector = try RecordCollector(settings, store: store, prices: prices)
        let registry = try IndexRegistry(file: settings.dataFolder.appendingPathComponent("elasticsearch.json"))
        let staticFiles = AssetFolder.find(settings.webFolder).flatMap { folder in
            do { return try StaticFiles(folder: folder) } catch {
                logger.error("the page's files could not be read", metadata: ["folder": "\(folder.path)", "error": "\(error)"])
                return nil
            }
        }
        if staticFiles == nil { logger.warning("the page's files were not found; only the APIs are served (--web DIR)") }
        let credentials = RequestGuard.Credentials(passwords: settings.passwords, apiKeys: settings.apiKeys)
        let counters = CounterSource()
        let runner = QueryRunner(
            limits: settings.queryLimits, parallelQueries: settings.queryConcurrentMax, waitingMax: settings.queryWaitingMax, cacheBytesMax: settings.queryCacheBytesMax)
        series = try SeriesParts(settings, records: store, cache: runner.cache, yaml: yaml, logger: logger)
        alerts = try AlertParts(settings, series: series, records: store, logger: logger)
        pageKeeping = try PageKeepingService(dataFolder: settings.dataFolder, logger: logger)
        var services = WebServices(
            identity: ServerIdentity(
                name: ProcessInfo.processInfo.hostName, version: Gatewatch.version, clusterUUID: Self.folderIdentifier(store), started: .now(), isDemo: isDemo),
            reader: store, collector: collector,
            queries: QueryService(runner: runner, reader: store), series: series.services, registry: registry, guardian: RequestGuard(credentials: credentials, hosts: settings.hosts, origins: settings.corsOrigins), isAuthenticated: !credentials.isEmpty, priceBook: prices,
            staticFiles: staticFiles, transportCounters: { counters.read() },
            retentionDeclared: { [store] in Self.applyRetention(registry, settings, store, logger) }, logger: logger, metrics: series.families, alerts: alerts.services)
        services.keeping = pageKeeping.keeping
        services.dashboards = DashboardParts.services(settings, logger: logger)
        ownMetrics = settings.ownMetricsSeconds == 0 ? nil : try OwnMetricsService(
            OwnMetrics(services: services), seconds: settings.ownMetricsSeconds, address: String(settings.listenURL.dropFirst("http://".count)), writer: series.store, logger: logger)
        var configuration = HTTPServerConfiguration(host: settings.host, port: settings.port)
        configuration.bodyBytesMax = settings.bodyBytesMax
        configuration.connectionsMax = settings.connectionsMax
        configuration.inFlightBodyBytesMax = settings.inFlightBytesMax
        configuration.renderFailure = WebAPI.failureRenderer(collector.ledger)
        server = HTTPServer(configuration: configuration, router: WebAPI.router(services), logger: logger)
        counters.serve(server)
        Self.applyRetention(registry, settings, store, logger)
    }

    /// Serves until SIGTERM or SIGINT, then drains and closes the store. `others` run beside and are stopped first.
    func run(with others: [any Service] = []) async throws {
        let counters: [any Service] = settings.apisixCounters.map { [APISIXCounterService(settings: $0, ledger: collector.ledger, logger: logger)] } ?? []
        let scraping: [any Service] = (series.scraping.map { [$0] } ?? []) + (ownMetrics.map { [$0] } ?? [])
        var group = ServiceGroupConfiguration(
            services: ([StoreService(store: store, collector: collector), SeriesStoreService(store: series.store), series.totals, pageKeeping] as [any Service] + alerts.supporting + [server] + counters + scraping + alerts.leading + others).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: group).run()
    }

    // MARK: Parts

    static func openStore(_ settings: Settings, _ logger: Logger) throws -> RequestStore {
        var configuration = StoreConfiguration()
        configuration.retentionDays = settings.retentionDays
        configuration.rowsPerFlush = settings.flushRows
        configuration.flushSeconds = settings.flushSeconds
        configuration.flushSecondsMax = max(settings.flushSeconds, configuration.flushSecondsMax)
        configuration.freeBytesMin = settings.freeBytesMin
        configuration.trendMonths = settings.trendMonths
        configuration.diskBytesMax = settings.diskBytesMax
        configuration.mergeCoreShare = settings.mergeCoreShare
        configuration.mergeRowsMax = settings.mergeRowsMax
        configuration.hiddenRecordsMax = settings.hiddenRecordsMax
        configuration.duplicateWindowSeconds = settings.duplicateWindowHours * 3_600
        configuration.duplicateKeysMax = settings.duplicateKeysMax
        configuration.onEvent = { StoreLog.write($0, to: logger) }
        return try RequestStore.open(folder: settings.dataFolder.path, configuration: configuration)
    }

    /// A lifecycle policy in use sets the retention, otherwise the setting does.
    private static func applyRetention(_ registry: IndexRegistry, _ settings: Settings, _ store: RequestStore, _ logger: Logger) {
        let days = registry.retentionDays ?? settings.retentionDays
        guard days != store.statistics.retentionDays else { return }
        logger.notice("the retention changes", metadata: ["days": "\(days)", "by": registry.retentionDays == nil ? "storage.retention_days" : "a lifecycle policy in use"])
        Task { await store.setRetention(days: days) }
    }

    private static func folderIdentifier(_ store: RequestStore) -> String {
        let digits = String(store.keyedHash("gatewatch folder"), radix: 36) + String(store.keyedHash("identifier"), radix: 36)
        return String((digits + "0000000000000000000000").prefix(22))
    }
}

extension Settings {
    /// The limits of a single query.
    var queryLimits: QueryLimits {
        var limits = QueryLimits()
        limits.timeoutSeconds = queryTimeoutSeconds
        limits.memoryBytesMax = queryMemoryBytesMax
        // A top list over every client or user must answer however many there are; memory is bounded apart from it.
        limits.groupsMax = 1_000_000
        return limits
    }
}

extension RecordCollector {
    /// The way into a store, with the settings' privacy, prices and limits.
    convenience init(_ settings: Settings, store: RequestStore, prices: PriceBook) throws {
        let privacy = PrivacyRules(
            users: PrivacyRules.Users(rawValue: settings.users.rawValue) ?? .hash, addresses: PrivacyRules.Addresses(rawValue: settings.addresses.rawValue) ?? .network,
            key: store.keyedHash)
        let ingest = IngestSettings(
            providers: settings.providers, fields: settings.apisixFields, privacy: privacy, distinctValuesMax: settings.distinctValuesMax,
            distinctValuesDays: settings.distinctValuesDays, documentBytesMax: settings.recordBytesMax, deduplicated: settings.deduplicatedSources, geography: settings.geography)
        let pipeline: IngestPipeline
        do { pipeline = try IngestPipeline(settings: ingest, prices: prices) } catch {
            throw ConfigurationError(place: "apisix.fields.\(error.key)", message: error.message)
        }
        let rejected = settings.dataFolder.appendingPathComponent("rejected", isDirectory: true)
        try FileManager.default.createDirectory(at: rejected, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let letters = DeadLetterFile(path: rejected.appendingPathComponent("rejected.ndjson").path, bytesMax: settings.deadLetterBytesMax)
        let ledger = CompletenessLedger(
            path: settings.dataFolder.appendingPathComponent("ledger", isDirectory: true).path,
            settings: CompletenessLedger.Settings(lateSeconds: settings.lateSeconds, retentionDays: settings.ledgerRetentionDays))
        self.init(pipeline: pipeline, writer: store, deadLetters: letters, ledger: ledger, acceptable: { store.acceptableTimes() })
    }
}

extension PriceBook {
    /// The built-in prices, with the operator's own over them.
    static func loaded(_ settings: Settings) throws -> PriceBook {
        guard let file = settings.pricesFile else { return .builtin }
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw ConfigurationError(place: "prices.file", message: "\(file.path) cannot be read: \(error.localizedDescription)")
        }
        do { return PriceBook.builtin.merging(try PriceBook(parsing: text)) } catch {
            throw ConfigurationError(place: file.path, message: error.message)
        }
    }
}

/// The server's counters, which exist only after the routes that show them.
private final class CounterSource: Sendable {
    private let server = Mutex<HTTPServer?>(nil)

    func serve(_ server: HTTPServer) { self.server.withLock { $0 = server } }

    func read() -> TransportCounters { server.withLock { $0 }?.counters() ?? TransportCounters() }
}
