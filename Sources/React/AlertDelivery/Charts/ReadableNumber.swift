internal import Foundation
internal import GatewayModel

/// Numbers as people read them, in the unit of what they count.
package enum ReadableNumber {
    /// `12.4 %`, `850 ms`, `2.3 s`, `1.2 GiB`, `$1,240`, `35/s`, `3 h 20 min`. Not a number and infinity by name.
    package static func text(_ value: Double, _ unit: ValueUnit) -> String {
        guard value.isFinite else { return value.isNaN ? "no number" : value < 0 ? "-infinity" : "infinity" }
        let rate = unit.isRate ? "/s" : ""
        switch unit.base {
        case .ratio: return digits(value * 100, significant: 3) + " %" + rate
        case .percent: return digits(value, significant: 3) + " %" + rate
        case .seconds: return unit.isRate ? digits(value, significant: 3) + " s/s" : duration(value)
        case .bytes: return scaled(value, 1_024, [" B", " KiB", " MiB", " GiB", " TiB", " PiB"]) + rate
        case .dollars: return (value < 0 ? "-$" : "$") + money(abs(value)) + rate
        case .instant: return Timestamp(microseconds: Int64(max(-9e12, min(9e12, value)) * 1e6)).iso8601.prefix(19) + "Z"
        case .number, .count: return plain(value) + rate
        }
    }

    /// A time span: `850 ms`, `2.3 s`, `4 min 10 s`, `3 h 20 min`, `2 d 4 h`.
    package static func duration(_ seconds: Double) -> String {
        let (sign, size) = (seconds < 0 ? "-" : "", abs(seconds))
        if size == 0 { return "0 s" }
        if size < 0.001 { return sign + digits(size * 1e6, significant: 3) + " µs" }
        if size < 0.9995 { return sign + digits(size * 1e3, significant: 3) + " ms" }
        if size < 99.95 { return sign + digits(size, significant: 3) + " s" }
        guard size < 1e15 else { return sign + digits(size / 86_400, significant: 3) + " d" }
        let whole = Int64(size.rounded())
        let steps: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        let first = steps.firstIndex { whole >= $0.0 } ?? 3
        let (large, name) = steps[first]
        var text = "\(whole / large) \(name)"
        if first + 1 < steps.count, whole % large / steps[first + 1].0 > 0 { text += " \(whole % large / steps[first + 1].0) \(steps[first + 1].1)" }
        return sign + text
    }

    /// With separators up to a million, then with a letter: `950`, `12,400`, `3.2 M`.
    private static func plain(_ value: Double) -> String {
        let size = abs(value)
        if size < 1_000 { return digits(value, significant: 3) }
        if size < 999_500 { return (value < 0 ? "-" : "") + grouped(size.rounded()) }
        return scaled(value, 1_000, ["", " k", " M", " G", " T", " P"])
    }

    private static func money(_ value: Double) -> String {
        if value >= 1_000_000 { return scaled(value, 1_000, ["", "k", "M", "G", "T"]) }
        if value >= 100 { return grouped(value.rounded()) }
        if value >= 0.01 || value == 0 { return fixed(value, 2) }
        return digits(value, significant: 2)
    }

    private static func scaled(_ value: Double, _ step: Double, _ names: [String]) -> String {
        var (rest, index) = (value, 0)
        // 999.6 would be printed as 1000 of the smaller unit.
        while abs(rest) >= step - 0.5, index < names.count - 1 { (rest, index) = (rest / step, index + 1) }
        return digits(rest, significant: 3) + names[index]
    }

    /// A value in `[0, 10^15)` with separators.
    private static func grouped(_ value: Double) -> String {
        var text = String(Int64(min(value, 1e15)))
        var position = text.count - 3
        while position > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: position))
            position -= 3
        }
        return text
    }

    /// Rounded to so many digits, without zeros at the end; never in the form `1e-7` unless it is that small.
    static func digits(_ value: Double, significant: Int) -> String {
        guard value != 0, value.isFinite else { return "0" }
        let exponent = Int(log10(abs(value)).rounded(.down))
        if exponent < -6 || exponent > 15 { return String(format: "%.\(max(0, significant - 1))e", value) }
        let text = fixed(value, max(0, significant - 1 - exponent))
        guard text.contains(".") else { return text }
        let kept = text.reversed().drop { $0 == "0" }
        return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
    }

    static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(min(decimals, 12))f", value) }
}

extension AlertThreshold {
    /// `above 5 %`: what a value has to be to be wrong.
    package func words(_ unit: ValueUnit) -> String {
        let limit = ReadableNumber.text(limit, unit)
        return switch comparison {
        case .greater: "above \(limit)"
        case .greaterOrEqual: "\(limit) or more"
        case .less: "below \(limit)"
        case .lessOrEqual: "\(limit) or less"
        case .equal: "exactly \(limit)"
        case .notEqual: "other than \(limit)"
        }
    }
}
