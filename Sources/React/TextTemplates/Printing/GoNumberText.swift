internal import Glibc

/// Numbers as Go's `fmt` and `strconv` write them.
///
/// Source: https://pkg.go.dev/strconv#FormatFloat.
enum GoNumberText {
    /// As `%v` has it: the fewest digits that read back as the same number, with an exponent from a million on and below 1e-4.
    static func shortest(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, exponent) = shortestDigits(value.magnitude)
        return (value.sign == .minus ? "-" : "") + (exponent < -4 || exponent >= exponentFrom ? scientific(digits, exponent) : plain(digits, exponent))
    }

    /// However many digits there are: 1234567 is written 1.234567e+06.
    private static let exponentFrom = 6

    /// All digits, without an exponent.
    static func plain(_ value: Double) -> String {
        let (digits, exponent) = shortestDigits(value.magnitude)
        return (value.sign == .minus ? "-" : "") + plain(digits, exponent)
    }

    /// With an exponent, whatever its size, of as few digits as it needs.
    static func scientific(_ value: Double) -> String {
        let (digits, exponent) = shortestDigits(value.magnitude)
        let text = scientific(digits, exponent)
        return (value.sign == .minus ? "-" : "") + (exponent < 0 && exponent > -10 ? text.replacing("e-0", with: "e-") : text)
    }

    /// With so many digits: behind the point for `e` and `f`, in all for `g`.
    static func rounded(_ value: Double, format: Character, precision: Int, keepsZeros: Bool = false) -> String {
        if let special = special(value) { return special }
        let specification = "%" + (keepsZeros ? "#" : "") + ".\(precision)\(format)"
        return unsafe withVaList([value]) { arguments in
            // The first call only measures; a list of arguments is read once, so that it is made anew for the second.
            let length = unsafe Int(vsnprintf(nil, 0, specification, arguments))
            guard length > 0 else { return "" }
            return unsafe withVaList([value]) { arguments in
                // Safe: the buffer has place for the length that was measured and the zero behind it.
                unsafe String(unsafeUninitializedCapacity: length + 1) { buffer in
                    unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe Int(vsnprintf($0.baseAddress, length + 1, specification, arguments)) }
                }
            }
        }
    }

    static func special(_ value: Double) -> String? { value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : nil }

    /// Significant digits, and the power of ten of the first.
    private static func shortestDigits(_ value: Double) -> (digits: [Character], exponent: Int) {
        if value == 0 { return (["0"], 0) }
        let text = value.description.lowercased()
        let parts = text.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        var digits = Array(whole + (mantissa.count > 1 ? mantissa[1] : ""))
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func plain(_ digits: [Character], _ exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + String(digits) }
        if digits.count <= exponent + 1 { return String(digits) + String(repeating: "0", count: exponent + 1 - digits.count) }
        return String(digits[...exponent]) + "." + String(digits[(exponent + 1)...])
    }

    private static func scientific(_ digits: [Character], _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + String(digits[1...]) : ""
        let power = String(exponent.magnitude)
        return String(digits[0]) + fraction + "e" + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
    }
}
