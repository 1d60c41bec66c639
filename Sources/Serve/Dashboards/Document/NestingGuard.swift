internal import ByteCoding

/// Looks over a text of YAML for values that lie so deep in each other that reading them would use up the stack: the reader of YAML calls itself for each level.
enum NestingGuard {
    /// How deep brackets may lie in each other. Brackets inside of texts count too; there they close again.
    private static let bracketsMax = 200
    /// The column up to which a line's content must begin: without brackets, each level stands further to the right.
    private static let indentMax = 400

    /// Where a text is nested too deeply; nil where it is not.
    static func tooDeep(_ text: String) -> DashboardFault.Place? {
        var brackets = 0, line = 1, column = 0
        var isInIndent = true
        for byte in text.utf8 {
            column += 1
            switch byte {
            case UInt8(ascii: "\n"): (line, column, isInIndent) = (line + 1, 0, true)
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: "\t"): break
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                brackets += 1
                isInIndent = false
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                brackets = max(0, brackets - 1)
                isInIndent = false
            default: isInIndent = false
            }
            if brackets > bracketsMax || (isInIndent && column > indentMax) { return DashboardFault.Place(line: line, column: column) }
        }
        return nil
    }
}

/// What JSON writes and YAML reads differently: characters beyond the sixteen-bit ones as two escapes, and ends of lines of Unicode inside of texts.
enum JSONEscapes {
    /// The text with each pair of escapes as the character it stands for; in JSON, characters that end a line in YAML alone as escapes.
    static func joined(_ text: String) -> String {
        var text = text
        if text.first(where: { !$0.isWhitespace }) == "{" {
            for (mark, escape) in [("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029"), ("\u{85}", "\\u0085")] where text.unicodeScalars.contains(mark.unicodeScalars[mark.startIndex]) {
                text = text.replacing(mark, with: escape)
            }
        }
        guard text.utf8.contains(UInt8(ascii: "\\")), text.contains(#"\ud"#) || text.contains(#"\uD"#) else { return text }
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                output.append(bytes[index])
                index += 1
                continue
            }
            if let scalar = pair(bytes, at: index) {
                output.append(contentsOf: Array(String(scalar).utf8))
                index += 12
            } else {
                // An escape of any other kind is copied whole, so that the second of two backslashes does not begin one.
                output.append(contentsOf: bytes[index...(index + 1)])
                index += 2
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func pair(_ bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard let high = unit(bytes, at: index), (0xD800...0xDBFF).contains(high), let low = unit(bytes, at: index + 6), (0xDC00...0xDFFF).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private static func unit(_ bytes: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else { return nil }
        var value: UInt32 = 0
        for byte in bytes[(index + 2)..<(index + 6)] {
            guard let digit = JSONText.hexDigit(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
