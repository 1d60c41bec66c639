internal import GatewayModel

/// Times and durations as the Prometheus API takes them.
///
/// Source: prometheus/prometheus `web/api/v1/api.go`, `parseTime` and `parseDuration`; prometheus/common `model/time.go`, `ParseDuration`.
enum PrometheusTime {
    /// Milliseconds since 1970 beyond which a time is taken for this one: 142,000 years, so that offsets and ranges can be added without overflow.
    static let millisecondsMax: Int64 = 1 << 52

    /// The bounds that Prometheus's clients send for "everything".
    private static let minimumText = "-292273086-05-16T16:47:06Z"
    private static let maximumText = "292277025-08-18T07:12:54.999999999Z"

    /// Seconds since 1970 with a fraction, or RFC 3339; as milliseconds since 1970. nil when it is neither.
    static func milliseconds(_ text: String) -> Int64? {
        if let seconds = number(text) { return milliseconds(seconds: seconds) }
        if text == minimumText { return -millisecondsMax }
        if text == maximumText { return millisecondsMax }
        guard isRFC3339(text), let time = Timestamp(iso8601: text) else { return nil }
        // Rounded down, also before 1970.
        return time.microseconds >= 0 ? time.microseconds / 1_000 : (time.microseconds - 999) / 1_000
    }

    private static func milliseconds(seconds: Double) -> Int64 {
        let whole = seconds.rounded(.towardZero)
        let fraction = ((seconds - whole) * 1_000).rounded()
        let milliseconds = whole * 1_000 + fraction
        return milliseconds >= Double(millisecondsMax) ? millisecondsMax : milliseconds <= -Double(millisecondsMax) ? -millisecondsMax : Int64(milliseconds)
    }

    /// Unlike our own API, Prometheus demands the time of day and the offset.
    private static func isRFC3339(_ text: String) -> Bool {
        guard text.utf8.count >= 20, text.utf8.dropFirst(10).first == UInt8(ascii: "T") else { return false }
        return text.hasSuffix("Z") || text.utf8.suffix(6).first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true
    }

    /// A duration.
    enum Duration: Equatable {
        case seconds(Double)
        /// More than 64 bits of nanoseconds hold.
        case overflow
        case invalid
    }

    private static let nanosecondsMax = 9_223_372_036_854_775_807.0

    /// A number of seconds or a duration such as `1h30m`.
    static func duration(_ text: String) -> Duration {
        if let seconds = number(text) { return (seconds * 1e9).magnitude > nanosecondsMax ? .overflow : .seconds(seconds) }
        return unitDuration(text)
    }

    /// Units in the order in which they must stand, with their milliseconds.
    private static let units: [(name: String, milliseconds: Double)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    private static func unitDuration(_ text: String) -> Duration {
        var rest = Substring(text)
        var milliseconds = 0.0
        var unitsLeft = units[...]
        guard !rest.isEmpty else { return .invalid }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
            guard let number = Double(digits), let place = unitsLeft.firstIndex(where: { $0.name == name }) else { return .invalid }
            milliseconds += number * unitsLeft[place].milliseconds
            unitsLeft = unitsLeft[(place + 1)...]
            rest = rest.dropFirst(digits.count + name.count)
        }
        return milliseconds * 1e6 > nanosecondsMax ? .invalid : .seconds(milliseconds / 1_000)
    }

    /// A finite decimal number, without blanks around it.
    private static func number(_ text: String) -> Double? {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: "."),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }
}
