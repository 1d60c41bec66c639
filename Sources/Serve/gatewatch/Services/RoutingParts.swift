import AlertRouting
import ConfigurationText
import DurableFiles
import Foundation
import GatewayModel
import Logging
import ServiceLifecycle
import Synchronization

/// The way from alerts to messages: `alertmanager.yml`, and the router that holds to it.
struct RoutingParts {
    let router: AlertRouter
    let file: RoutingFile

    private let delivery: DeliveryParts

    /// - Parameter delivery: where messages wait, and who brings them to receivers.
    init(_ settings: Settings, _ configuration: RoutingConfiguration, from file: RoutingFile, folder: URL, delivery: DeliveryParts, logger: Logger) {
        if file.url == nil {
            logger.notice("alerts are shown on the page and in the API only, nobody is written to", metadata: ["hint": "alerting.config_file names an alertmanager.yml"])
        }
        self.file = file
        self.delivery = delivery
        router = AlertRouter(
            configuration, defaults: settings.alerting.routeDefaults, queue: delivery.outbox, clock: SystemRoutingClock(),
            files: RoutingFiles(folder: folder.path, files: SystemFiles()), onEvent: { RoutingLog.write($0, to: logger) })
    }

    /// What the file says at the start.
    ///
    /// - Throws: what is wrong with the file, with its place; the program does not start with it.
    static func configuration(_ file: RoutingFile) throws -> RoutingConfiguration {
        do throws(ConfigurationFault) { return try file.read() } catch {
            throw ConfigurationError(place: "alerting.config_file", message: "\(file.url?.path ?? ""): \(error.reason)")
        }
    }

    /// Reads the file again; what is wrong with it is answered, and then what was before stays in force.
    var part: AlertReloading.Part {
        AlertReloading.Part(hasChanged: { file.hasChanged }) {
            guard let url = file.url else { return [] }
            do throws(ConfigurationFault) {
                let configuration = try file.read()
                try delivery.reload(configuration)
                await router.reload(configuration)
                return []
            } catch { return ["\(url.path): \(error.reason)"] }
        }
    }
}

/// The file of the routing, which may change while the program runs.
final class RoutingFile: Sendable {
    /// nil when none is named.
    let url: URL?
    private let changed = Mutex<Date?>(nil)

    init(_ url: URL?) { self.url = url }

    /// What the file says now; what holds without a file when there is none.
    func read() throws(ConfigurationFault) -> RoutingConfiguration {
        guard let url else { return .pageOnly }
        changed.withLock { $0 = Self.changeTime(url) }
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch { throw ConfigurationFault("it cannot be read: \(error.localizedDescription)") }
        return try RoutingConfigurationReader.read(text, folder: url.deletingLastPathComponent().path)
    }

    /// Whether the file is another one than when it was last read. Looks at its date only.
    var hasChanged: Bool {
        guard let url, let now = Self.changeTime(url) else { return false }
        return changed.withLock { $0 != now }
    }

    private static func changeTime(_ url: URL) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: url.path))?[.modificationDate] as? Date
    }
}

/// Tells what is due until the program stops.
struct RoutingService: Service {
    let router: AlertRouter
    /// Whether every group of rules has been evaluated since the start.
    let rulesHaveEvaluated: @Sendable () -> Bool

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await router.run() }
                tasks.addTask {
                    while !Task.isCancelled, !rulesHaveEvaluated() { try? await Task.sleep(for: .seconds(1)) }
                    await router.rulesHaveEvaluated()
                }
            }
        }
    }
}

/// The system's clock.
struct SystemRoutingClock: RoutingClock {
    func now() -> Timestamp { Timestamp.now() }

    func sleep(until time: Timestamp) async throws {
        // The wall clock may be set while we sleep. Forward: looked at again at least once a minute. Back: never slept longer than was meant.
        let began = ContinuousClock.now
        let meant = time.microseconds.subtractingReportingOverflow(now().microseconds).partialValue
        while true {
            let rest = min(time.microseconds.subtractingReportingOverflow(now().microseconds).partialValue, meant - (ContinuousClock.now - began).microseconds)
            guard rest > 0 else { return }
            try await Task.sleep(for: .microseconds(min(rest, 60_000_000)))
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

/// The router's events as log lines.
enum RoutingLog {
    static func write(_ event: RoutingEvent, to logger: Logger) {
        switch event {
        case .alertsDropped(let count, let limit): logger.error("alerts were not taken for lack of room", metadata: ["alerts": "\(count)", "limit": "\(limit)"])
        case .groupsDropped(let count, let limit): logger.error("groups of alerts were not made for lack of room", metadata: ["groups": "\(count)", "limit": "\(limit)"])
        case .notQueued(let receiver, let group, let error):
            logger.error("a message could not be queued, it is tried again", metadata: ["receiver": "\(receiver)", "group": "\(group)", "error": "\(error)"])
        case .notKept(let file, let error): logger.error("a file of alerting could not be written", metadata: ["file": "\(file)", "error": "\(error)"])
        case .damaged(let error): logger.error("a file of alerting could not be read and is left as it is", metadata: ["error": "\(error)"])
        case .configurationLoaded(let receivers, let routes):
            logger.notice("alerts are routed by a new configuration", metadata: ["receivers": "\(receivers)", "routes": "\(routes)"])
        }
    }
}
