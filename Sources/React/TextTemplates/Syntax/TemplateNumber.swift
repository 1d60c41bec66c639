internal import GatewayModel

/// A number as it is written, and what it may be taken for: `1`, `1.0` and `'a'` may be integers and floating point numbers.
struct TemplateNumber: Sendable, Equatable {
    let text: String
    let integer: Int?
    let float: Double?
    private let isCharacter: Bool

    /// - Parameter token: a number or a character constant. Complex numbers are read, and have no value.
    /// - Throws: Go's words for what is wrong.
    init(_ token: TemplateToken) throws(TemplateFailure) {
        text = token.text
        isCharacter = token.kind == .character
        switch token.kind {
        case .character:
            guard let inner = String.goUnquoted(Array(text.utf8)[...]), inner.unicodeScalars.count == 1, let scalar = inner.unicodeScalars.first else {
                throw TemplateFailure("malformed character constant: \(text)")
            }
            integer = Int(scalar.value)
            float = Double(scalar.value)
        case .complex: (integer, float) = (nil, nil)
        default:
            if text.hasSuffix("i") {
                (integer, float) = (nil, nil)
                return
            }
            if let integer = Self.integer(text) {
                self.integer = integer
                float = Double(integer)
                return
            }
            guard let value = Self.float(text) else { throw TemplateFailure("illegal number syntax: \(text.goQuoted)") }
            if !text.utf8.contains(where: { ".eEpP".utf8.contains($0) }) { throw TemplateFailure("integer overflow: \(text.goQuoted)") }
            float = value
            integer = Int(exactly: value)
        }
    }

    /// The value where any type will do; nil for a complex number.
    var value: TemplateValue? {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        if let float, !isCharacter, !isHexadecimal || text.utf8.contains(where: { "pP".utf8.contains($0) }), text.utf8.contains(where: { ".eEpP".utf8.contains($0) }) {
            return .float(float)
        }
        return integer.map(TemplateValue.int) ?? float.map(TemplateValue.float)
    }

    /// Decimal, hexadecimal, octal and binary, with underscores between digits.
    private static func integer(_ text: String) -> Int? {
        let sign = text.hasPrefix("-") ? "-" : ""
        var digits = Substring(text.drop { $0 == "+" || $0 == "-" })
        guard underscoresStandBetweenDigits(digits) else { return nil }
        digits = Substring(digits.filter { $0 != "_" }.lowercased())
        var radix = 10
        if digits.hasPrefix("0"), digits.count > 1 {
            let (prefix, base) = digits.hasPrefix("0x") ? (2, 16) : digits.hasPrefix("0b") ? (2, 2) : digits.hasPrefix("0o") ? (2, 8) : (1, 8)
            digits = digits.dropFirst(prefix)
            radix = base
        }
        guard let first = digits.first, first.isHexDigit else { return nil }
        return Int(sign + digits, radix: radix)
    }

    private static func float(_ text: String) -> Double? {
        let digits = text.drop { $0 == "+" || $0 == "-" }
        guard underscoresStandBetweenDigits(digits) else { return nil }
        let plain = digits.filter { $0 != "_" }
        let isHexadecimal = plain.hasPrefix("0x") || plain.hasPrefix("0X")
        guard !isHexadecimal || plain.contains(where: { $0 == "p" || $0 == "P" }), let value = Double(String(plain)), value.isFinite else { return nil }
        return text.hasPrefix("-") ? -value : value
    }

    /// The sign of a base counts as a digit.
    private static func underscoresStandBetweenDigits(_ text: Substring) -> Bool {
        guard text.contains("_") else { return true }
        var previous: Character = "."
        for character in text {
            if character == "_" {
                guard previous.isHexDigit || "xXbBoO".contains(previous) else { return false }
            } else if previous == "_", !character.isHexDigit {
                return false
            }
            previous = character
        }
        return previous != "_"
    }
}
