/// Text quoted and unquoted as Go does it, which PromQL's strings and error messages follow.
///
/// Source: https://pkg.go.dev/strconv (`Quote`, `Unquote`) and `util/strutil/quote.go` of prometheus/prometheus, which also reads single quotes.
extension String {
    /// In double quotes, with escapes for what is not printable.
    package var goQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars { quoted += Self.escaped(scalar, quote: "\"") }
        return quoted + "\""
    }

    /// Bytes in double quotes; those that are no UTF-8 as `\\xff`.
    package static func goQuoted(bytes: [UInt8]) -> String {
        var quoted = "\""
        var rest = bytes[...]
        while let byte = rest.first {
            let scalar = (1...4).lazy.compactMap { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.first }.first
            quoted += scalar.map { escaped($0, quote: "\"") } ?? "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            rest = rest.dropFirst(scalar.map { String(Character($0)).utf8.count } ?? 1)
        }
        return quoted + "\""
    }

    /// One character in single quotes.
    package static func goQuoted(_ scalar: Unicode.Scalar) -> String { "'" + escaped(scalar, quote: "'") + "'" }

    /// A character's number and form: `U+002E '.'`.
    package static func goNumbered(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: Swift.max(0, 4 - hex.count)) + hex
        return isPrintable(scalar) ? "\(number) '\(Character(scalar))'" : number
    }

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String {
        switch scalar {
        case quote, "\\": "\\" + String(Character(scalar))
        case "\u{07}": "\\a"
        case "\u{08}": "\\b"
        case "\u{0c}": "\\f"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{0b}": "\\v"
        // Stands for bytes that were no text, and would not be read again as it is.
        case "\u{fffd}": "\\ufffd"
        default:
            if isPrintable(scalar) { String(Character(scalar)) } else { numericEscape(scalar.value) }
        }
    }

    private static func numericEscape(_ value: UInt32) -> String {
        let (prefix, digits) = value < 0x20 || value == 0x7f ? ("\\x", 2) : value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        let hex = String(value, radix: 16)
        return prefix + String(repeating: "0", count: digits - hex.count) + hex
    }

    /// Letters, marks, numbers, punctuation, symbols and the ASCII space.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
        default: return true
        }
    }

    /// The text of a quoted string: in double or single quotes with escapes, in backticks as it is.
    ///
    /// Bytes that an escape makes and that are not UTF-8 become U+FFFD, since labels here are text.
    ///
    /// - Returns: nil when the quotes or an escape are wrong.
    package static func goUnquoted(_ quoted: ArraySlice<UInt8>) -> String? { goUnquotedBytes(quoted).map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of a quoted string, which may be no text.
    ///
    /// - Returns: nil when the quotes or an escape are wrong.
    package static func goUnquotedBytes(_ quoted: ArraySlice<UInt8>) -> [UInt8]? {
        guard let quote = quoted.first, quoted.count >= 2, quoted.last == quote else { return nil }
        let body = quoted.dropFirst().dropLast()
        switch quote {
        case UInt8(ascii: "`"):
            return body.contains(quote) ? nil : Array(body)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard body.contains(UInt8(ascii: "\\")) else { return Array(body) }
            return unescaped(body, quote: quote)
        default: return nil
        }
    }

    private static func unescaped(_ body: ArraySlice<UInt8>, quote: UInt8) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = body
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "a"): bytes.append(0x07)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0c)
            case UInt8(ascii: "n"): bytes.append(0x0a)
            case UInt8(ascii: "r"): bytes.append(0x0d)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "v"): bytes.append(0x0b)
            case UInt8(ascii: "\\"), quote: bytes.append(escape)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                guard let value = number(&rest, digits: 2, radix: 8, startingWith: UInt32(escape - UInt8(ascii: "0"))), value <= 255 else { return nil }
                bytes.append(UInt8(value))
            case UInt8(ascii: "x"):
                guard let value = number(&rest, digits: 2, radix: 16) else { return nil }
                bytes.append(UInt8(value))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                guard let value = number(&rest, digits: escape == UInt8(ascii: "u") ? 4 : 8, radix: 16), let scalar = Unicode.Scalar(value) else { return nil }
                bytes.append(contentsOf: String(Character(scalar)).utf8)
            default: return nil
            }
        }
        return bytes
    }

    /// Takes exactly so many digits; nil when they are not there.
    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, radix: UInt32, startingWith start: UInt32 = 0) -> UInt32? {
        var value = start
        for _ in 0..<digits {
            guard let byte = rest.popFirst(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { return nil }
            value = value &* radix &+ UInt32(digit)
        }
        return value
    }
}
