internal import GatewayModel

/// Cuts a template's text into tokens; the last is the end, or an error.
///
/// Source: https://pkg.go.dev/text/template, "Text and spaces", "Actions" and "Arguments".
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var start = 0
    private var line = 1
    private var startLine = 1
    private var parenthesesOpen = 0
    private var tokens: [TemplateToken] = []

    private init(_ text: String) { bytes = Array(text.utf8) }

    static func tokens(of text: String) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        while lexer.takeText() {
            while let goesOn = lexer.takeInsideAction() {
                if !goesOn { return lexer.tokens }
            }
        }
        return lexer.tokens
    }

    // MARK: Text

    /// Takes the text up to an action, comments left out, and the action's delimiter.
    ///
    /// - Returns: false at the end, or when there is an error.
    private mutating func takeText() -> Bool {
        while true {
            guard let delimiter = bytes[position...].firstIndex(of: UInt8(ascii: "{"), followedBy: UInt8(ascii: "{")) else {
                emit(.text, until: bytes.count)
                position = bytes.count
                skip()
                emit(.end)
                return false
            }
            let trims = hasTrimMarker(afterDelimiter: delimiter + 2)
            emit(.text, until: trims ? endOfText(before: delimiter) : delimiter)
            advance(to: delimiter)
            skip()
            let isComment = isAt("/*", delimiter + (trims ? 4 : 2))
            if !isComment {
                advance(to: delimiter + 2)
                emit(.leftDelimiter)
                if trims { position += 2 }
                skip()
                parenthesesOpen = 0
                return true
            }
            position = delimiter + (trims ? 4 : 2)
            if !takeComment() { return false }
        }
    }

    private mutating func takeComment() -> Bool {
        var end = position + 2
        while end < bytes.count, !isAt("*/", end) { end += 1 }
        guard end < bytes.count else { return fail("unclosed comment") }
        let trims = isRightTrimMarker(end + 2)
        let delimiter = end + (trims ? 4 : 2)
        guard isAt("}}", delimiter) else { return fail("comment ends before closing delimiter") }
        advance(to: delimiter + 2)
        if trims { skipSpaces() }
        skip()
        return true
    }

    // MARK: Actions

    /// Takes a token of an action.
    ///
    /// - Returns: nil when the action is over, false on an error.
    private mutating func takeInsideAction() -> Bool? {
        if isAtRightDelimiter {
            if parenthesesOpen > 0 { return fail("unclosed left paren") }
            takeRightDelimiter()
            return nil
        }
        guard let byte = peek() else { return fail("unclosed action") }
        switch byte {
        case _ where Self.isSpace(byte): return takeSpaces()
        case UInt8(ascii: "="): return take(.assign)
        case UInt8(ascii: ":"):
            guard peek(1) == UInt8(ascii: "=") else { return fail("expected :=") }
            return take(.declare, bytes: 2)
        case UInt8(ascii: "|"): return take(.pipe)
        case UInt8(ascii: "\""): return takeQuoted(.string, "unterminated quoted string")
        case UInt8(ascii: "'"): return takeQuoted(.character, "unterminated character constant")
        case UInt8(ascii: "`"): return takeRawString()
        case UInt8(ascii: "$"): return takeName(.variable)
        case UInt8(ascii: "."):
            if let next = peek(1), !Self.isDigit(next) { return takeName(.field) }
            return takeNumber()
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return takeNumber()
        case UInt8(ascii: "("):
            parenthesesOpen += 1
            return take(.leftParenthesis)
        case UInt8(ascii: ")"):
            parenthesesOpen -= 1
            return parenthesesOpen < 0 ? fail("unexpected right paren") : take(.rightParenthesis)
        default:
            let scalar = self.scalar(at: position)
            if Self.isPartOfName(scalar) { return takeWord() }
            if (0x20..<0x7f).contains(byte) { return take(.other) }
            return fail("unrecognized character in action: \(String.goNumbered(scalar))")
        }
    }

    private mutating func takeRightDelimiter() {
        let trims = isRightTrimMarker(position)
        if trims { position += 2 }
        skip()
        position += 2
        emit(.rightDelimiter)
        if trims {
            skipSpaces()
            skip()
        }
    }

    /// Spaces, but for the one that belongs to a delimiter which trims.
    private mutating func takeSpaces() -> Bool {
        skipSpaces()
        if isRightTrimMarker(position - 1), isAt("}}", position + 1) {
            position -= 1
            if bytes[position] == UInt8(ascii: "\n") { line -= 1 }
        }
        if position > start { emit(.space) }
        return true
    }

    private mutating func takeQuoted(_ kind: TemplateToken.Kind, _ unterminated: String) -> Bool {
        let quote = bytes[position]
        position += 1
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            position += 1
            if byte == quote {
                emit(kind)
                return true
            }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = peek(), escaped != UInt8(ascii: "\n") else { break }
                position += 1
            }
        }
        return fail(unterminated)
    }

    private mutating func takeRawString() -> Bool {
        guard let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "`")) else { return fail("unterminated raw quoted string") }
        advance(to: end + 1)
        emit(.rawString)
        return true
    }

    /// A field or variable, whose first character is a dot or dollar sign; alone they are the dot, and the first data.
    private mutating func takeName(_ kind: TemplateToken.Kind) -> Bool {
        position += 1
        if isAtTerminator {
            emit(kind == .variable ? .variable : .keyword(.dot))
            return true
        }
        skipName()
        if !isAtTerminator { return fail("bad character \(String.goNumbered(scalar(at: position)))") }
        emit(kind)
        return true
    }

    private mutating func takeWord() -> Bool {
        skipName()
        if !isAtTerminator { return fail("bad character \(String.goNumbered(scalar(at: position)))") }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if let keyword = TemplateKeyword(rawValue: word) {
            emit(.keyword(keyword))
        } else {
            emit(word == "true" || word == "false" ? .bool : .identifier)
        }
        return true
    }

    // MARK: Numbers

    private mutating func takeNumber() -> Bool {
        guard scanNumber() else { return failNumber() }
        guard let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            emit(.number)
            return true
        }
        guard scanNumber(), bytes[position - 1] == UInt8(ascii: "i") else { return failNumber() }
        emit(.complex)
        return true
    }

    private mutating func failNumber() -> Bool { fail("bad number syntax: \(String(decoding: bytes[start..<position], as: UTF8.self).goQuoted)") }

    /// Takes what looks like a number; whether it is one the parser finds out.
    private mutating func scanNumber() -> Bool {
        accept("+-")
        var (digits, exponent) = ("0123456789_", "eE")
        if accept("0") {
            if accept("xX") { (digits, exponent) = ("0123456789abcdefABCDEF_", "pP") } else if accept("oO") { (digits, exponent) = ("01234567_", "") }
            else if accept("bB") { (digits, exponent) = ("01_", "") }
        }
        while accept(digits) {}
        if accept(".") { while accept(digits) {} }
        if accept(exponent) {
            accept("+-")
            while accept("0123456789_") {}
        }
        accept("i")
        guard position < bytes.count, Self.isPartOfName(scalar(at: position)) else { return true }
        position += Self.length(bytes[position])
        return false
    }

    @discardableResult private mutating func accept(_ characters: String) -> Bool {
        guard let byte = peek(), characters.utf8.contains(byte) else { return false }
        position += 1
        return true
    }

    // MARK: Places

    private func peek(_ distance: Int = 0) -> UInt8? { position + distance < bytes.count ? bytes[position + distance] : nil }

    private func isAt(_ text: String, _ place: Int) -> Bool {
        place >= 0 && place + text.utf8.count <= bytes.count && bytes[place..<place + text.utf8.count].elementsEqual(text.utf8)
    }

    /// A minus and a space.
    private func hasTrimMarker(afterDelimiter place: Int) -> Bool {
        place + 1 < bytes.count && bytes[place] == UInt8(ascii: "-") && Self.isSpace(bytes[place + 1])
    }

    /// A space and a minus.
    private func isRightTrimMarker(_ place: Int) -> Bool {
        place >= 0 && place + 1 < bytes.count && Self.isSpace(bytes[place]) && bytes[place + 1] == UInt8(ascii: "-")
    }

    private var isAtRightDelimiter: Bool { isAt("}}", position) || (isRightTrimMarker(position) && isAt("}}", position + 2)) }

    /// Whether a name may end here.
    private var isAtTerminator: Bool {
        guard let byte = peek() else { return true }
        return Self.isSpace(byte) || ".,|:)(".utf8.contains(byte) || isAt("}}", position)
    }

    private func endOfText(before delimiter: Int) -> Int {
        var end = delimiter
        while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    private mutating func skipSpaces() {
        var end = position
        while end < bytes.count, Self.isSpace(bytes[end]) { end += 1 }
        advance(to: end)
    }

    private mutating func skipName() {
        while position < bytes.count, Self.isPartOfName(scalar(at: position)) { position += Self.length(bytes[position]) }
    }

    private mutating func advance(to place: Int) {
        while position < place {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    // MARK: Tokens

    private mutating func take(_ kind: TemplateToken.Kind, bytes count: Int = 1) -> Bool {
        position += count
        emit(kind)
        return true
    }

    /// Text, unless there is none.
    private mutating func emit(_ kind: TemplateToken.Kind, until end: Int) {
        if end > start {
            advance(to: end)
            emit(kind)
        }
    }

    private mutating func emit(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, offset: start, text: String(decoding: bytes[start..<position], as: UTF8.self), line: startLine))
        skip()
    }

    /// Lets the next token begin here.
    private mutating func skip() { (start, startLine) = (position, line) }

    private mutating func fail(_ reason: String) -> Bool {
        tokens.append(TemplateToken(kind: .error, offset: start, text: reason, line: startLine))
        return false
    }

    // MARK: Characters

    private func scalar(at place: Int) -> Unicode.Scalar {
        guard place < bytes.count else { return "\u{0}" }
        let end = min(place + Self.length(bytes[place]), bytes.count)
        return String(decoding: bytes[place..<end], as: UTF8.self).unicodeScalars.first ?? "\u{fffd}"
    }

    private static func length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4 }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "_" { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: return true
        default: return false
        }
    }
}

extension ArraySlice<UInt8> {
    /// Where a byte is first followed by another.
    fileprivate func firstIndex(of first: UInt8, followedBy second: UInt8) -> Int? {
        var index = startIndex
        while index + 1 < endIndex {
            if self[index] == first, self[index + 1] == second { return index }
            index += 1
        }
        return nil
    }
}
