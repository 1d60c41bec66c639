internal import GatewayModel

/// Numbers, durations and strings. They are only cut out here; their values are read by the parser.
extension PromQLLexer {
    mutating func lexNumberOrDuration() -> TokenKind {
        if skipNumber() { return .number }
        if skipDurationUnits() { return .duration }
        return fail("bad number or duration syntax: \(text(SourceRange(start, position)).goQuoted)")
    }

    /// Skips a number in any of its forms; false when it is none, or goes on as a duration.
    private mutating func skipNumber() -> Bool {
        let first = position
        var isHexadecimal = false
        if take("0"), take("x") || take("X") {
            _ = take("_")
            isHexadecimal = true
        }
        _ = take(".")
        skipDigits(isHexadecimal, most: 1)
        var hasDot = false
        var hasExponent = false
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "."):
                position += 1
                if hasDot || take("_") || take(".") || isHexadecimal { return false }
                hasDot = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
                if hasExponent { return false }
                hasExponent = true
                if !take("+") { _ = take("-") }
                if !skipToDigit() { return false }
            case UInt8(ascii: "_"):
                position += 1
                if !skipToDigit() { return false }
            default:
                let before = position
                skipDigits(isHexadecimal, most: .max)
                if position == before { return position > first && !Self.isLetterOrDigit(byte) }
            }
        }
        return position > first
    }

    /// After an exponent's letter or an underscore there must be more, and no further sign of a number.
    private mutating func skipToDigit() -> Bool {
        if peek() == nil { return false }
        return !(take(".") || take("_") || take("e") || take("E"))
    }

    private mutating func skipDigits(_ isHexadecimal: Bool, most: Int) {
        var count = 0
        while count < most, let byte = peek(), Self.isDigit(byte) || (isHexadecimal && Self.isHexadecimalLetter(byte)) {
            position += 1
            count += 1
        }
    }

    private static func isHexadecimalLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f") }

    /// Skips what follows the first digits of a duration: `h30m`. Which units may follow each other is seen when its value is read.
    private mutating func skipDurationUnits() -> Bool {
        guard takeUnit("smhdwy") else { return false }
        while let byte = peek(), Self.isDigit(byte) {
            skipWhile(Self.isDigit)
            guard takeUnit("smhdw") else { return false }
        }
        guard let byte = peek(), Self.isLetterOrDigit(byte) else { return true }
        position += 1
        return false
    }

    /// A unit's letter, and the `s` of `ms`.
    private mutating func takeUnit(_ letters: StaticString) -> Bool {
        guard let byte = peek(), letters.description.utf8.contains(byte) else { return false }
        position += 1
        _ = take("s")
        return true
    }

    /// The opening quote is taken already.
    mutating func lexString(quote: UInt8) -> TokenKind {
        while let scalar = nextScalar() {
            switch scalar {
            case "\\": if let error = checkEscape(quote) { return error }
            case "\u{fffd}": return fail("invalid UTF-8 rune")
            case "\n": return fail("unterminated quoted string")
            case Unicode.Scalar(quote): return .string
            default: break
            }
        }
        return fail("unterminated quoted string")
    }

    mutating func lexRawString() -> TokenKind {
        while let scalar = nextScalar() {
            switch scalar {
            case "`": return .string
            case "\u{fffd}": return fail("invalid UTF-8 rune")
            default: break
            }
        }
        return fail("unterminated raw string")
    }

    /// Skips an escape, whose backslash is taken already; an error when it is none.
    private mutating func checkEscape(_ quote: UInt8) -> TokenKind? {
        guard var scalar = nextScalar() else { return fail("escape sequence not terminated") }
        let digits: Int
        let radix: UInt32
        switch scalar {
        case "a", "b", "f", "n", "r", "t", "v", "\\", Unicode.Scalar(quote): return nil
        case "0"..."7": (digits, radix) = (3, 8)
        case "x", "u", "U":
            (digits, radix) = (scalar == "x" ? 2 : scalar == "u" ? 4 : 8, 16)
            guard let first = nextScalar() else { return fail("escape sequence not terminated") }
            scalar = first
        default: return fail("unknown escape sequence \(String.goNumbered(scalar))")
        }
        var value: UInt32 = 0
        for index in 0..<digits {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue, digit < radix else {
                return fail("illegal character \(String.goNumbered(scalar)) in escape sequence")
            }
            value = value &* radix &+ UInt32(digit)
            if index < digits - 1 {
                guard let next = nextScalar() else { return fail("escape sequence not terminated") }
                scalar = next
            }
        }
        let largest: UInt32 = digits <= 3 ? 255 : 0x10ffff
        return value > largest || 0xd800..<0xe000 ~= value ? fail("escape sequence is an invalid Unicode code point") : nil
    }
}
