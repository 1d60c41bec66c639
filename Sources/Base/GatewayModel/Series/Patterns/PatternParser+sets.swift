/// Escapes and sets of characters.
extension PatternParser {
    /// What a backslash starts, outside of sets. Quoted text (`\Q...\E`) is several parts.
    mutating func parseEscape() throws(LabelPatternError) -> [PatternNode] {
        switch peek(1) {
        case UInt8(ascii: "A"): return assertion(.textStart)
        case UInt8(ascii: "z"): return assertion(.textEnd)
        case UInt8(ascii: "b"): return assertion(.wordBoundary)
        case UInt8(ascii: "B"): return assertion(.notWordBoundary)
        case UInt8(ascii: "Q"):
            position += 2
            var parts: [PatternNode] = []
            while position < bytes.count {
                if peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "E") {
                    position += 2
                    break
                }
                parts.append(character(takeScalar()))
            }
            return parts
        default: break
        }
        if let set = try takeClass() { return [.characters(foldsCase ? set.caseFolded : set)] }
        return [character(try takeEscapedCharacter())]
    }

    private mutating func assertion(_ assertion: PatternAssertion) -> [PatternNode] {
        position += 2
        return [.assertion(assertion)]
    }

    /// A set between brackets; the opening one is at hand.
    mutating func parseSet() throws(LabelPatternError) -> CharacterRanges {
        let start = position
        position += 1
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while peek() != UInt8(ascii: "]") || isFirst {
            isFirst = false
            if let set = try takeNamedClass() {
                ranges.append(contentsOf: set.ranges)
                continue
            }
            if let set = try takeClass() {
                ranges.append(contentsOf: set.ranges)
                continue
            }
            let rangeStart = position
            let low = try takeSetCharacter(setStart: start)
            var high = low
            if peek() == UInt8(ascii: "-"), let next = peek(1), next != UInt8(ascii: "]") {
                position += 1
                high = try takeSetCharacter(setStart: start)
                if high < low { throw error("invalid character class range", rangeStart, position) }
            }
            ranges.append(low.value...high.value)
        }
        position += 1
        let set = foldsCase ? CharacterRanges(ranges).caseFolded : CharacterRanges(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func takeSetCharacter(setStart: Int) throws(LabelPatternError) -> Unicode.Scalar {
        guard let byte = peek() else { throw error("missing closing ]", setStart, bytes.count) }
        return byte == UInt8(ascii: "\\") ? try takeEscapedCharacter() : takeScalar()
    }

    /// `[:alpha:]` within a set; nil when there is none.
    private mutating func takeNamedClass() throws(LabelPatternError) -> CharacterRanges? {
        guard peek() == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":"), position + 2 < bytes.count else { return nil }
        var end = position + 2
        while end + 1 < bytes.count, bytes[end] != UInt8(ascii: ":") || bytes[end + 1] != UInt8(ascii: "]") { end += 1 }
        guard end + 1 < bytes.count else { return nil }
        var name = Substring(String(decoding: bytes[position + 2..<end], as: UTF8.self))
        let isInverted = name.first == "^"
        if isInverted { name.removeFirst() }
        guard let set = CharacterClasses.posix(name) else { throw error("invalid character class range", position, end + 2) }
        position = end + 2
        return isInverted ? set.inverted : set
    }

    /// `\d` and its like, or `\pL` and its like; nil when the text at hand is neither.
    private mutating func takeClass() throws(LabelPatternError) -> CharacterRanges? {
        guard peek() == UInt8(ascii: "\\"), let letter = peek(1) else { return nil }
        if let set = CharacterClasses.perl(letter) {
            position += 2
            return set
        }
        guard letter == UInt8(ascii: "p") || letter == UInt8(ascii: "P"), position + 2 < bytes.count else { return nil }
        let start = position
        position += 2
        var name: Substring
        if peek() == UInt8(ascii: "{") {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { throw error("invalid character class range", start, bytes.count) }
            name = Substring(String(decoding: bytes[position + 1..<end], as: UTF8.self))
            position = end + 1
        } else {
            name = Substring(String(Character(takeScalar())))
        }
        var isInverted = letter == UInt8(ascii: "P")
        if name.first == "^" {
            name.removeFirst()
            isInverted.toggle()
        }
        guard let set = CharacterClasses.unicode(name) else { throw error("invalid character class range", start, position) }
        return isInverted ? set.inverted : set
    }

    /// The character of an escape; the backslash is at hand.
    private mutating func takeEscapedCharacter() throws(LabelPatternError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard position < bytes.count else { throw error("trailing backslash at end of expression", bytes.count, bytes.count) }
        let scalar = takeScalar()
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0b}"
        case "x":
            if let value = takeHexadecimal() { return value }
        case "0"..."7":
            // A single digit above 0 would refer back to a group, which RE2 does not have.
            if scalar == "0" || isOctalDigit(peek()) { return takeOctal(startingWith: scalar.value - 0x30) }
        default:
            let isAlphanumeric = CharacterClasses.wordRanges.contains { $0.contains(scalar.value) } && scalar != "_"
            if scalar.isASCII, !isAlphanumeric { return scalar }
        }
        throw error("invalid escape sequence", start, position)
    }

    private func isOctalDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") } ?? false }

    private mutating func takeOctal(startingWith first: UInt32) -> Unicode.Scalar {
        var value = first
        for _ in 0..<2 {
            guard isOctalDigit(peek()), let byte = peek() else { break }
            value = value * 8 + UInt32(byte - UInt8(ascii: "0"))
            position += 1
        }
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }

    /// Two digits, or any number of them in braces; nil when they are wrong, what was looked at being taken.
    private mutating func takeHexadecimal() -> Unicode.Scalar? {
        var value: UInt32 = 0
        guard take("{") else {
            var isNumber = true
            for _ in 0..<2 {
                let digit = position < bytes.count ? Character(takeScalar()).hexDigitValue : nil
                value = value * 16 + UInt32(digit ?? 0)
                if digit == nil { isNumber = false }
            }
            return isNumber ? Unicode.Scalar(value) : nil
        }
        var digits = 0
        while position < bytes.count {
            let scalar = takeScalar()
            if scalar == "}" { return digits > 0 ? Unicode.Scalar(value) : nil }
            guard let digit = Character(scalar).hexDigitValue, value <= 0x10ffff >> 4 else { return nil }
            value = value * 16 + UInt32(digit)
            digits += 1
        }
        return nil
    }
}
