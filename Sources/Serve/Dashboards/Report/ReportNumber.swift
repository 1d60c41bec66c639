internal import Foundation

/// Numbers as an executive report prints them: few digits, thousands apart, units where they stand.
enum ReportNumber {
    static let absent = "–"

    static func count(_ value: Double?) -> String {
        guard let value else { return absent }
        switch abs(value) {
        case 999_500_000...: return digits(value / 1_000_000_000) + " G"
        case 9_995_000...: return digits(value / 1_000_000) + " M"
        default: return grouped(value)
        }
    }

    /// Never rounds a fault away: 99.996 % is not 100 %.
    static func percent(_ ratio: Double?) -> String {
        guard let ratio else { return absent }
        let value = ratio * 100
        if value == 0 || value == 100 { return "\(Int(value)) %" }
        if value > 99, value < 100 { return text((value * 1_000).rounded(.down) / 1_000, places: 3) + " %" }
        return text(value, places: value < 1 ? 3 : 2) + " %"
    }

    static func seconds(_ value: Double?) -> String {
        guard let value else { return absent }
        if value < 1 { return "\(Int((value * 1_000).rounded())) ms" }
        return value < 120 ? digits(value) + " s" : digits(value / 60) + " min"
    }

    static func dollars(_ value: Double?) -> String {
        guard let value else { return absent }
        if abs(value) >= 1_000 { return "$" + grouped(value) }
        return "$" + String(format: "%.2f", value)
    }

    /// How much more or less than before; nil where there is nothing to compare with.
    static func change(_ now: Double?, _ before: Double?) -> String? {
        guard let now, let before, before != 0 else { return nil }
        let change = (now - before) / abs(before)
        return abs(change) < 0.005 ? "as before" : (change > 0 ? "+" : "−") + digits(abs(change) * 100) + " %"
    }

    /// The difference of two shares in percentage points.
    static func points(_ now: Double?, _ before: Double?) -> String? {
        guard let now, let before else { return nil }
        let points = (now - before) * 100
        return abs(points) < 0.005 ? "as before" : (points > 0 ? "+" : "−") + text(abs(points), places: 2) + " pp"
    }

    static func duration(seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded())) s"
        case ..<5_400: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: digits(seconds / 3_600) + " h"
        default: digits(seconds / 86_400) + " d"
        }
    }

    private static func digits(_ value: Double) -> String {
        abs(value) >= 99.95 ? grouped(value) : text(value, places: abs(value) >= 9.995 ? 1 : 2)
    }

    private static func text(_ value: Double, places: Int) -> String {
        var text = String(format: "%.\(places)f", value)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
            let dot = text.hasSuffix(".")
            text.removeLast()
            if dot { break }
        }
        return text
    }

    private static func grouped(_ value: Double) -> String {
        let rounded = value.rounded()
        guard abs(rounded) < 1e15 else { return String(rounded) }
        var digits = String(Int64(abs(rounded)))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (rounded < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }
}
