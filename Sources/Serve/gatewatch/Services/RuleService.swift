import AlertRules
import Foundation
import GatewayModel
import Logging
import ServiceLifecycle
import UnixSignals

/// Evaluates rules while the program runs, and reads them again when their files change, on SIGHUP, and when asked to.
struct RuleService: Service {
    let engine: RuleEngine
    /// Reads rules and configuration anew.
    let reloading: AlertReloading
    let logger: Logger

    /// Seconds between two looks at the files: a change is in force before the next evaluation but one.
    private static let lookSeconds = 3

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await engine.run() }
                tasks.addTask { await watchFiles() }
                tasks.addTask { await watchSignal() }
            }
        }
    }

    private func watchFiles() async {
        while (try? await Task.sleep(for: .seconds(Self.lookSeconds))) != nil {
            if reloading.hasChanged() { _ = await reloading.reload() }
        }
    }

    private func watchSignal() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            logger.notice("reading rules and configuration again, as SIGHUP asks")
            _ = await reloading.reload()
        }
    }
}

/// Reads rules and configuration again, one reading at a time.
actor AlertReloading {
    /// What can be read again.
    struct Part: Sendable {
        /// Whether its files are others than when they were last read. Reads no more than their dates.
        var hasChanged: @Sendable () -> Bool
        /// Reads them, and answers what is wrong; what is wrong is not used.
        var reload: @Sendable () async -> [String]
    }

    private nonisolated let parts: [Part]
    private nonisolated let logger: Logger

    init(_ parts: [Part], logger: Logger) {
        self.parts = parts
        self.logger = logger
    }

    nonisolated func hasChanged() -> Bool { parts.contains { $0.hasChanged() } }

    func reload() async -> [String] {
        var faults: [String] = []
        for part in parts { faults += await part.reload() }
        if faults.isEmpty { logger.info("rules and configuration of alerts were read again") }
        for fault in faults { logger.error("not used, what was before stays in force", metadata: ["reason": "\(fault)"]) }
        return faults
    }
}

/// The system's clock.
struct SystemRuleClock: RuleClock {
    func now() -> Int64 { Timestamp.now().microseconds / 1_000 }

    func sleep(milliseconds: Int64) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }
}

/// The engine's events as log lines.
enum RuleLog {
    static func write(_ event: RuleEngine.Event, to logger: Logger) {
        switch event {
        case .ruleFailing(let key, let rule, let reason):
            logger.warning("a rule fails", metadata: ["file": "\(key.file)", "group": "\(key.group)", "rule": "\(rule)", "reason": "\(reason)"])
        case .ruleHealthy(let key, let rule): logger.info("a rule is evaluated again", metadata: ["file": "\(key.file)", "group": "\(key.group)", "rule": "\(rule)"])
        case .missed(let key, let turns):
            logger.warning(
                "evaluations were left out because the one before took longer than the interval", metadata: ["file": "\(key.file)", "group": "\(key.group)", "missed": "\(turns)"])
        case .notStored(let key, let reason):
            logger.warning("results of rules were not stored", metadata: ["file": "\(key.file)", "group": "\(key.group)", "reason": "\(reason)"])
        case .notRemembered(let reason): logger.error("firing alerts could not be written down for a restart; tried again", metadata: ["reason": "\(reason)"])
        }
    }
}
