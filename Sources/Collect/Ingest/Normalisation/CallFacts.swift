internal import GatewayModel

/// What a source says about a call that is no column of the record but decides how the columns are filled.
struct CallFacts {
    /// When the call began, in microseconds since 1970, as the source says; ``absentInteger`` when it does not.
    var start = absentInteger
    /// When the call was complete, in microseconds since 1970.
    var end = absentInteger
    /// Microseconds to what may be the first token: only a stream's figure means that.
    var firstToken = absentInteger
    /// Microseconds that the upstream took, from a lesser source than the field of that name.
    var upstreamFallback = absentInteger
    /// The source says that this was a model call, whatever the path looks like.
    var isModelCall = false
    /// The source writes 0 where it does not know a token count.
    var zeroTokensMeanUnknown = false
    /// The source passes the provider's input count on as it is, so that the protocol says whether cached tokens stand inside it.
    var inputFollowsProtocol = false
    /// The input count is known to leave out tokens read from or written to the prompt cache (Anthropic's protocol).
    var cacheStandsBesideInput = false
    /// The token counts were guessed by the gateway.
    var tokensAreEstimated = false
    /// The source had a place for token counts, so that their absence means that there was no usage.
    var couldTellUsage = false
    /// The source had a place for the finish reason.
    var couldTellFinish = false
    /// The response was sent as `text/event-stream`.
    var isEventStream = false
    /// The source names the response's content type.
    var hasContentType = false
    /// The provider's answer held an error object, whatever the status.
    var hasErrorObject = false
    /// The source says outright what went wrong.
    var reportedError: ErrorClass?
    /// What the upstream address says.
    var upstream = UpstreamFacts()
    /// The provider that the gateway's name of the upstream instance means; chosen by the operator, so it says more than an address.
    var instanceProvider: String?
    /// A record that Gatewatch wrote itself: its values are taken as they are.
    var isCanonical = false
    /// Fields seen that say something about a call: a document without them is no record of one.
    var substance = 0
    /// Which parts of a shape were seen.
    var evidence: Evidence = []
}

/// Marks by which a document's shape is recognised while it is read.
struct Evidence: OptionSet {
    let rawValue: UInt16

    static let request = Evidence(rawValue: 1)
    static let response = Evidence(rawValue: 2)
    /// A key that only an APISIX entry has beside `request` and `response`.
    static let apisix = Evidence(rawValue: 4)
    static let attributes = Evidence(rawValue: 8)
    static let noveum = Evidence(rawValue: 16)
    static let times = Evidence(rawValue: 32)
    static let litellm = Evidence(rawValue: 64)
    /// `route_id` or `service_id`, which APISIX adds to every custom format.
    static let gatewayIDs = Evidence(rawValue: 256)
    /// Seen by the reader of flat records: a key that makes another shape more likely, so that those are tried first.
    static let particular = Evidence(rawValue: 128)
    /// A key that belongs to a gateway whose format is not read.
    static let foreign = Evidence(rawValue: 512)
}
