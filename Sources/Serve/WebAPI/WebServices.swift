package import GatewayModel
package import HTTPTransport
package import Ingest
package import Logging
package import RequestMetrics

/// Who this server is.
package struct ServerIdentity: Sendable {
    /// The host's name.
    package let name: String
    /// The program's version.
    package let version: String
    /// A stable identifier of the data folder, 22 characters.
    package let clusterUUID: String
    package let started: Timestamp
    /// Whether the records are generated.
    package let isDemo: Bool

    package init(name: String, version: String, clusterUUID: String, started: Timestamp, isDemo: Bool) {
        self.name = name
        self.version = version
        self.clusterUUID = clusterUUID
        self.started = started
        self.isDemo = isDemo
    }
}

/// All that the routes need: made once by the program and handed to ``WebAPI/router(_:)``.
package struct WebServices: Sendable {
    package let identity: ServerIdentity
    package let reader: any RequestReader
    package let collector: RecordCollector
    package let queries: QueryService
    package let series: SeriesServices
    package let registry: IndexRegistry
    package let guardian: RequestGuard
    /// Whether callers must present credentials.
    package let isAuthenticated: Bool
    package let priceBook: PriceBook
    /// nil when the page's files were not found: only the APIs are served then.
    package let staticFiles: StaticFiles?
    package let transportCounters: @Sendable () -> TransportCounters
    /// Called after a declaration that may change the retention.
    package let retentionDeclared: @Sendable () -> Void
    package let logger: Logger
    /// Metric families over the records; nil where there are none to tell of.
    package let metrics: RequestMetrics?
    /// Rules, alerts and what follows from them.
    package let alerts: AlertServices
    /// What people keep beside dashboards.
    package var keeping = PageKeeping()
    /// Dashboards, shipped and one's own.
    package var dashboards = DashboardServices()

    package init(
        identity: ServerIdentity, reader: any RequestReader, collector: RecordCollector, queries: QueryService, series: SeriesServices,
        registry: IndexRegistry, guardian: RequestGuard,
        isAuthenticated: Bool, priceBook: PriceBook, staticFiles: StaticFiles?, transportCounters: @escaping @Sendable () -> TransportCounters,
        retentionDeclared: @escaping @Sendable () -> Void, logger: Logger, metrics: RequestMetrics? = nil,
        alerts: AlertServices = AlertServices()
    ) {
        self.identity = identity
        self.reader = reader
        self.collector = collector
        self.queries = queries
        self.series = series
        self.registry = registry
        self.guardian = guardian
        self.isAuthenticated = isAuthenticated
        self.priceBook = priceBook
        self.staticFiles = staticFiles
        self.transportCounters = transportCounters
        self.retentionDeclared = retentionDeclared
        self.logger = logger
        self.metrics = metrics
        self.alerts = alerts
    }
}
