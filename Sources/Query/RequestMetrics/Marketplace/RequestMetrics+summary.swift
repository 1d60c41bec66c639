package import GatewayModel
package import RequestQuery

/// Figures of the marketplace's summary that records tell. nil says that there was nothing to divide by; it is never 0.
package struct TrafficSummary: Sendable {
    /// Since the first record.
    package var requests: Int64 = 0
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var dollars = 0.0
    /// The mean duration of the last hour, in milliseconds.
    package var latencyMilliseconds: Double?
    /// The mean duration of the last five minutes, in milliseconds.
    package var providerLatencyMilliseconds: Double?
    package var activeClients: Int64 = 0
    /// By name, over the last five minutes; known providers without requests are among them.
    package var providers: [(name: String, figures: ProviderFigures)] = []

    package init() {}

    package func providers(in state: ProviderFigures.State) -> Int { providers.count { $0.figures.state == state } }

    /// The mean over providers that have a value.
    package func providerAverage(_ value: (ProviderFigures) -> Double?) -> Double? {
        let values = providers.compactMap { value($0.figures) }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

extension RequestMetrics {
    private static let hour: Int64 = 3_600_000

    /// The summary at this moment.
    package func summary() throws(QueryError) -> TrafficSummary {
        let context = try context()
        var summary = TrafficSummary()
        try addTotals(to: &summary, context)
        let durations = try sum(.histogram(.duration, .callDuration), Self.hour, context)
        if durations.count > 0 { summary.latencyMilliseconds = Double(durations.sum) / 1_000 / Double(durations.count) }
        let recent = try sum(.histogram(.duration, .callDuration), GaugeReader.providerWindow, context)
        if recent.count > 0 { summary.providerLatencyMilliseconds = Double(recent.sum) / 1_000 / Double(recent.count) }
        summary.activeClients = Int64(try GaugeReader(context, [context.now]).rows(.activeClients, []).rows[[]]?.first ?? 0)
        summary.providers = try providers(context)
        return summary
    }

    private func addTotals(to summary: inout TrafficSummary, _ context: ReadingContext) throws(QueryError) {
        // What the shipped families add up anyway; without them nothing is known of all times.
        for (index, plan) in context.table.cubes.enumerated() where plan.filter.filter == .all && plan.by == [.provider, .model] {
            let cube = context.state.cubes[index]
            summary.requests = cube.records.reduce(0, +)
            for (place, field) in plan.sums.enumerated() {
                let total = cube.sums[place].reduce(0, +)
                switch field {
                case .inputTokens: summary.inputTokens = total
                case .outputTokens: summary.outputTokens = total
                case .cost: summary.dollars = Double(total) / field.unit.divisor
                default: break
                }
            }
        }
    }

    private func sum(_ measure: FamilyMeasure, _ length: Int64, _ context: ReadingContext) throws(QueryError) -> (count: Int64, sum: Int64) {
        let windows = TimeWindows(length, endingAt: [context.now])
        let sums = try WindowSums(WindowNeed(measure, [.count, .sum]), windows, by: [], .all, context) { _ in [] }
        return (sums.row([], .count)?.first ?? 0, sums.row([], .sum)?.first ?? 0)
    }

    private func providers(_ context: ReadingContext) throws(QueryError) -> [(name: String, figures: ProviderFigures)] {
        let table = try context.memo.table(TimeWindows(GaugeReader.providerWindow, endingAt: [context.now]), context)
        let known = context.state.values[Int(RequestField.provider.rawValue)].texts
        return Set(known + table.figures.keys.filter { !$0.isEmpty }).sorted().map { ($0, table.figures[$0]?.first ?? ProviderFigures()) }
    }
}
