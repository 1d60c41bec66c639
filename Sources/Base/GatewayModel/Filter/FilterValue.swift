internal import ByteCoding

/// A number, duration, amount, instant or boolean of a filter text, in inside units.
struct FilterValue {
    /// All inside values that the text stands for: one, or for a date without time the whole day.
    let closed: ClosedRange<Int64>

    /// Reads `text` as a value of `field`: a number in the field's edge unit (seconds, dollars, bytes, tokens), with an optional unit
    /// for durations (`250ms`, `2s`, `1.5m`, `1h`) and sizes (`10kB`, `1MiB`); `true`/`false`; ISO 8601 for times.
    static func inside(_ text: String, of field: RequestField, at token: FilterToken) throws(FilterError) -> FilterValue {
        func refuse(_ expected: String) -> FilterError {
            FilterError("'\(text)' is not \(expected)", line: token.line, column: token.column, hint: hint(field))
        }
        switch field.unit {
        case .boolean:
            switch text.lowercased() {
            case "true", "1", "yes": return FilterValue(closed: 1...1)
            case "false", "0", "no": return FilterValue(closed: 0...0)
            default: throw refuse("true or false")
            }
        case .instant:
            return try instant(text, refuse)
        case .duration:
            guard let micros = scaled(text, units: durationUnits, plain: 1_000_000) else { throw refuse("a duration") }
            return FilterValue(closed: micros...micros)
        case .money:
            guard let nano = scaled(text.hasPrefix("$") ? String(text.dropFirst()) : text, units: [], plain: 1_000_000_000) else { throw refuse("an amount in USD") }
            return FilterValue(closed: nano...nano)
        case .bytes:
            guard let bytes = scaled(text, units: sizeUnits, plain: 1) else { throw refuse("a size") }
            return FilterValue(closed: bytes...bytes)
        case .none, .tokens, .count:
            guard let value = scaled(text, units: countUnits, plain: 1) else { throw refuse("a number") }
            return FilterValue(closed: value...value)
        }
    }

    private static let durationUnits: [(String, Double)] = [
        ("us", 1), ("µs", 1), ("ms", 1_000), ("min", 60_000_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ]
    private static let sizeUnits: [(String, Double)] = [
        ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]
    private static let countUnits: [(String, Double)] = [("k", 1_000), ("M", 1_000_000)]

    private static func scaled(_ text: String, units: [(String, Double)], plain: Double) -> Int64? {
        var digits = text
        var factor = plain
        if let unit = units.first(where: { text.hasSuffix($0.0) && text.count > $0.0.count }) {
            digits = String(text.dropLast(unit.0.count))
            factor = unit.1
        }
        var copy = digits.hasPrefix("+") ? String(digits.dropFirst()) : digits
        guard let number = copy.withUTF8({ unsafe NumberText.parse(UnsafeRawBufferPointer($0)) }) else { return nil }
        if let integer = number.integer, let exact = Int64(exactly: factor) {
            let (product, overflow) = integer.multipliedReportingOverflow(by: exact)
            return overflow || product == absentInteger ? nil : product
        }
        let value = (number.double * factor).rounded()
        return abs(value) < 9e18 ? Int64(value) : nil
    }

    private static func instant(_ text: String, _ refuse: (String) -> FilterError) throws(FilterError) -> FilterValue {
        if let parsed = Timestamp(iso8601: text) {
            let length = text.contains("T") || text.contains(" ") ? 1 : Timestamp.microsecondsPerDay
            return FilterValue(closed: parsed.microseconds...(parsed.microseconds + length - 1))
        }
        guard let number = scaled(text, units: [], plain: 1) else { throw refuse("a time") }
        // Twelve digits and more are milliseconds, as everywhere in the API.
        let micros = abs(number) >= 100_000_000_000 ? number.multipliedReportingOverflow(by: 1_000) : number.multipliedReportingOverflow(by: 1_000_000)
        guard !micros.overflow else { throw refuse("a time") }
        return FilterValue(closed: micros.partialValue...micros.partialValue)
    }

    private static func hint(_ field: RequestField) -> String {
        switch field.unit {
        case .boolean: "write \(field.name): true"
        case .instant: "write 2026-03-05 or \"2026-03-05T16:03:00Z\""
        case .duration: "write seconds or a unit: \(field.name) > 2, \(field.name) > 250ms"
        case .money: "write dollars: \(field.name) > 0.05"
        case .bytes: "write bytes or a unit: \(field.name) > 10kB"
        case .none, .tokens, .count: "write a number: \(field.name) >= 500"
        }
    }
}
