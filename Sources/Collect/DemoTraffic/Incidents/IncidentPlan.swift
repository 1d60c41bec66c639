internal import GatewayModel

/// Which incidents lie where. The planted ones stand at fixed times of the UTC days before "now", so that documents can name them and
/// tests can find them; from "now" on a short mild one recurs, so that a person who watches sees something move.
struct IncidentPlan: Sendable {
    /// Those of the history, oldest first.
    let planted: [PlantedIncident]
    private let now: Int64
    private let midnight: Int64

    /// The time between two live events, the time before the first, and their length, in microseconds.
    private static let liveSpacing: Int64 = 600_000_000
    private static let liveDelay: Int64 = 120_000_000
    private static let liveLength: Int64 = 90_000_000
    /// How far a live event may be moved from its even place, so that they do not come like clockwork.
    private static let liveShiftMax: Int64 = 120_000_000
    /// The providers that live events hit in turn: those with enough traffic that 90 seconds show.
    private static let liveProviders = ["openai", "gcp.gemini", "anthropic", "self_hosted"]

    init(now: Timestamp) {
        self.now = now.microseconds
        midnight = Int64(now.utcDay) * Timestamp.microsecondsPerDay
        planted = Self.plan(midnight: midnight)
    }

    /// The gateway's version of the day: an upgrade went wrong and was mended.
    func gatewayVersion(at instant: Int64) -> Int {
        if instant < Self.upgradeStart(midnight).microseconds { return 0 }
        return instant < Self.upgradeEnd(midnight).microseconds ? 1 : 2
    }

    /// The versions that ``gatewayVersion(at:)`` numbers.
    static let gatewayVersions = ["3.17.0", "3.18.0", "3.18.1"]

    /// All incidents, planted and live, that act at any moment of `from..<to`.
    func incidents(from: Int64, to: Int64) -> [PlantedIncident] {
        var found = planted.filter { $0.from < to && $0.to > from }
        guard to > now + Self.liveDelay else { return found }
        let first = max(0, (from - now - Self.liveDelay) / Self.liveSpacing - 1)
        let last = (to - now - Self.liveDelay) / Self.liveSpacing
        guard last >= first else { return found }
        for number in first...last {
            let event = liveEvent(number)
            if event.from < to && event.to > from { found.append(event) }
        }
        return found
    }

    private func liveEvent(_ number: Int64) -> PlantedIncident {
        var random = SplitMix64(seed: 0, stream: NoiseStream.liveEvents, counter: number)
        let start = now + Self.liveDelay + number * Self.liveSpacing + Int64(random.unit() * Double(Self.liveShiftMax))
        let name = Self.liveProviders[Int(number % Int64(Self.liveProviders.count))]
        let incident = DemoIncident(
            name: "live-\(number)", title: "\(name) is slower for 90 seconds", from: Timestamp(microseconds: start),
            to: Timestamp(microseconds: start + Self.liveLength), lookFor: "Time to first token and p95 of \(name) rise about threefold for a minute and a half.",
            filter: "provider: \(name)")
        return PlantedIncident(incident: incident, effect: .slow(provider: DemoProvider.index(name), factor: 3, timeoutShare: 0))
    }

    private static func upgradeStart(_ midnight: Int64) -> Timestamp { at(midnight, day: -6, 9, 30) }
    private static func upgradeEnd(_ midnight: Int64) -> Timestamp { at(midnight, day: -6, 9, 55) }

    private static func at(_ midnight: Int64, day: Int64, _ hour: Int64, _ minute: Int64) -> Timestamp {
        Timestamp(microseconds: midnight + day * Timestamp.microsecondsPerDay + (hour * 60 + minute) * 60_000_000)
    }

    private static func plan(midnight: Int64) -> [PlantedIncident] {
        func incident(
            _ name: String, _ title: String, _ from: Timestamp, _ to: Timestamp?, _ lookFor: String, _ filter: String, _ effect: IncidentEffect
        ) -> PlantedIncident {
            PlantedIncident(incident: DemoIncident(name: name, title: title, from: from, to: to, lookFor: lookFor, filter: filter), effect: effect)
        }
        return [
            incident(
                "creeping-server", "A self-hosted model server gets slower for two days", at(midnight, day: -15, 0, 0), at(midnight, day: -13, 0, 0),
                "The time to first token of llama-3.3-70b-instruct grows fivefold, a little every hour, and falls back when the server is restarted.",
                "provider: self_hosted", .creeping(model: DemoModel.index("llama-3.3-70b-instruct"), factor: 5)),
            incident(
                "silence", "Traffic stops entirely for 14 minutes at night", at(midnight, day: -10, 2, 37), at(midnight, day: -10, 2, 51),
                "No record of any kind; the request rate is 0, health checks included.", "", .silence),
            incident(
                "bad-upgrade", "A gateway upgrade breaks one model for 25 minutes", upgradeStart(midnight), upgradeEnd(midnight),
                "Most calls of gemini-3.5-flash fail with 502 as long as gateway version 3.18.0 runs; 3.18.1 ends it.",
                "model: gemini-3.5-flash and gateway_version: 3.18.0", .failing(model: DemoModel.index("gemini-3.5-flash"), share: 0.72)),
            incident(
                "cost-jump", "One team switches to an expensive model", at(midnight, day: -5, 8, 0), nil,
                "The cost of contract-review multiplies from one hour to the next while its number of calls stays the same; it now calls gpt-5.5.",
                "client: \(TrafficSource.switchingClient)", .switching),
            incident(
                "runaway-script", "One client's script runs away into the rate limit", at(midnight, day: -3, 10, 20), at(midnight, day: -3, 10, 45),
                "The request rate doubles and 429s jump; one client, one user, one user agent (python-requests).",
                "client: \(TrafficSource.runawayClient) and status: 429", .runaway(minutes: 1.6, rejectedShare: 0.86)),
            incident(
                "slow-provider", "A provider goes slow for 50 minutes, some calls time out", at(midnight, day: -1, 14, 10), at(midnight, day: -1, 15, 0),
                "p95 duration of anthropic is about six times the usual, with 504s after 60 seconds; the other providers are as always.",
                "provider: anthropic",
                .slow(provider: DemoProvider.index("anthropic"), factor: 5.2, timeoutShare: 0.03)),
        ]
    }
}
