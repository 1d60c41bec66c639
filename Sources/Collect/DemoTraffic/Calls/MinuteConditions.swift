internal import GatewayModel
internal import Glibc

/// What all calls that start in one minute share.
struct MinuteConditions {
    let minute: Int64
    /// Calls expected of each source.
    let expected: [Double]
    /// Expected calls of all, as a multiple of the average minute.
    let load: Double
    /// How much slower each provider is than usual, and how many times its usual share of calls fails.
    let providerLatency: [Double]
    let providerFailure: [Double]
    /// Incidents that act at some moment of the minute.
    let incidents: [PlantedIncident]
    /// Spans without any traffic that a call of the minute could run into.
    let silences: [PlantedIncident]

    var start: Int64 { minute * CallGenerator.slotLength }

    /// Whether the switching client has switched.
    func hasSwitched(at instant: Int64) -> Bool {
        incidents.contains { if case .switching = $0.effect { $0.acts(at: instant) } else { false } }
    }

    /// Whether the call would have been under way while the gateways were down.
    func isSilent(_ call: DemoCall) -> Bool {
        silences.contains { call.start < $0.to && call.completion >= $0.from }
    }

    init(_ minute: Int64, of model: TrafficModel) {
        self.minute = minute
        let start = minute * CallGenerator.slotLength
        let end = start + CallGenerator.slotLength
        var expected = model.sources.indices.map { model.expectedCalls($0, minute: minute) }
        load = expected.reduce(0, +) / max(model.callsPerMinute, 1e-9)
        providerLatency = DemoProvider.all.indices.map { exp(0.10 * model.noise(NoiseStream.providerLatency + UInt64($0), minute, every: 10)) }
        providerFailure = DemoProvider.all.indices.map { exp(0.6 * model.noise(NoiseStream.providerFailure + UInt64($0), minute, every: 10) - 0.13) }
        let nearby = model.plan.incidents(from: start, to: end + CallLimits.durationMax + CallLimits.overheadMax)
        silences = nearby.filter { if case .silence = $0.effect { true } else { false } }
        incidents = nearby.filter { $0.from < end }
        for planted in incidents {
            if case .runaway(let minutes, _) = planted.effect { expected[model.runawaySource] = minutes * model.callsPerMinute }
        }
        self.expected = expected
    }
}

/// What the incidents do to one call.
struct CallConditions {
    var latencyFactor = 1.0
    var firstTokenFactor = 1.0
    var timeoutShare = 0.0
    var brokenShare = 0.0
    var rejectedShare = 0.0

    init(_ incidents: [PlantedIncident], at start: Int64, model: Int, provider: Int, isRunaway: Bool) {
        for planted in incidents where planted.acts(at: start) {
            switch planted.effect {
            case .slow(provider, let factor, let timeouts):
                latencyFactor *= factor
                timeoutShare += timeouts
            case .failing(model, let share): brokenShare += share
            case .creeping(model, let factor):
                let progress = Double(start - planted.from) / Double(max(planted.to - planted.from, 1))
                firstTokenFactor *= 1 + (factor - 1) * progress
            case .runaway(_, let share) where isRunaway: rejectedShare += share
            case .slow, .failing, .creeping, .runaway, .silence, .switching: break
            }
        }
    }
}
