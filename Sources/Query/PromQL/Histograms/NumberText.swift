/// Numbers as Go's `fmt` writes them, in which Prometheus's messages, label values and test notation are made.
enum NumberText {
    /// `%g`: the shortest digits that read back as the same number, with an exponent (of at least two digits) below 1e-4 and from 1e6 on.
    static func general(_ value: Double) -> String {
        guard let (sign, digits, exponent) = parts(value) else { return special(value) }
        return sign + (exponent < -4 || exponent >= 6 ? scientific(digits, exponent) : plain(digits, exponent))
    }

    /// `%f` with the shortest digits: never an exponent.
    static func plain(_ value: Double) -> String {
        guard let (sign, digits, exponent) = parts(value) else { return special(value) }
        return sign + plain(digits, exponent)
    }

    private static func special(_ value: Double) -> String { value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }

    /// Sign, significant digits and the power of ten of the first one; nil for NaN and infinities.
    private static func parts(_ value: Double) -> (String, [UInt8], Int)? {
        guard value.isFinite else { return nil }
        let sign = value.sign == .minus ? "-" : ""
        if value == 0 { return (sign, [UInt8(ascii: "0")], 0) }
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.magnitude.description.utf8)
        for (place, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(place + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        exponent += (point ?? digits.count) - 1
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        exponent -= zeros
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (sign, digits, exponent)
    }

    private static func scientific(_ digits: [UInt8], _ exponent: Int) -> String {
        let mantissa = String(decoding: digits.prefix(1), as: UTF8.self) + (digits.count > 1 ? "." + String(decoding: digits.dropFirst(), as: UTF8.self) : "")
        let size = exponent.magnitude
        return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
    }

    private static func plain(_ digits: [UInt8], _ exponent: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + text }
        if digits.count <= exponent + 1 { return text + String(repeating: "0", count: exponent + 1 - digits.count) }
        return String(text.prefix(exponent + 1)) + "." + String(text.dropFirst(exponent + 1))
    }
}
