internal import GatewayModel

/// Numbers, durations and times as people read them.
///
/// Source: Prometheus's documentation, "Template reference"; prometheus/common `helpers/templates`.
enum HumanNumbers {
    /// Numbers, texts that hold one, and durations, which count in seconds.
    static func number(_ value: TemplateValue) throws(TemplateFailure) -> Double {
        switch value {
        case .float(let number): return number
        case .int(let number): return Double(number)
        case .duration(let nanoseconds): return Double(nanoseconds) / 1e9
        case .string(let text):
            guard let number = parsed(text) else { throw TemplateFailure("strconv.ParseFloat: parsing \(text.goQuoted): invalid syntax") }
            return number
        case .none, .bool, .list, .map, .dictionary, .time, .html, .url, .object: throw TemplateFailure("can't convert \(value.typeName) to float")
        }
    }

    /// Go wants an exponent of hexadecimal numbers, and knows one kind of what is no number.
    private static func parsed(_ text: String) -> Double? {
        let lower = text.lowercased()
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !lower.contains("x") || lower.contains("p") else { return nil }
        if lower.contains("nan") { return lower == "nan" ? .nan : nil }
        return Double(text)
    }

    private static func fourDigits(_ value: Double) -> String { GoNumberText.rounded(value, format: "g", precision: 4) }

    /// `1.235M`, `12m`: with prefixes for thousands and thousandths.
    static func decimal(_ value: Double) -> String {
        if value == 0 || value.isNaN || value.isInfinite { return fourDigits(value) }
        if value.magnitude >= 1 { return scaled(value, by: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"]) }
        return enlarged(value)
    }

    /// `1.5Mi`: with prefixes for powers of 1024; small numbers have none.
    static func binary(_ value: Double) -> String {
        if value.magnitude <= 1 || value.isNaN || value.isInfinite { return fourDigits(value) }
        return scaled(value, by: 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
    }

    private static func scaled(_ value: Double, by factor: Double, _ prefixes: [String]) -> String {
        var (value, chosen) = (value, "")
        for prefix in prefixes where value.magnitude >= factor {
            chosen = prefix
            value /= factor
        }
        return fourDigits(value) + chosen
    }

    private static func enlarged(_ value: Double) -> String {
        var (value, chosen) = (value, "")
        for prefix in ["m", "u", "n", "p", "f", "a", "z", "y"] where value.magnitude < 1 {
            chosen = prefix
            value *= 1000
        }
        return fourDigits(value) + chosen
    }

    /// - Parameter value: seconds: `1d 2h 3m 4s`, `12.35s`, `5ms`.
    static func duration(_ value: Double) -> String {
        if value.isNaN || value.isInfinite { return fourDigits(value) }
        if value == 0 { return fourDigits(value) + "s" }
        if value.magnitude < 1 { return enlarged(value) + "s" }
        let sign = value < 0 ? "-" : ""
        // What is too large becomes the smallest number, as in Go on this processor.
        let whole = Int64(exactly: value.magnitude.rounded(.down)) ?? .min
        let (seconds, minutes, hours, days) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + fourDigits(value.magnitude) + "s"
    }

    static func percentage(_ value: Double) -> String { fourDigits(value * 100) + "%" }

    /// - Parameter value: seconds since 1970.
    static func timestamp(_ value: Double) throws(TemplateFailure) -> String {
        if value.isNaN || value.isInfinite { return fourDigits(value) }
        return GoTimeFormat.text(try time(value), GoTimeFormat.printed)
    }

    /// Milliseconds count, what is finer is cut off.
    static func time(_ value: Double) throws(TemplateFailure) -> TemplateTime {
        if value.isNaN || value.isInfinite { throw TemplateFailure("value is NaN or Inf") }
        let nanoseconds = value * 1e9
        // 2 to the power of 63, the first that is too large.
        guard nanoseconds < 9_223_372_036_854_775_808, nanoseconds >= -9_223_372_036_854_775_808 else {
            throw TemplateFailure("\(GoNumberText.shortest(value)) cannot be represented as a nanoseconds timestamp since it overflows int64")
        }
        let milliseconds = Int64(nanoseconds) / 1_000_000
        let seconds = milliseconds.quotientRoundedDown(by: 1000)
        return TemplateTime(seconds: seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000)
    }

    static func duration(nanosecondsOf value: Double) throws(TemplateFailure) -> Int64 {
        if value.isNaN || value.isInfinite { throw TemplateFailure("value is NaN or Inf") }
        let nanoseconds = value * 1e9
        guard nanoseconds < 9_223_372_036_854_775_808, nanoseconds >= -9_223_372_036_854_775_808 else {
            throw TemplateFailure("\(GoNumberText.shortest(value)) cannot be represented as a duration since it overflows int64")
        }
        return Int64(nanoseconds)
    }
}
