/// The columns of a request record, one case each: the closed list from which the storage layout, filters, exports,
/// Elasticsearch mappings and the page's filter list are derived. A new field is one new case here and one new row in
/// ``RequestField/definition``; raw values are written to disk, so they are never renumbered or reused.
package enum RequestField: UInt8, CaseIterable, Sendable, Hashable {
    // Time and identity of the record
    case time = 0
    case start = 1
    case receivedAt = 2
    case sequence = 3
    case source = 4
    case index = 5
    case documentID = 6
    case observer = 7
    case documentVersion = 8

    // Durations
    case duration = 10
    case timeToFirstToken = 11
    case upstreamTimeToFirstByte = 12
    case upstreamDuration = 13
    case gatewayOverhead = 14

    // The gateway
    case gateway = 20
    case gatewayNode = 21
    case gatewayVersion = 22
    case route = 23
    case service = 24
    case environment = 25

    // HTTP
    case method = 30
    case path = 31
    case status = 32
    case statusClass = 33
    case requestSize = 34
    case responseSize = 35
    case clientAddress = 36
    case userAgent = 37
    case serverAddress = 38
    case country = 39

    // The model call
    case operation = 40
    case provider = 41
    case model = 42
    case requestModel = 43
    case upstreamModel = 44
    case responseModel = 45
    case stream = 46
    case responseID = 47
    case finishReason = 48

    // Usage and money
    case inputTokens = 50
    case outputTokens = 51
    case totalTokens = 52
    case cacheReadTokens = 53
    case cacheCreationTokens = 54
    case reasoningTokens = 55
    case tokensSource = 56
    case cost = 57
    case costSource = 58
    case costReported = 59

    // Errors
    case errorType = 60
    case errorCode = 61
    case errorMessage = 62

    // Who
    case client = 70
    case organization = 71
    case project = 72
    case team = 73
    case user = 74
    case conversationID = 75
    case experiment = 76

    // Correlation
    case traceID = 80
    case spanID = 81
    case requestID = 82
    case providerRequestID = 83

    // Further facts
    case cacheStatus = 90
    case toolCount = 91
    case toolCalled = 92
    case guardrailStatus = 93
    case attempts = 94

    /// One more than the largest raw value: the length of a table indexed by raw value.
    package static let tableSize = 95
}

/// How a column's values are held in memory and on disk.
package enum FieldKind: UInt8, Sendable {
    /// A 64-bit integer; ``absentInteger`` means absent.
    case integer = 0
    /// A string that repeats: a code into a dictionary kept per batch and per part; code 0 means absent.
    case dictionary = 1
    /// A string that is mostly unique (an id, a message), kept as it is; the empty string means absent.
    case text = 2
}

/// The value of an integer column that means "absent". Absent is never 0.
package let absentInteger = Int64.min

/// What a field is for in a question.
package enum FieldRole: String, Sendable {
    /// An instant.
    case time
    /// A value to filter and group by.
    case dimension
    /// A number to add up, average or take percentiles of.
    case measure
    /// A mostly unique value to look single records up by.
    case identifier
}

/// The unit of an integer field inside the program; `external` names the unit at the edge (API, exports).
package enum FieldUnit: String, Sendable {
    case none
    /// Microseconds since 1970-01-01T00:00:00Z inside; ISO 8601 at the edge.
    case instant
    /// Microseconds inside; seconds at the edge.
    case duration
    case bytes
    case tokens
    /// Nano-dollars (10^-9 USD) inside; dollars at the edge.
    case money
    case count
    /// 0 or 1 inside; false or true at the edge.
    case boolean

    /// The unit's name in answers, after conversion: `s`, `By`, `USD`, ... (UCUM where it has one), empty where there is none.
    package var external: String {
        switch self {
        case .none, .boolean: ""
        case .instant: "instant"
        case .duration: "s"
        case .bytes: "By"
        case .tokens: "{token}"
        case .money: "USD"
        case .count: "1"
        }
    }

    /// What an inside integer is divided by to give the edge's number.
    package var divisor: Double {
        switch self {
        case .duration: 1_000_000
        case .money: 1_000_000_000
        case .none, .instant, .bytes, .tokens, .count, .boolean: 1
        }
    }
}
