internal import GatewayModel
internal import Glibc

/// What all of the demo's machines see at one scrape: how much traffic there is, of whom, and what is wrong.
struct InfrastructureMoment {
    /// Seconds since 1970.
    let time: Int64
    /// Seconds since the scrape before.
    let elapsed: Double
    /// The traffic of the minute as a multiple of the average minute, with what incidents add and take.
    let load: Double
    /// Calls a second that reach each provider, and how many of them are under way, by position in ``DemoProvider/all``. Answers of the gateway itself not included.
    let rate: [Double]
    let underWay: [Double]
    /// Answers a second with status 429, 502 and 504.
    let limited, broken, timedOut: Double
    /// Requests a second of all kinds.
    let requests: Double
    /// How much slower the self-hosted model is than usual.
    let creeping: Double
    let isSilent: Bool
    /// The gateway's version, as ``IncidentPlan/gatewayVersions`` numbers it.
    let version: Int
    let model: TrafficModel
    private var random: SplitMix64

    /// The part of other calls that fail by the client's fault on an ordinary day.
    static let refusedShare = 0.004
    /// Seconds after which a gateway gives up on a silent upstream.
    private static let timeoutSeconds = Double(CallLimits.firstByteMax) / 1e6

    init(_ time: Int64, elapsed: Double, minute conditions: MinuteConditions, _ calls: InfrastructureCalls) {
        self.time = time
        self.elapsed = elapsed
        let instant = time * 1_000_000
        model = calls.model
        random = SplitMix64(seed: calls.model.seed, stream: NoiseStream.infrastructure, counter: time)
        let acting = conditions.incidents.filter { $0.acts(at: instant) }
        isSilent = acting.contains { if case .silence = $0.effect { true } else { false } }
        version = calls.model.plan.gatewayVersion(at: instant)
        var rate = [Double](repeating: 0, count: DemoProvider.all.count)
        var underWay = rate
        var limited = 0.0, broken = 0.0, timedOut = 0.0, requests = 0.0
        for flow in calls.flows where !isSilent {
            let perSecond = conditions.expected[flow.source] / 60 * (conditions.hasSwitched(at: instant) ? flow.shareSwitched : flow.share)
            requests += perSecond
            guard flow.provider >= 0, perSecond > 0 else { continue }
            let effect = CallConditions(acting, at: instant, model: flow.model, provider: flow.provider, isRunaway: flow.source == calls.model.runawaySource)
            let answered = perSecond * (1 - effect.rejectedShare)
            limited += perSecond * effect.rejectedShare
            broken += answered * effect.brokenShare
            timedOut += answered * effect.timeoutShare
            rate[flow.provider] += answered
            let seconds = flow.seconds * effect.latencyFactor + flow.firstTokenSeconds * (effect.firstTokenFactor - 1)
            underWay[flow.provider] += answered * (seconds * (1 - effect.timeoutShare) + Self.timeoutSeconds * effect.timeoutShare)
        }
        creeping = isSilent ? 1 : CallConditions(acting, at: instant, model: calls.selfHostedModel, provider: calls.selfHosted, isRunaway: false).firstTokenFactor
        (self.rate, self.underWay, self.limited, self.broken, self.timedOut, self.requests) = (rate, underWay, limited, broken, timedOut, requests)
        load = isSilent ? 0 : conditions.expected.reduce(0, +) / max(calls.model.callsPerMinute, 1e-9)
    }

    /// A count around its mean.
    mutating func count(_ perSecond: Double) -> Double { Double(ArrivalCount.poisson(perSecond * elapsed, model.normal, &random)) }

    /// How many of something are there at an instant, of which there are `mean` on average.
    mutating func snapshot(_ mean: Double) -> Double { Double(ArrivalCount.poisson(mean, model.normal, &random)) }

    /// A standard normal deviate.
    mutating func deviate() -> Double { model.normal(random.unit()) }

    /// A curve that wanders around 0 by about 1 within `minutes`, of its own for each `lane`.
    func wander(_ lane: Int, minutes: Int64) -> Double {
        let stream = NoiseStream.infrastructure + 1 + UInt64(lane)
        let node = time / 60 / minutes
        let share = Double(time - node * minutes * 60) / Double(minutes * 60)
        var first = SplitMix64(seed: model.seed, stream: stream, counter: node)
        var second = SplitMix64(seed: model.seed, stream: stream, counter: node + 1)
        return model.normal(first.unit()) * (1 - share) + model.normal(second.unit()) * share
    }

    /// Rises evenly from 0 to 1 in `seconds`, falls back at once, again and again: what fills up and is emptied.
    func sawtooth(_ seconds: Int64, shift: Int64 = 0) -> Double { Double((time + shift) % seconds) / Double(seconds) }

    /// Seconds since a moment `day` days before the day of "now", at an hour and minute of UTC; negative before it.
    func seconds(sinceDay day: Int64, _ hour: Int64, _ minute: Int64) -> Int64 {
        let midnight = model.now / Timestamp.microsecondsPerDay * 86_400
        return time - (midnight + day * 86_400 + hour * 3_600 + minute * 60)
    }
}

/// The mean calls of each traffic source to each of its models: what turns expected calls into load without making the calls.
struct InfrastructureCalls {
    /// Calls of one source to one model; -1 for requests that call none.
    struct Flow {
        let source: Int
        let model: Int
        let provider: Int
        /// Of the source's calls, and after the switching client has switched.
        let share, shareSwitched: Double
        let inputTokens, outputTokens: Double
        let seconds, firstTokenSeconds: Double
    }

    let model: TrafficModel
    let flows: [Flow]
    let selfHosted = DemoProvider.index("self_hosted")
    let selfHostedModel = DemoModel.index("llama-3.3-70b-instruct")

    init(_ model: TrafficModel) {
        self.model = model
        flows = model.sources.indices.flatMap { source -> [Flow] in
            let traffic = model.sources[source]
            guard !traffic.models.isEmpty else {
                return [Flow(source: source, model: -1, provider: -1, share: 1, shareSwitched: 1, inputTokens: 0, outputTokens: 0, seconds: 0, firstTokenSeconds: 0)]
            }
            let (input, output) = (Self.mean(model.inputs[source]), Self.mean(model.outputs[source]))
            let isSwitching = traffic.client == TrafficSource.switchingClient
            return traffic.models.indices.map { use in
                let called = DemoModel.all[traffic.models[use].model]
                let firstToken = (called.firstTokenMilliseconds + called.prefillMilliseconds * input / 1_000) / 1_000
                return Flow(
                    source: source, model: traffic.models[use].model, provider: called.provider, share: traffic.models[use].weight,
                    shareSwitched: isSwitching ? (use == traffic.models.count - 1 ? 1 : 0) : traffic.models[use].weight, inputTokens: input, outputTokens: output,
                    seconds: firstToken + called.tokenMilliseconds * output / 1_000, firstTokenSeconds: firstToken)
            }
        }
    }

    private static func mean(_ table: QuantileTable) -> Double {
        let steps = 256
        return (0..<steps).reduce(0) { $0 + table((Double($1) + 0.5) / Double(steps)) } / Double(steps)
    }
}
