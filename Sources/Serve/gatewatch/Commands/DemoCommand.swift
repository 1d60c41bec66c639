import ArgumentParser
import DemoTraffic
import Foundation
import GatewayModel
import Ingest
import Logging
import ServiceLifecycle
import Synchronization
internal import RequestStorage
import SeriesStorage

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serves generated traffic: 30 days of history with incidents to find, and live requests.",
        discussion: """
            Examples:
              gatewatch demo
              gatewatch demo --empty
              gatewatch demo --records-per-day 700000 --history-only --data bench-data
              gatewatch demo --list-incidents

            The traffic is a function of --seed and the start's day: the same seed gives the same traffic.
            """)

    @OptionGroup var listening: ListenOptions
    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Serve an empty store, without generated traffic.")
    var empty = false
    @Option(help: "Days of generated history.")
    var historyDays = 30
    @Option(help: "Generated requests a day, on average.")
    var recordsPerDay = 150_000
    @Option(help: "The seed of the generator.")
    var seed: UInt64 = 20_260_305
    @Flag(help: "Generate the history, write it to parts and end; serve nothing.")
    var historyOnly = false
    @Flag(help: "Print the planted incidents and end.")
    var listIncidents = false

    func validate() throws {
        guard (0...365).contains(historyDays) else { throw ValidationError("--history-days must be from 0 to 365") }
        guard (0...DemoTraffic.recordsPerDayMax).contains(recordsPerDay) else { throw ValidationError("--records-per-day must be from 0 to \(DemoTraffic.recordsPerDayMax)") }
    }

    func run() async throws {
        let values = try withConfigurationErrors {
            try options.loadValues { values in
                listening.apply(to: &values)
                if options.data == nil, values.values["data"] == nil { values.set("data", "gatewatch-demo", place: "default of demo") }
                // Every generated day is kept, and the demo is no place to lose them.
                if values.values["storage.retention_days"] == nil { values.set("storage.retention_days", String(max(90, historyDays + 2)), place: "demo") }
            }
        }
        let settings = try withConfigurationErrors { try Settings(values) }
        let logger = ProgramLog.bootstrap(settings)
        let now = Timestamp.now()
        let prices = DemoPrices(try withConfigurationErrors { try PriceBook.loaded(settings) })
        let traffic = DemoTraffic(seed: seed, now: now, recordsPerDay: recordsPerDay, pricing: prices.cost)
        if listIncidents { return Self.printIncidents(traffic) }
        let instance = try withStartErrors { try GatewatchInstance(settings: settings, yaml: ConfigCommand.yaml(values), isDemo: !empty, logger: logger) }
        // A folder that has history already gets live traffic only.
        let isFresh = instance.store.statistics.records == 0
        let demo = DemoService(
            traffic: traffic, collector: instance.collector, series: instance.series.store, started: now, historyDays: isFresh ? historyDays : 0, hasLive: !historyOnly, logger: logger)
        if historyOnly { return try await generate(demo, instance) }
        let announcement = Announcement(server: instance.server, settings: settings, logger: logger)
        try await withServeErrors { try await instance.run(with: empty ? [announcement] : [announcement, demo]) }
    }

    private func generate(_ demo: DemoService, _ instance: GatewatchInstance) async throws {
        let start = ContinuousClock.now
        try await demo.history { day, records in
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            StandardError.progress("day \(day) of \(historyDays), \(records) records, \(Int(Double(records) / max(seconds, 0.001)))/s")
        }
        StandardError.progress("")
        try await demo.infrastructure()
        instance.collector.ledger.flush()
        await instance.store.close()
        await instance.series.store.close()
        let statistics = instance.store.statistics
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("\(statistics.records) records in \(statistics.parts) parts, \(statistics.bytes) bytes, \(String(format: "%.1f", seconds)) s")
    }

    private static func printIncidents(_ traffic: DemoTraffic) {
        for incident in traffic.incidents {
            print("\(incident.from.iso8601)  \(incident.title)\n    until \(incident.to?.iso8601 ?? "now")\n    \(incident.lookFor)\n    filter: \(incident.filter)")
        }
    }
}

/// Prices for generated calls: each (provider, model) is looked up once.
final class DemoPrices: Sendable {
    private struct Key: Hashable {
        let provider: String
        let model: String
    }

    private let book: PriceBook
    private let known = Mutex<[Key: ModelPrice?]>([:])

    init(_ book: PriceBook) { self.book = book }

    func cost(_ provider: String, _ model: String, _ time: Timestamp, _ input: Int64, _ cacheRead: Int64, _ cacheCreation: Int64, _ output: Int64) -> Int64? {
        let key = Key(provider: provider, model: model)
        let price = known.withLock { known -> ModelPrice? in
            if let price = known[key] { return price }
            let price = book.price(provider: provider, model: model, at: time)
            known[key] = .some(price)
            return price
        }
        let usage = TokenUsage(inputTokens: input, outputTokens: output, cacheReadTokens: cacheRead, cacheCreationTokens: cacheCreation)
        return price?.cost(of: usage).total.nanodollars
    }
}
