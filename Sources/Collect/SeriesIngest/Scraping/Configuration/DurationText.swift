/// Durations as Prometheus's configuration spells them: `15s`, `1h30m`, `500ms`, `0`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Milliseconds; nil when the text is no duration, or longer than 292 years.
    package static func parse(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = Substring(text)
        var total: Int64 = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            // Units come once each, the largest first.
            guard let number = Int64(digits), let unit = units.firstIndex(where: { $0.name == name }), unit >= next else { return nil }
            next = unit + 1
            let (product, overflows) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, overflowsToo) = total.addingReportingOverflow(product)
            guard !overflows, !overflowsToo else { return nil }
            total = sum
        }
        return next == 0 ? nil : total
    }

    /// The shortest spelling: `1m30s`; weeks and years where nothing is left over, as Prometheus writes it.
    package static func text(_ milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds
        var text = ""
        for unit in units {
            if unit.name == "y" || unit.name == "w", rest % unit.milliseconds != 0 { continue }
            if rest >= unit.milliseconds {
                text += "\(rest / unit.milliseconds)\(unit.name)"
                rest %= unit.milliseconds
            }
        }
        return text
    }
}
