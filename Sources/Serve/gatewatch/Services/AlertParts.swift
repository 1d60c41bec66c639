import AlertDelivery
import AlertRouting
import AlertRules
import Foundation
import GatewayModel
import Incidents
import Logging
import PromQL
import ServiceLifecycle
import WebAPI

/// Rules and what follows from them: evaluation, routing, messages, incidents. Everything it keeps lies in `<data>/alerting`.
///
/// Alerts go from the rules to all sinks, which see the same.
struct AlertParts {
    /// Run beside the server and are stopped after it, so that what leads to them still can.
    private(set) var supporting: [any Service] = []
    /// Are stopped before the server: what makes alerts.
    private(set) var leading: [any Service] = []
    /// What the routes need.
    private(set) var services = AlertServices()

    /// Reads rules and configuration; nothing is evaluated or sent before the services run.
    ///
    /// - Parameter records: where the causes of alerts are looked for.
    init(_ settings: Settings, series: SeriesParts, records: any RequestReader, logger: Logger) throws {
        services.runbooks = Self.runbooks(logger)
        guard settings.alerting.isEnabled else { return }
        let folder = AlertSettings.folder(settings.dataFolder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = RoutingFile(settings.alerting.configurationFile)
        let configuration = try RoutingParts.configuration(file)
        let delivery = try DeliveryParts(settings, configuration, folder: folder, series: series, records: records, logger: logger)
        let routing = RoutingParts(settings, configuration, from: file, folder: folder, delivery: delivery, logger: logger)
        services.router = routing.router
        services.delivery = delivery.services
        services.charts = delivery.pictures
        services.alertmanagers = { delivery.handover?.status.map { $0.address + "/api/v2/alerts" } ?? [] }
        services.postedAlertSinks += delivery.sinks
        supporting.append(DeliveryService(delivery: delivery))
        let incidents = try IncidentService.open(settings.alerting, folder: folder, logger: logger)
        services.incidents = incidents.book
        services.postedAlertSinks.append(incidents.book)
        services.incidentSpans = { from, to in Self.acceptedIncidents(incidents.book, from: from, to: to) }
        supporting.append(incidents)
        addRules(settings, series, folder, routing, sinks: [routing.router, incidents.book] + delivery.sinks, logger)
    }

    /// Incidents that a person marked or acknowledged: that a rule fired alone proves nothing about other rules.
    private static func acceptedIncidents(_ book: IncidentBook, from: Int64, to: Int64) -> [TimeSpan] {
        let range = TimeRange(from: Timestamp(microseconds: from * 1_000), to: Timestamp(microseconds: to * 1_000))
        return book.incidents(in: range).filter { $0.isMarked || $0.acknowledgedAt != nil }
            .map { TimeSpan(from: $0.startedAt.microseconds / 1_000, to: ($0.resolvedAt ?? range.to).microseconds / 1_000) }
    }

    /// The pages that come with the program: `share/gatewatch/runbooks`, or `docs/runbooks` of a checkout.
    private static func runbooks(_ logger: Logger) -> Runbooks {
        guard let folder = AssetFolder.find(installed: "runbooks", checkout: "docs/runbooks") else { return Runbooks() }
        do { return try Runbooks(folder: folder) } catch {
            logger.error("the runbooks could not be read", metadata: ["folder": "\(folder.path)", "error": "\(error)"])
            return Runbooks()
        }
    }

    private mutating func addRules(
        _ settings: Settings, _ series: SeriesParts, _ folder: URL, _ routing: RoutingParts, sinks: [any AlertSink], _ logger: Logger
    ) {
        let memory = RememberedAlerts(path: folder.appendingPathComponent("firing.json").path)
        if let failure = memory.failure {
            logger.error("which alerts fired before the start is not known; they are told anew", metadata: ["reason": "\(failure)"])
        }
        let engine = RuleEngine(
            reader: series.services.reader, writer: series.store, options: RuleOptions(settings), sinks: sinks, memory: memory, clock: SystemRuleClock(),
            threads: ProcessInfo.processInfo.activeProcessorCount, onEvent: { RuleLog.write($0, to: logger) })
        let files = RuleFolder(
            patterns: settings.alerting.ruleFiles, shipped: settings.alerting.hasShippedRules ? RuleFolder.shipped() : nil, thresholds: settings.alerting.thresholdsFile)
        let objectives = ObjectiveFile(settings.alerting.objectivesFile)
        let read: @Sendable () -> [String] = {
            engine.replace(files.read(now: SystemRuleClock().now()) + objectives.read())
            return files.status.faults + objectives.faults
        }
        let part = AlertReloading.Part(hasChanged: { files.hasChanged || objectives.hasChanged }, reload: read)
        let reloading = AlertReloading([part, routing.part], logger: logger)
        for fault in read() { logger.error("rules are left out", metadata: ["reason": "\(fault)"]) }
        services.rules = engine
        services.ruleFiles = { files.status }
        services.objectives = { objectives.objectives }
        services.reload = { await reloading.reload() }
        supporting.append(RoutingService(router: routing.router) { engine.reports.allSatisfy { $0.lastEvaluation != nil } })
        leading.append(RuleService(engine: engine, reloading: reloading, logger: logger))
    }
}

extension RuleOptions {
    fileprivate init(_ settings: Settings) {
        var promQL = settings.promQL
        // Groups are evaluated side by side instead.
        promQL.parallelism = 1
        self.init(
            promQL: promQL, interval: Int64(settings.alerting.evaluationSeconds) * 1_000, externalURL: settings.alerting.externalURL ?? settings.listenURL,
            alertsPerRuleMax: settings.alerting.alertsPerRuleMax,
            flapping: FlappingLimits(transitions: settings.alerting.flappingTransitions, window: Int64(settings.alerting.flappingMinutes) * 60_000))
        writesSignals = true
    }
}

extension Settings {
    /// Where the page is when nobody says otherwise.
    var listenURL: String {
        let name = host == "0.0.0.0" || host == "::" ? ProcessInfo.processInfo.hostName : host.contains(":") ? "[\(host)]" : host
        return "http://\(name):\(port)"
    }
}
