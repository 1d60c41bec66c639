internal import GatewayModel
internal import Glibc

/// Names of the independent random streams, beside those of the traffic sources, which are their positions.
enum NoiseStream {
    static let liveEvents: UInt64 = 1_000
    static let sourceDay: UInt64 = 2_000
    static let sourceWindow: UInt64 = 3_000
    static let providerLatency: UInt64 = 4_000
    static let providerFailure: UInt64 = 5_000
    static let infrastructure: UInt64 = 6_000
}

/// Limits of a generated call.
enum CallLimits {
    /// Microseconds after which the gateway gives up on a call. APISIX's default is 60 s; gateways of language models are set higher.
    static let durationMax: Int64 = 300_000_000
    /// Microseconds without a byte after which the gateway gives up on an upstream.
    static let firstByteMax: Int64 = 60_000_000
    /// The most that a gateway adds to a call, in microseconds.
    static let overheadMax: Int64 = 2_000_000
    /// The most tokens that clients let a model write.
    static let outputTokensMax: Int32 = 8_192
    /// Calls of one source in one minute; a benchmark may ask for more than any gateway serves, but memory is bounded.
    static let perMinuteMax = 500_000
}

/// Everything that stays the same while traffic is generated: catalogue, tables and the seed.
final class TrafficModel: Sendable {
    let seed: UInt64
    let callsPerMinute: Double
    let now: Int64
    let plan: IncidentPlan
    let pricing: DemoPricing
    let normal = NormalTable()
    let prefixReuse = QuantileTable(TraceFigures.prefixReuse)
    let reasoningShare = QuantileTable(TraceFigures.reasoningShare)
    let sources: [TrafficSource]
    let sourceFigures: [SourceFigures]
    let modelFigures = DemoModel.all.map { ModelFigures($0) }
    let inputs: [QuantileTable]
    let outputs: [QuantileTable]
    let variations: [Double]
    let users: [ZipfTable]
    /// Per source, the countries of its users: ``DemoCountry/slots(ofClient:)``.
    let countries: [[UInt8]]
    let runawaySource: Int
    let modelNames = DemoModel.all.map { (provider: DemoProvider.all[$0.provider].name, model: $0.name) }
    /// Per source, the models' positions in ``DemoModel/all`` and the cumulated weights of choosing them.
    let uses: [[(model: Int, upTo: Double)]]

    /// The growth of traffic in a week; over 30 days enough for a forecast to see.
    private static let weeklyGrowth = 0.025

    init(seed: UInt64, now: Timestamp, recordsPerDay: Double, pricing: @escaping DemoPricing) {
        self.seed = seed
        self.now = now.microseconds
        self.pricing = pricing
        callsPerMinute = recordsPerDay / 1_440
        plan = IncidentPlan(now: now)
        sources = TrafficSource.all
        inputs = sources.map { QuantileTable($0.input) }
        outputs = sources.map { QuantileTable($0.output) }
        variations = sources.map(\.variation)
        users = sources.map { ZipfTable(count: $0.users?.count ?? 1, exponent: TraceFigures.userExponent) }
        countries = sources.map { $0.addresses == .world ? DemoCountry.slots(ofClient: $0.client) : [] }
        let runaway = sources.count - 1
        runawaySource = runaway
        sourceFigures = sources.indices.map { SourceFigures(TrafficSource.all[$0], isRunaway: $0 == runaway) }
        uses = sources.map { source in
            var upTo = 0.0
            return source.models.map { use in
                upTo += use.weight
                return (use.model, upTo)
            }
        }
    }

    /// The number of calls expected of a source in a minute, incidents apart.
    /// - Parameter minute: minutes since 1970 UTC.
    func expectedCalls(_ source: Int, minute: Int64) -> Double {
        let traffic = sources[source]
        guard traffic.share > 0 else { return 0 }
        let rhythm = traffic.rhythm.factor(localMinute: max(0, minute + traffic.hoursAheadOfUTC * 60))
        let day = 0.08 * noise(NoiseStream.sourceDay + UInt64(source), minute, every: 1_440)
        let window = TraceFigures.rateNoise * noise(NoiseStream.sourceWindow + UInt64(source), minute, every: 10)
        let spread = TraceFigures.rateNoise * TraceFigures.rateNoise / 2
        return callsPerMinute * traffic.share * rhythm * growth(minute) * exp(day + window - spread)
    }

    /// The trend: 1 on average over the 30 days before now.
    private func growth(_ minute: Int64) -> Double {
        let weeks = Double(minute - now / 60_000_000) / 10_080
        return exp(Self.weeklyGrowth * (min(max(weeks, -52), 52) + 2.14))
    }

    /// A smooth random curve: normal deviates at even distances, straight lines between them.
    func noise(_ stream: UInt64, _ minute: Int64, every minutes: Int64) -> Double {
        let node = minute / minutes
        let share = Double(minute % minutes) / Double(minutes)
        return nodeValue(stream, node) * (1 - share) + nodeValue(stream, node + 1) * share
    }

    private func nodeValue(_ stream: UInt64, _ node: Int64) -> Double {
        var random = SplitMix64(seed: seed, stream: stream, counter: node)
        return normal(random.unit())
    }
}
