import AlertRules
import Foundation
import GatewayModel
import PromQL
import SeriesStorage
import Synchronization

/// What rules cost: thousands of them over thousands of series on disk, evaluated by the engine at their turns for some intervals.
///
///     RuleBench [--rules N] [--group N] [--interval SECONDS] [--rounds N] [--threads N]
///
/// Prints how long groups and rules take, the processor time of an interval, and whether any turn was missed; ends with 1 when one was.
@main struct RuleBench {
    static func main() async throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rule-bench-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SeriesStore.open(folder: folder + "/series", configuration: SeriesStoreConfiguration())
        try await load(store)
        let sink = CountingSink()
        var ruleOptions = RuleOptions(interval: Int64(options.interval) * 1_000)
        ruleOptions.promQL.parallelism = 1
        let engine = RuleEngine(
            reader: store, writer: store, options: ruleOptions, sinks: [sink], memory: RememberedAlerts(path: folder + "/firing.json"), clock: SystemClock(),
            threads: options.threads, onEvent: { print($0) })
        engine.replace([try BenchRules.file(rules: options.rules, perGroup: options.group, interval: Int64(options.interval) * 1_000)])
        let hasMissed = try await measure(engine, options, sink)
        await store.close()
        if hasMissed { exit(1) }
    }

    /// An hour of samples until now.
    private static func load(_ store: SeriesStore) async throws {
        let now = Timestamp.now().microseconds / 1_000
        let steps = Int(3_600_000 / BenchMetrics.stepMilliseconds)
        for step in 0..<steps {
            var batch = SampleBatch()
            batch.isImport = true
            for (index, labels) in BenchMetrics.labels.enumerated() {
                batch.beginSeries()
                SeriesKey.append(labels, to: &batch.keys)
                batch.append(now - Int64(steps - 1 - step) * BenchMetrics.stepMilliseconds, BenchMetrics.value(index, step: step))
                batch.endSeries()
            }
            _ = try await store.append(batch)
        }
    }

    private static func measure(_ engine: RuleEngine, _ options: Options, _ sink: CountingSink) async throws -> Bool {
        let running = Task { await engine.run() }
        // The first turns come within one interval and hold what only comes once.
        try await Task.sleep(for: .seconds(options.interval))
        let cpu = processSeconds
        try await Task.sleep(for: .seconds(options.interval * options.rounds))
        let used = (processSeconds - cpu) / Double(options.rounds)
        let reports = engine.reports
        let durations = engine.evaluationDurations
        running.cancel()
        await running.value
        let rules = reports.flatMap(\.rules)
        let ruleSeconds = rules.map(\.evaluationSeconds).sorted()
        let missed = reports.reduce(0) { $0 + $1.figures.missed }
        let failing = rules.filter { $0.health == .failing }
        print("rules                 \(rules.count) in \(reports.count) groups, over \(BenchMetrics.labels.count) series, every \(options.interval) s, \(options.threads) threads")
        print("a group               p50 \(milliseconds(durations.quantile(0.5))) ms, p99 \(milliseconds(durations.quantile(0.99))) ms, waiting for a thread included")
        print("a rule                p50 \(microseconds(ruleSeconds, 0.5)) us, p99 \(microseconds(ruleSeconds, 0.99)) us")
        print("processor time        \(String(format: "%.2f", used)) s an interval: \(String(format: "%.0f", used / Double(options.interval) * 100)) % of a core")
        print("turns                 \(reports.reduce(0) { $0 + $1.figures.turns }), missed \(missed)")
        print("alerts                \(rules.reduce(0) { $0 + ($1.alerts?.count ?? 0) }) active, told \(sink.count) times")
        for rule in failing.prefix(3) { print("fails                 \(rule.rule.name): \(rule.lastError)") }
        // Result and cost belong together: a rule that fails is fast.
        guard failing.isEmpty, rules.contains(where: { $0.state == .firing }) else { throw Fault(description: "the rules did not give what they should") }
        return missed > 0
    }

    private static func milliseconds(_ seconds: Double?) -> String { String(format: "%.1f", (seconds ?? 0) * 1_000) }

    private static func microseconds(_ sorted: [Double], _ share: Double) -> String {
        String(format: "%.0f", sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] * 1e6)
    }

    private static var processSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

struct Fault: Error, CustomStringConvertible { let description: String }

private struct SystemClock: RuleClock {
    func now() -> Int64 { Timestamp.now().microseconds / 1_000 }
    func sleep(milliseconds: Int64) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }
}

private final class CountingSink: AlertSink {
    private let alerts = Atomic<Int>(0)
    func receive(_ alerts: [Alert]) async { self.alerts.add(alerts.count, ordering: .relaxed) }
    var count: Int { alerts.load(ordering: .relaxed) }
}

/// The command line.
private struct Options {
    var rules = 5_000
    var group = 50
    var interval = 5
    var rounds = 4
    var threads = 2

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst() {
            guard let text = arguments.popFirst(), let value = Int(text), value > 0 else { throw Fault(description: "\(name) needs a count") }
            switch name {
            case "--rules": rules = value
            case "--group": group = value
            case "--interval": interval = value
            case "--rounds": rounds = value
            case "--threads": threads = value
            default: throw Fault(description: "there is no option \(name); there are --rules, --group, --interval, --rounds and --threads")
            }
        }
    }
}
