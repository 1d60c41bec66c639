internal import GatewayModel

/// One generated call, as plain numbers: strings are positions in the catalogue's tables. Times and durations are microseconds.
/// A token count, flag or position of -1 is absent; so is a duration or cost of ``absentInteger``.
struct DemoCall: BitwiseCopyable {
    var start: Int64
    var duration: Int64 = 0
    /// When its record reaches Gatewatch.
    var arrival: Int64 = 0
    /// 128 random bits: the request's id.
    var idHigh: UInt64
    var idLow: UInt64

    var firstToken: Int64 = absentInteger
    var upstream: Int64 = absentInteger
    var upstreamFirstByte: Int64 = absentInteger
    var overhead: Int64 = absentInteger
    var cost: Int64 = absentInteger

    var requestBytes: Int32 = 0
    var responseBytes: Int32 = 0
    var input: Int32 = -1
    var output: Int32 = -1
    var cacheRead: Int32 = -1
    var cacheCreation: Int32 = -1
    var reasoning: Int32 = -1

    /// Position in ``TrafficSource/all``.
    var source: UInt8
    /// Position in ``DemoModel/all``.
    var model: Int8 = -1
    /// Position in the source's models: what the client asked for.
    var use: Int8 = -1
    var host: Int8 = -1
    var node: Int8 = -1
    var version: Int8 = 0
    var agent: Int8 = 0
    var experiment: Int8 = -1
    /// Position in ``PlainRequest/all``, for requests that are not model calls.
    var plain: Int8 = -1
    var failure: CallFailure = .none
    var status: Int16 = 200
    var stream: Int8 = -1
    var toolCount: Int8 = -1
    var toolCalled: Int8 = -1
    var attempts: Int8 = 1
    /// Positions in ``FinishReason``, ``AnswerCache`` and ``Guardrail``.
    var finish: Int8 = -1
    var answerCache: Int8 = -1
    var guardrail: Int8 = -1
    /// Positions in ``DemoUser/names`` and ``DemoNetwork/names``.
    var user: Int16 = -1
    var network: Int16 = -1

    init(source: Int, start: Int64, random: inout SplitMix64) {
        self.source = UInt8(source)
        self.start = start
        idHigh = random.next()
        idLow = random.next()
    }

    /// When the call completed: the time by which records are ordered.
    var completion: Int64 { start &+ duration }

    /// The order of records: by completion, then by id so that the order of equal times does not depend on how they were generated.
    func precedes(_ other: DemoCall) -> Bool {
        (completion, idHigh) < (other.completion, other.idHigh)
    }
}

/// Why an answer ended, in OpenAI's words, which the gateways translate to.
enum FinishReason: Int8, CaseIterable {
    case stop, length, toolCalls, contentFilter

    static let names = ["stop", "length", "tool_calls", "content_filter"]
}

/// What the gateway's answer cache said.
enum AnswerCache: Int8 {
    case hit, miss

    static let names = ["hit", "miss"]
}

/// What moderation said.
enum Guardrail: Int8 {
    case none, low, medium, high

    static let names = ["none", "low", "medium", "high"]
}

/// Requests through the gateway that are no model calls.
struct PlainRequest {
    let path: String
    let status: Int16
    let responseBytes: Int32
    let share: Double

    static let all: [PlainRequest] = [
        PlainRequest(path: "/health", status: 200, responseBytes: 182, share: 0.86),
        PlainRequest(path: "/v1/models", status: 200, responseBytes: 2_914, share: 0.11),
        PlainRequest(path: "/favicon.ico", status: 404, responseBytes: 233, share: 0.03),
    ]
}
