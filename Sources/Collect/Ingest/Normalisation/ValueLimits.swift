/// Bounds of what a value may be. What lies beyond is absent and counted, because one absurd value would spoil every sum and chart.
enum ValueLimits {
    /// Longest duration, in microseconds: 24 hours. No gateway keeps a call open longer; larger values are unit mistakes.
    static let durationMicrosecondsMax: Int64 = 86_400_000_000
    /// Most tokens of a call: some 1,000 times the largest context window, and 2^63 / 10^10 calls can be summed.
    static let tokensMax: Int64 = 10_000_000_000
    /// Largest message, in bytes: 1 TiB.
    static let sizeBytesMax: Int64 = 1 << 40
    /// Most tools or tries of one call.
    static let countMax: Int64 = 1_000_000
    /// Largest HTTP status code (RFC 9110, 15: three digits).
    static let statusMax: Int64 = 999
    /// Highest cost that a source may claim for one call, in nano-dollars: a million dollars.
    static let costNanodollarsMax: Int64 = 1_000_000_000_000_000
    /// How far a record may be ahead of our clock, in microseconds: 10 minutes of clock skew.
    static let futureMicrosecondsMax: Int64 = 600_000_000
    /// Longest error message kept, in bytes.
    static let errorMessageBytesMax = 512
}

/// The unit of a duration in a source.
enum DurationUnit: UInt8 {
    case microseconds, milliseconds, seconds
    /// Milliseconds, except for text with exactly three decimals, which is how nginx writes seconds.
    case millisecondsOrNginxSeconds

    /// Microseconds in one unit.
    var microseconds: Double {
        switch self {
        case .microseconds: 1
        case .milliseconds, .millisecondsOrNginxSeconds: 1_000
        case .seconds: 1_000_000
        }
    }
}
