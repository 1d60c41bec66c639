internal import GatewayModel
internal import Glibc

/// Makes the calls of one traffic source in one minute: who, what, how many tokens, how long, what went wrong, what it cost.
struct CallMaker {
    let model: TrafficModel
    let conditions: MinuteConditions
    let source: Int
    let figures: SourceFigures

    init(model: TrafficModel, conditions: MinuteConditions, source: Int) {
        self.model = model
        self.conditions = conditions
        self.source = source
        figures = model.sourceFigures[source]
    }

    func make(start: Int64, random: inout SplitMix64) -> DemoCall {
        var call = DemoCall(source: source, start: start, random: &random)
        setCaller(&call, &random)
        if figures.isPlain {
            makePlain(&call, &random)
        } else {
            let target = setModel(&call, &random)
            if isServedFromCache(&call, &random) {
                makeCached(&call, &random)
            } else {
                let usage = setUsage(&call, target, &random)
                setOutcome(&call, target, usage, &random)
                setCost(&call, target)
            }
        }
        setArrival(&call, &random)
        return call
    }

    // MARK: Who

    private func setCaller(_ call: inout DemoCall, _ random: inout SplitMix64) {
        if figures.userCount > 0 {
            let user = figures.firstUser + model.users[source](&random)
            let habit = SplitMix64.mix(UInt64(user))
            call.user = Int16(user)
            call.network = Int16(network(ofHabit: habit))
            call.agent = Int8(Int(habit >> 40) % figures.agents)
        } else {
            call.network = Int16(figures.firstNetwork + random.below(figures.networkCount))
            call.agent = Int8(random.below(figures.agents))
        }
        if figures.experiments > 0 { call.experiment = Int8(random.below(figures.experiments)) }
        if figures.gateway == .apisix {
            call.node = Self.node(random.unit())
            call.version = Int8(model.plan.gatewayVersion(at: call.start))
        }
    }

    private func network(ofHabit habit: UInt64) -> Int {
        let countries = model.countries[source]
        guard !countries.isEmpty else { return figures.firstNetwork + Int(habit >> 8) % figures.networkCount }
        return DemoCountry.network(ofCountry: Int(countries[Int(habit & 63)]), habit: habit >> 8)
    }

    /// Three nodes; the third was added later and gets less.
    private static func node(_ unit: Double) -> Int8 { unit < 0.4 ? 0 : unit < 0.77 ? 1 : 2 }

    // MARK: What

    private func setModel(_ call: inout DemoCall, _ random: inout SplitMix64) -> ModelFigures {
        let uses = model.uses[source]
        let unit = random.unit()
        var use = uses.firstIndex { unit < $0.upTo } ?? 0
        if figures.isSwitching, conditions.hasSwitched(at: call.start) { use = uses.count - 1 }
        let target = model.modelFigures[uses[use].model]
        call.use = Int8(use)
        call.model = Int8(uses[use].model)
        call.host = Int8(random.below(target.hosts))
        call.stream = !target.isEmbeddings && random.chance(figures.streamShare) ? 1 : 0
        return target
    }

    // MARK: Requests without a model's work

    private func makePlain(_ call: inout DemoCall, _ random: inout SplitMix64) {
        var rest = random.unit()
        var kind = 0
        while kind + 1 < PlainRequest.all.count, rest >= PlainRequest.all[kind].share {
            rest -= PlainRequest.all[kind].share
            kind += 1
        }
        call.plain = Int8(kind)
        call.status = PlainRequest.all[kind].status
        if call.status >= 400 { call.failure = .invalidRequest }
        call.overhead = overhead(&random)
        call.duration = call.overhead + 400 + Int64(random.exponential() * 900)
        call.upstream = call.duration - call.overhead
        call.requestBytes = 180 + Int32(random.below(60))
        call.responseBytes = PlainRequest.all[kind].responseBytes
    }

    private func isServedFromCache(_ call: inout DemoCall, _ random: inout SplitMix64) -> Bool {
        guard figures.answerCacheShare >= 0 else { return false }
        let hit = random.chance(figures.answerCacheShare)
        call.answerCache = (hit ? AnswerCache.hit : .miss).rawValue
        return hit
    }

    /// The gateway answered by itself: no upstream, no tokens, no cost.
    private func makeCached(_ call: inout DemoCall, _ random: inout SplitMix64) {
        call.duration = overhead(&random) + 2_500 + Int64(random.exponential() * 4_000)
        if call.stream == 1 { call.firstToken = call.duration * 4 / 5 }
        call.requestBytes = 900 + Int32(random.below(7_000))
        call.responseBytes = 800 + Int32(random.below(2_400))
        call.finish = FinishReason.stop.rawValue
        call.host = -1
        call.attempts = -1
    }

    // MARK: Arrival

    /// Microseconds between two deliveries of the gateways that send batches: an APISIX node whose logger waits, and LiteLLM's callback.
    private static let batchEvery: Int64 = 4_000_000

    /// When the record reaches Gatewatch: at once, or with the next batch.
    private func setArrival(_ call: inout DemoCall, _ random: inout SplitMix64) {
        let way = 60_000 + Int64(random.exponential() * 180_000)
        let ready = call.completion + min(way, 2_000_000)
        if call.node == 2 || figures.gateway == .litellm {
            call.arrival = (ready / Self.batchEvery + 1) * Self.batchEvery + 35_000
        } else {
            call.arrival = ready
        }
    }

    /// What the gateway itself adds, in microseconds: median 2.2 ms in APISIX and Noveum, 9 ms in LiteLLM.
    func overhead(_ random: inout SplitMix64) -> Int64 {
        let median = figures.gateway == .litellm ? 9_000.0 : 2_200.0
        return min(Int64(median * exp(0.5 * model.normal(random.unit()))), CallLimits.overheadMax)
    }

    // MARK: Cost

    private func setCost(_ call: inout DemoCall, _ target: ModelFigures) {
        guard call.failure == .none, call.input >= 0 else { return }
        let names = model.modelNames[Int(call.model)]
        let cost = model.pricing(
            names.provider, names.model, Timestamp(microseconds: call.completion), Int64(call.input), Int64(max(call.cacheRead, 0)),
            Int64(max(call.cacheCreation, 0)), Int64(max(call.output, 0)))
        call.cost = cost ?? absentInteger
    }
}
