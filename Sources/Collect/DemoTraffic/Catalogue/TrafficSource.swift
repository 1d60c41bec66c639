/// One team's or product's way of calling models: the unit in which the demo's traffic is generated.
/// Several sources may belong to one client.
struct TrafficSource: Sendable {
    /// The gateway's consumer; "" where nobody is authenticated.
    var client: String
    var team: String
    var project: String
    var gateway: DemoGateway = .apisix
    var environment = "production"
    /// The part of a day's records, on average over a week; all sources together have 1.
    var share: Double
    var rhythm: Rhythm
    /// Hours that the source's people are ahead of UTC.
    var hoursAheadOfUTC: Int64 = 1
    /// Coefficient of variation of the time between calls.
    var variation: Double = TraceFigures.usualVariation
    /// The probability that a call follows close upon another: a page that asks several things at once, an agent's steps.
    var clumping: Double = 0.15
    var streamShare: Double
    var input: TracePercentiles
    var output: TracePercentiles
    /// Whether ``output`` already holds the reasoning.
    var outputHoldsReasoning = false
    /// The probability that a prompt's beginning was sent before.
    var promptCaching: Double = 0
    /// The share of calls that the gateway's own answer cache serves; nil where it is off.
    var answerCache: Double?
    /// The probability that tools are offered, and that an answer to such a call calls one.
    var toolsOffered: Double = 0
    var toolsCalled: Double = 0
    var moderated = false
    /// End users, by number; nil for programs without any.
    var users: Range<Int>?
    var addresses: DemoNetwork.Kind = .office
    var userAgents: [String]
    /// Experiments or tags; a call belongs to one of them. Empty for none.
    var experiments: [String] = []
    var keepsConversations = false
    var traced = false
    var path = "/v1/chat/completions"
    var operation = "chat"
    var route: String
    var models: [ModelUse]

    /// A model that a source calls.
    struct ModelUse: Sendable {
        let model: Int
        let weight: Double
        /// What the client asks for, where that is a name which the gateway resolves.
        let alias: String

        init(_ name: String, _ weight: Double, alias: String? = nil) {
            model = DemoModel.index(name)
            self.weight = weight
            self.alias = alias ?? name
        }
    }
}

/// The kinds of gateway in the demo.
enum DemoGateway: UInt16, CaseIterable, Sendable {
    case apisix, noveum, litellm

    var name: String {
        switch self {
        case .apisix: "apisix"
        case .noveum: "noveum"
        case .litellm: "litellm"
        }
    }

    /// The versions that run, in the order of their roll-out.
    var versions: [String] {
        switch self {
        case .apisix: IncidentPlan.gatewayVersions
        case .noveum: ["0.9.2"]
        case .litellm: ["1.109.1"]
        }
    }
}

/// The networks that clients call from: only addresses that are private or reserved for documentation (RFC 5737, RFC 3849),
/// already shortened to the network, as records hold them unless the operator keeps whole addresses.
enum DemoNetwork {
    enum Kind: Sendable { case office, cluster, world }

    static let names: [String] = office + cluster + world
    private static let office = (1...12).map { "10.20.\($0).0/24" }
    private static let cluster = (0...5).map { "10.96.\($0 * 16).0/24" }
    private static let world = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"] + (0..<180).map { "2001:db8:" + String($0 * 149 + 16, radix: 16) + "::/48" }

    /// The numbers of a kind's networks in ``names``.
    static func range(_ kind: Kind) -> Range<Int> {
        switch kind {
        case .office: 0..<office.count
        case .cluster: office.count..<office.count + cluster.count
        case .world: office.count + cluster.count..<names.count
        }
    }
}

/// End users: pseudonyms in the form in which records hold them.
enum DemoUser {
    /// How many there are.
    static let count = 2_000
    static let names: [String] = (0..<count).map { number in
        let digits = String(SplitMix64.mix(UInt64(number) &+ 0x5EED_0F_05E2_5001) >> 16, radix: 16)
        return "u-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
