package import GatewayModel

/// Series that the demo's machines would have been scraped for: gateway nodes, APISIX, vLLM and its cards, Elasticsearch. They follow the generated traffic and
/// its incidents; docs/internals/demo-traffic.md says how. One task at a time owns it.
package struct DemoInfrastructure {
    /// Scrapes of one batch, so that it stays far below what the store takes at once.
    private static let rowsMax = 720
    /// Up to which age, in seconds, there is a scrape every so many seconds. Older ones are further apart: nobody looks at a month by the minute, but the longest
    /// distance leaves two samples in five minutes, which `rate(x[5m])` needs.
    private static let distances: [(age: Int64, seconds: Int64)] = [(6 * 3_600, 15), (3 * 86_400, 60), (.max, 120)]

    private let calls: InfrastructureCalls
    private let now: Int64
    private var sheet = ScrapedSheet()
    private var gateways = GatewayMachines()
    private var servers: ModelServers
    private var search = SearchCluster()
    /// The last scrape, in seconds since 1970.
    private var position: Int64
    private var minute: MinuteConditions?

    /// - Parameter start: where the series begin; counters begin at 0 there.
    init(_ model: TrafficModel, from start: Int64) {
        calls = InfrastructureCalls(model)
        servers = ModelServers(calls)
        now = model.now / 1_000_000
        position = start / 1_000_000
    }

    /// The number of series; 0 before the first batch.
    package var seriesCount: Int { sheet.seriesCount }

    /// The next scrapes before `until`, at most a few hundred; nil when none is due. The writer's receipt belongs to ``learn(_:)``.
    package mutating func next(until: Timestamp) -> SampleBatch? {
        let end = DemoTraffic.clamped(until).microseconds / 1_000_000
        while sheet.rows < Self.rowsMax, case let time = following(position), time < end {
            scrape(at: time)
            position = time
        }
        guard sheet.rows > 0 else { return nil }
        return sheet.takeBatch(isImport: position <= now)
    }

    /// Keeps the numbers that the writer gave the series, which makes the next batch cheaper to take in.
    package mutating func learn(_ receipt: SampleReceipt) { sheet.learn(receipt.references) }

    /// The first multiple of the distance behind an instant.
    private func following(_ time: Int64) -> Int64 {
        let age = now - time
        let distance = Self.distances.first { age <= $0.age }?.seconds ?? 15
        return (time / distance + 1) * distance
    }

    private mutating func scrape(at time: Int64) {
        let conditions = conditions(time / 60)
        var moment = InfrastructureMoment(time, elapsed: Double(time - position), minute: conditions, calls)
        sheet.beginRow(time * 1_000)
        gateways.scrape(&moment, into: &sheet)
        servers.scrape(&moment, into: &sheet)
        search.scrape(&moment, into: &sheet)
    }

    private mutating func conditions(_ number: Int64) -> MinuteConditions {
        if let minute, minute.minute == number { return minute }
        let conditions = MinuteConditions(number, of: calls.model)
        minute = conditions
        return conditions
    }
}

extension DemoTraffic {
    /// What scraping the demo's machines brings from `from` on.
    package func infrastructure(from: Timestamp) -> DemoInfrastructure { DemoInfrastructure(model, from: Self.clamped(from).microseconds) }
}
