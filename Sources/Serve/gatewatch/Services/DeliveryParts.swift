import AlertDelivery
import AlertRouting
import ConfigurationText
import DurableFiles
import Foundation
import GatewayModel
import Logging
import Outbound
import RequestQuery
import ServiceLifecycle
import TextTemplates
import WebAPI

/// The way from messages to people: the outbox in `<data>/alerting/outbox`, receivers, and Alertmanagers that are handed everything.
struct DeliveryParts: Sendable {
    let outbox: Outbox
    let sender: ReceiverSender
    let handover: AlertmanagerHandover?
    let transport: OutboundTransport
    /// Answers for the pictures whose addresses messages carry.
    let pictures: AlertCharts
    private let settings: Settings

    /// - Throws: what is wrong with the configuration's templates; why the outbox cannot be opened.
    init(_ settings: Settings, _ configuration: RoutingConfiguration, folder: URL, series: SeriesParts, records: any RequestReader, logger: Logger) throws {
        self.settings = settings
        let clock = SystemDeliveryClock()
        transport = OutboundTransport(version: Gatewatch.version, rules: AddressRules(privateHosts: settings.alerting.privateReceivers))
        // Questions about alerts wait for no one else's, and no one else's for them.
        let queries = QueryRunner(limits: settings.queryLimits, parallelQueries: 2, waitingMax: 32, cacheBytesMax: 16 << 20)
        let receivers: DeliveryConfiguration
        do throws(ConfigurationFault) { receivers = try Self.configuration(configuration, settings) } catch {
            throw ConfigurationError(place: "alerting.config_file", message: error.reason)
        }
        let charts = SeriesChartMaker(reader: series.services.reader, options: settings.promQL, queries: queries)
        sender = ReceiverSender(receivers, transport: transport, clock: clock, causes: RecordCauseFinder(reader: records, queries: queries), charts: charts)
        let zone = settings.alerting.timeZone
        pictures = AlertCharts(maker: charts) { zone }
        outbox = try Outbox(
            folder: folder.appendingPathComponent("outbox", isDirectory: true).path, files: SystemFiles(), clock: clock, sender: sender, onEvent: { DeliveryLog.write($0, to: logger) })
        let targets = settings.alerting.alertmanagers
        handover = targets.isEmpty ? nil : AlertmanagerHandover(targets, transport: transport, clock: clock, onEvent: { DeliveryLog.write($0, to: logger) })
    }

    /// Who hears of all alerts beside the router.
    var sinks: [any AlertSink] { [pictures] + (handover.map { [$0] } ?? []) }
    var services: DeliveryServices { DeliveryServices(outbox: outbox, sender: sender, handover: handover) }

    /// Takes up what the file says now; nothing changes when its templates are wrong.
    func reload(_ configuration: RoutingConfiguration) throws(ConfigurationFault) {
        sender.replace(try Self.configuration(configuration, settings))
        outbox.enableAll()
    }

    /// Receivers and templates of a file.
    static func configuration(_ configuration: RoutingConfiguration, _ settings: Settings) throws(ConfigurationFault) -> DeliveryConfiguration {
        var files: [(name: String, text: String)] = []
        let folder = DiskTargetFolder()
        for pattern in configuration.templates {
            for (path, _) in folder.files(pattern) { files.append((URL(fileURLWithPath: path).lastPathComponent, try folder.text(path))) }
        }
        let templates: MessageTemplates
        do throws(TemplateSyntaxError) { templates = try MessageTemplates(files: files) } catch { throw ConfigurationFault(error.message) }
        var delivery = DeliveryConfiguration(
            receivers: configuration.receivers, templates: templates, externalURL: settings.alerting.externalURL ?? settings.listenURL, zone: settings.alerting.timeZone,
            host: ProcessInfo.processInfo.hostName)
        delivery.chartSignature = .process
        return delivery
    }
}

/// Delivers messages until the program stops; what is on its way then is ended first.
struct DeliveryService: Service {
    let delivery: DeliveryParts

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await delivery.outbox.run() }
                if let handover = delivery.handover { group.addTask { await handover.run() } }
            }
        } onGracefulShutdown: {
            delivery.outbox.stop()
            delivery.handover?.stop()
        }
        await delivery.outbox.close()
        await delivery.transport.shutdown()
    }
}

/// Events of delivery as log lines.
enum DeliveryLog {
    static func write(_ event: Outbox.Event, to logger: Logger) {
        switch event {
        case .delivered(let key, let id, let attempts, let latency):
            logger.info(
                "a message was delivered",
                metadata: ["receiver": "\(key.receiver)", "kind": "\(key.kind)", "id": "\(id)", "attempts": "\(attempts)", "latency_seconds": "\(latency.map { "\($0)" } ?? "")"])
        case .failed(let key, let id, let error, let again):
            logger.warning(
                again ? "a message did not arrive and is tried again" : "a message did not arrive and is given up",
                metadata: ["receiver": "\(key.receiver)", "kind": "\(key.kind)", "id": "\(id)", "reason": "\(error)"])
        case .lost(let key, let id, let status, let error):
            logger.error(
                "a message was not delivered",
                metadata: ["receiver": "\(key.receiver)", "kind": "\(key.kind)", "id": "\(id)", "status": "\(status.rawValue)", "reason": "\(error ?? "")"])
        case .notKept(let error): logger.error("the outbox cannot be written: messages are held in memory only, and delivered", metadata: ["reason": "\(error)"])
        case .keptAgain: logger.notice("the outbox is written again")
        case .damaged(let error): logger.error("the outbox is damaged in part; messages in it may be lost", metadata: ["reason": "\(error)"])
        }
    }

    static func write(_ event: AlertmanagerHandover.Event, to logger: Logger) {
        switch event {
        case .unreachable(let address, let error): logger.warning("an Alertmanager does not take alerts; they are kept for it", metadata: ["address": "\(address)", "reason": "\(error)"])
        case .reachable(let address): logger.notice("an Alertmanager takes alerts again", metadata: ["address": "\(address)"])
        case .refused(let address, let alerts, let error):
            logger.error("an Alertmanager refused alerts", metadata: ["address": "\(address)", "alerts": "\(alerts)", "reason": "\(error)"])
        }
    }
}
