package import GatewayModel
internal import PromQL
internal import Synchronization

/// Evaluates groups of rules at their turns until it is cancelled: writes what they record, tells sinks of alerts, and remembers over a restart what was told.
///
/// Every group is a loop of its own that mostly sleeps; evaluations take turns on a few threads. Source: prometheus/prometheus `rules/manager.go`.
package final class RuleEngine: Sendable {
    /// What is worth a line in the log.
    package enum Event: Sendable, Equatable {
        /// A rule fails, or fails in another way than before.
        case ruleFailing(group: RuleGroupKey, rule: String, reason: String)
        case ruleHealthy(group: RuleGroupKey, rule: String)
        /// Turns of a group were left out because the one before took too long.
        case missed(group: RuleGroupKey, turns: Int)
        /// Results were not stored.
        case notStored(group: RuleGroupKey, reason: String)
        /// What was told of cannot be remembered over a restart.
        case notRemembered(reason: String)
    }

    let reader: any SeriesReader
    let writer: any SeriesWriter
    let options: RuleOptions
    let sinks: [any AlertSink]
    let memory: RememberedAlerts?
    let clock: any RuleClock
    let threads: RuleThreads
    let onEvent: @Sendable (Event) -> Void
    let durations = Mutex(EvaluationDurations())

    private struct Groups {
        var entries: [RuleGroupKey: RuleGroupEntry] = [:]
        /// Entries without a loop yet.
        var starting: [RuleGroupEntry] = []
        /// Whether the first rules were put in: only these have a time before the start.
        var hasBegun = false
        var wake: AsyncStream<Void>.Continuation?
    }

    private let groups = Mutex(Groups())

    /// - Parameters:
    ///   - memory: nil to begin anew with every start.
    ///   - threads: evaluations side by side.
    package init(
        reader: any SeriesReader, writer: any SeriesWriter, options: RuleOptions, sinks: [any AlertSink], memory: RememberedAlerts?, clock: any RuleClock, threads: Int,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.reader = reader
        self.writer = writer
        self.options = options
        self.sinks = sinks
        self.memory = memory
        self.clock = clock
        self.threads = RuleThreads(count: threads)
        self.onEvent = onEvent
    }

    // MARK: Rules

    /// Puts these files' rules in force. Groups that say the same as before go on; in others, alerts of rules with the same name and labels do.
    package func replace(_ files: [RuleFile]) {
        let now = clock.now()
        groups.withLock { groups in
            var wanted: Set<RuleGroupKey> = []
            for file in files {
                for group in file.groups {
                    let key = RuleGroupKey(file: file.path, group: group.name)
                    guard wanted.insert(key).inserted else { continue }
                    put(RuleGroupState(group, file: file.path, options: options), key, &groups, now)
                }
            }
            for (key, entry) in groups.entries where !wanted.contains(key) {
                entry.leave(at: now)
                groups.entries[key] = nil
            }
            groups.hasBegun = true
            memory?.keepOnly(wanted)
            groups.wake?.yield()
        }
    }

    private func put(_ state: RuleGroupState, _ key: RuleGroupKey, _ groups: inout Groups, _ now: Int64) {
        if let entry = groups.entries[key] {
            if !entry.shown.isSame(as: state) { entry.replace(with: state) }
            return
        }
        var state = state
        if !groups.hasBegun {
            if let memory { state.restore(memory.restored, key, heldUntil: now + settling(memory, state.interval, now)) }
            state.awaitRestoring(options)
        }
        let entry = RuleGroupEntry(key, state)
        groups.entries[key] = entry
        groups.starting.append(entry)
    }

    /// How long alerts of before a restart go on without their condition, in milliseconds: two evaluations, or, when the look-back no longer reaches the samples
    /// of before, until targets have been scraped again.
    private func settling(_ memory: RememberedAlerts, _ interval: Int64, _ now: Int64) -> Int64 {
        let outage = now - (memory.restoredAt ?? now)
        return outage + Self.refreshInterval < options.promQL.lookbackMilliseconds ? 2 * interval : max(2 * interval, Self.settlingAfterOutage)
    }

    private static let settlingAfterOutage: Int64 = 120_000
    /// Milliseconds between two writings of what is remembered when nothing changes.
    private static let refreshInterval: Int64 = 60_000

    /// All groups, ascending by file and name.
    package var reports: [RuleGroupReport] {
        let entries = groups.withLock { $0.entries.values.sorted { $0.key < $1.key } }
        return entries.map { RuleGroupReport(key: $0.key, state: $0.shown, figures: $0.noted, options: options) }
    }

    // MARK: Running

    /// Runs until the task is cancelled, and returns when the evaluations under way have ended.
    package func run() async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        groups.withLock { $0.wake = wake }
        wake.yield()
        await withDiscardingTaskGroup { tasks in
            if memory != nil { tasks.addTask { await self.refreshMemory() } }
            for await _ in wakes {
                for entry in takeStarting() { tasks.addTask { await self.run(entry) } }
            }
        }
    }

    private func takeStarting() -> [RuleGroupEntry] {
        groups.withLock { groups in
            defer { groups.starting = [] }
            return groups.starting
        }
    }

    private func refreshMemory() async {
        while (try? await clock.sleep(milliseconds: Self.refreshInterval)) != nil, !Task.isCancelled {
            guard let memory, !memory.isEmpty else { continue }
            let now = clock.now()
            let trouble: StorageError? = await threads.run { do throws(StorageError) { try memory.refresh(at: now) } catch { return error }; return nil }
            if let trouble { onEvent(.notRemembered(reason: "\(trouble)")) }
        }
    }
}
