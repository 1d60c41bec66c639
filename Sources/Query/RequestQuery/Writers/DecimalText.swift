/// Exact decimal texts of integers scaled by a power of ten: 2862000 microseconds are `2.862` seconds, whatever a `Double` would make of them.
enum DecimalText {
    /// `value` / 10^`places`, without trailing zeros.
    static func text(_ value: Int64, places: Int) -> String {
        if places == 0 { return String(value) }
        var digits = Array(String(value.magnitude).utf8)
        while digits.count <= places { digits.insert(UInt8(ascii: "0"), at: 0) }
        let fraction = digits.suffix(places)
        let kept = fraction.count - fraction.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        let sign = value < 0 ? "-" : ""
        let whole = sign + String(decoding: digits.dropLast(places), as: UTF8.self)
        return kept == 0 ? whole : whole + "." + String(decoding: fraction.prefix(kept), as: UTF8.self)
    }
}
