/// Durations as Prometheus writes them: `1h30m`, `5m`, `150ms`.
///
/// Source: https://github.com/prometheus/common, `model/time.go`: a year has 365 days, a week 7.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
    /// Go keeps durations as nanoseconds in 64 bits, some 292 years.
    package static let millisecondsMax = Int64.max / 1_000_000

    /// Milliseconds of a duration; `0` needs no unit.
    ///
    /// - Throws: Prometheus's words for what is wrong: units that are unknown, repeated or not in falling order, or more than 292 years.
    package static func milliseconds(_ text: String) throws(DurationTextError) -> Int64 {
        if text == "0" { return 0 }
        if text.isEmpty { throw DurationTextError(message: "empty duration string") }
        let wrong = DurationTextError(message: "not a valid duration string: \(text.goQuoted)")
        var rest = Substring(text)
        var total: Int64 = 0
        var previousUnit = -1
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            let name = rest.dropFirst(digits.count).prefix { !("0"..."9").contains($0) }
            guard !digits.isEmpty, let unit = units.firstIndex(where: { $0.name == name }), unit > previousUnit else { throw wrong }
            let (product, overflows) = (Int64(digits) ?? .max).multipliedReportingOverflow(by: units[unit].milliseconds)
            guard !overflows, product <= millisecondsMax - total else { throw DurationTextError(message: "duration out of range") }
            total += product
            previousUnit = unit
            rest = rest.dropFirst(digits.count + name.count)
        }
        return total
    }

    /// As Prometheus writes it; years and weeks only when nothing remains, since `90d` reads easier than `12w6d`.
    package static func text(milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for (index, unit) in units.enumerated() {
            let length = unit.milliseconds.magnitude
            if index < 2, rest % length != 0 { continue }
            if rest >= length { text += "\(rest / length)\(unit.name)" }
            rest %= length
        }
        return text
    }
}

/// Why a duration cannot be read.
package struct DurationTextError: Error, Sendable, Equatable {
    package let message: String
}
