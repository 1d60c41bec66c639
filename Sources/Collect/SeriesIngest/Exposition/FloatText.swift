/// Numbers as expositions spell them.
package enum FloatText {
    /// The number that all of `bytes` spell: decimal, `NaN`, `Inf` or `Infinity` in any case, with a sign or without.
    ///
    /// - Parameter allowsHexadecimal: whether `0x1p-3` is a number, as the text format 0.0.4 has it and OpenMetrics has not.
    /// - Returns: nil when they spell none.
    package static func parse(_ bytes: UnsafeRawBufferPointer, allowsHexadecimal: Bool) -> Double? {
        var at = 0
        let count = bytes.count
        var isNegative = false
        if at < count, unsafe bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = unsafe bytes[at] == UInt8(ascii: "-")
            at &+= 1
        }
        let start = at
        var mantissa: UInt64 = 0
        var digits = 0
        var spelled = 0
        var scale = 0
        while at < count, let digit = unsafe digit(bytes[at]) {
            at &+= 1
            spelled &+= 1
            take(digit, &mantissa, &digits)
        }
        if at < count, unsafe bytes[at] == UInt8(ascii: ".") {
            at &+= 1
            while at < count, let digit = unsafe digit(bytes[at]) {
                at &+= 1
                spelled &+= 1
                scale &-= 1
                take(digit, &mantissa, &digits)
            }
        }
        guard spelled > 0 else { return unsafe word(UnsafeRawBufferPointer(rebasing: bytes[start...]), isNegative) }
        if at < count, unsafe bytes[at] | 0x20 == UInt8(ascii: "e") {
            guard let exponent = unsafe exponent(bytes, at &+ 1) else { return nil }
            scale &+= exponent
            at = count
        }
        guard at == count else { return allowsHexadecimal ? unsafe hexadecimal(bytes, start) : nil }
        // Both operands are exact doubles, so that one rounding gives the nearest (Clinger).
        if digits <= 15, scale >= -22, scale <= 22 {
            let magnitude = scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
            return isNegative ? -magnitude : magnitude
        }
        return unsafe Double(String(decoding: bytes, as: UTF8.self))
    }

    @inline(__always) private static func digit(_ byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        return digit <= 9 ? digit : nil
    }

    @inline(__always) private static func take(_ digit: UInt8, _ mantissa: inout UInt64, _ digits: inout Int) {
        guard digits > 0 || digit > 0 else { return }
        digits &+= 1
        if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
    }

    /// The exponent that the rest of the bytes spell.
    private static func exponent(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var at = start
        var isNegative = false
        if at < bytes.count, unsafe bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = unsafe bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        guard at < bytes.count else { return nil }
        var value = 0
        while at < bytes.count {
            guard let digit = unsafe digit(bytes[at]) else { return nil }
            value = min(value * 10 + Int(digit), 100_000)
            at += 1
        }
        return isNegative ? -value : value
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ isNegative: Bool) -> Double? {
        switch unsafe String(decoding: bytes.prefix(9), as: UTF8.self).lowercased() {
        case "inf", "infinity": isNegative ? -.infinity : .infinity
        // The quiet NaN that Prometheus writes, so that its bits are never those of the stale marker.
        case "nan": Double(bitPattern: 0x7ff8_0000_0000_0001)
        default: nil
        }
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Double? {
        guard bytes.count > start + 2, unsafe bytes[start] == UInt8(ascii: "0"), unsafe bytes[start + 1] | 0x20 == UInt8(ascii: "x") else { return nil }
        return unsafe Double(String(decoding: bytes, as: UTF8.self))
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// A bucket's limit or a quantile in the one form in which it is kept, so that `le="1"` and `le="1.0"` are the same series: as Go's shortest `%g`,
    /// with `.0` behind whole numbers.
    package static func canonical(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == 0 { return "0.0" }
        let (digits, exponent) = shortest(value.magnitude)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 6 { return sign + scientific(digits, exponent) }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 { return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0" }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        let power = String(exponent.magnitude)
        return digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" : "") + power
    }

    /// The fewest decimal digits that mean the value, and the power of ten of the first of them.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        let parts = value.description.split(separator: "e")
        let number = parts[0].split(separator: ".")
        let whole = number[0], fraction = number.count > 1 && number[1] != "0" ? number[1] : ""
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        var digits = String(whole + fraction)
        while digits.first == "0", digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == "0", digits.count > 1 { digits.removeLast() }
        return (digits, exponent)
    }
}
