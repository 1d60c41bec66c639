internal import GatewayModel

/// Cuts a query into words and signs.
///
/// What a character means depends on where it stands: plain text, between braces, or at the start of a bracket, where durations are expected.
/// Errors have Prometheus's words and places; after the first one there is nothing but the end.
///
/// Source: prometheus/prometheus `promql/parser/lex.go`.
struct PromQLLexer {
    private enum Mode { case plain, braces, duration, finished }

    let bytes: [UInt8]
    /// Where the next character is read.
    var position = 0
    /// Where the token being read starts.
    var start = 0
    /// The message of a token of kind ``TokenKind/error``.
    private(set) var message = ""
    private var mode = Mode.plain
    private var parenthesesOpen = 0
    private var isBracketOpen = false
    private var hasColon = false
    private var hasDuration = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func text(_ range: SourceRange) -> String { String(decoding: bytes[range.start..<range.end], as: UTF8.self) }

    /// The next word or sign, comments left out.
    mutating func next() -> Token {
        while true {
            let kind: TokenKind? =
                switch mode {
                case .plain: lexPlain()
                case .braces: lexBraces()
                case .duration: lexDuration()
                case .finished: .end
                }
            if let kind {
                let token = Token(kind: kind, range: SourceRange(start, kind == .error ? bytes.count : position))
                start = position
                return token
            }
            start = position
        }
    }

    // MARK: Modes. Each reads one token, or returns nil when it has only skipped something.

    private mutating func lexPlain() -> TokenKind? {
        guard let byte = peek() else { return lexEnd() }
        if let skipped = skipSpacesAndComments(byte) { return skipped }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) { return lexNumberOrDuration() }
        if Self.isLetter(byte) || byte == UInt8(ascii: ":") { return isBracketOpen ? lexWordInBrackets(byte) : lexWord() }
        position += 1
        switch byte {
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: "*"): return .binary(.multiply)
        case UInt8(ascii: "/"): return .binary(.divide)
        case UInt8(ascii: "%"): return .binary(.modulo)
        case UInt8(ascii: "+"): return .binary(.add)
        case UInt8(ascii: "-"): return .binary(.subtract)
        case UInt8(ascii: "^"): return .binary(.power)
        case UInt8(ascii: "@"): return .at
        case UInt8(ascii: "="): return lexEqualSign()
        case UInt8(ascii: "!"):
            let following = nextScalar()
            return following == "=" ? .binary(.notEqual) : fail("unexpected character after '!': \(Self.quoted(following))")
        case UInt8(ascii: "<"): return .binary(take("=") ? .lessOrEqual : take("/") ? .trimUpper : .less)
        case UInt8(ascii: ">"): return .binary(take("=") ? .greaterOrEqual : take("/") ? .trimLower : .greater)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return lexString(quote: byte)
        case UInt8(ascii: "`"): return lexRawString()
        case UInt8(ascii: "("): return openParenthesis()
        case UInt8(ascii: ")"): return closeParenthesis()
        case UInt8(ascii: "{"):
            mode = .braces
            return .leftBrace
        case UInt8(ascii: "["):
            if isBracketOpen { return fail("unexpected left bracket '['") }
            hasColon = false
            isBracketOpen = true
            mode = .duration
            return .leftBracket
        case UInt8(ascii: "]"):
            if !isBracketOpen { return fail("unexpected right bracket ']'") }
            isBracketOpen = false
            return .rightBracket
        default:
            position -= 1
            return fail("unexpected character: \(Self.quoted(nextScalar()))")
        }
    }

    /// Between braces words have no meaning of their own.
    private mutating func lexBraces() -> TokenKind? {
        guard let byte = peek() else { return fail("unexpected end of input inside braces") }
        if let skipped = skipSpacesAndComments(byte) { return skipped }
        if Self.isLetter(byte) {
            skipWhile(Self.isLetterOrDigit)
            return .identifier
        }
        position += 1
        switch byte {
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return lexString(quote: byte)
        case UInt8(ascii: "`"): return lexRawString()
        case UInt8(ascii: "="): return take("~") ? .matchesPattern : .assign
        case UInt8(ascii: "!"):
            switch nextScalar() {
            case "~": return .matchesNotPattern
            case "=": return .binary(.notEqual)
            case let other: return fail("unexpected character after '!' inside braces: \(Self.quoted(other))")
            }
        case UInt8(ascii: "{"): return fail("unexpected left brace '{'")
        case UInt8(ascii: "}"):
            mode = .plain
            return .rightBrace
        default:
            position -= 1
            return fail("unexpected character inside braces: \(Self.quoted(nextScalar()))")
        }
    }

    /// From an opening bracket to the first number.
    private mutating func lexDuration() -> TokenKind? {
        guard let byte = peek() else { return fail("unexpected end of input in duration expression") }
        if Self.isSpace(byte) {
            skipWhile(Self.isSpace)
            return nil
        }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) {
            hasDuration = true
            mode = .plain
            return lexNumberOrDuration()
        }
        if let kind = takeDurationWord() { return kind }
        let scalar = nextScalar()
        switch scalar {
        case "]":
            isBracketOpen = false
            hasColon = false
            mode = .plain
            return .rightBracket
        case ":":
            start = position
            if !hasDuration { return fail("unexpected colon before duration in duration expression") }
            if hasColon { return fail("unexpected repeated colon in duration expression") }
            start = position - 1
            hasColon = true
            return .colon
        case "(": return openParenthesis()
        case ")": return closeParenthesis()
        case "+": return .binary(.add)
        case "-": return .binary(.subtract)
        case "*": return .binary(.multiply)
        case "/": return .binary(.divide)
        case "%": return .binary(.modulo)
        case "^": return .binary(.power)
        case ",": return .comma
        default: return fail("unexpected character in duration expression: \(Self.quoted(scalar))")
        }
    }

    // MARK: Parts

    private mutating func lexEnd() -> TokenKind {
        if parenthesesOpen != 0 { return fail("unclosed left parenthesis") }
        if isBracketOpen { return fail("unclosed left bracket") }
        mode = .finished
        return .end
    }

    /// Skips spaces or a comment; nil when there are none. The outer optional says whether something was skipped.
    private mutating func skipSpacesAndComments(_ byte: UInt8) -> TokenKind?? {
        if Self.isSpace(byte) {
            skipWhile(Self.isSpace)
            return .some(nil)
        }
        if byte == UInt8(ascii: "#") {
            skipWhile { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            return .some(nil)
        }
        return nil
    }

    private mutating func lexEqualSign() -> TokenKind {
        if take("=") { return .binary(.equal) }
        if peek() == UInt8(ascii: "~") { return fail("unexpected character after '=': '~'") }
        return .assign
    }

    private mutating func openParenthesis() -> TokenKind {
        parenthesesOpen += 1
        return .leftParenthesis
    }

    private mutating func closeParenthesis() -> TokenKind {
        parenthesesOpen -= 1
        if parenthesesOpen >= 0 { return .rightParenthesis }
        start = position
        return fail("unexpected right parenthesis ')'")
    }

    private mutating func lexWord() -> TokenKind {
        skipWhile { Self.isLetterOrDigit($0) || $0 == UInt8(ascii: ":") }
        let word = text(SourceRange(start, position))
        switch TokenKind(word: word) {
        // These three are younger than many metrics of such names.
        case .fill?, .fillLeft?, .fillRight?: return isFollowedByParenthesis ? TokenKind(word: word) ?? .identifier : .identifier
        case let kind?: return kind
        case nil: return word.utf8.contains(UInt8(ascii: ":")) ? .metricIdentifier : .identifier
        }
    }

    private var isFollowedByParenthesis: Bool {
        var index = position
        while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        return index < bytes.count && bytes[index] == UInt8(ascii: "(")
    }

    private mutating func lexWordInBrackets(_ byte: UInt8) -> TokenKind {
        if byte == UInt8(ascii: ":") {
            position += 1
            if hasColon { return fail("unexpected colon ':'") }
            hasColon = true
            return .colon
        }
        if let kind = takeDurationWord() { return kind }
        return fail("unexpected character: \(Self.quoted(nextScalar())), expected ':'")
    }

    /// `step`, `range`, `max_of` or `min_of`; takes nothing when there is another word.
    private mutating func takeDurationWord() -> TokenKind? {
        var end = position
        while end < bytes.count, Self.isLetter(bytes[end]) { end += 1 }
        guard end > position, let kind = TokenKind(word: text(SourceRange(position, end))) else { return nil }
        switch kind {
        case .step, .range, .maximumOf, .minimumOf:
            position = end
            return kind
        default: return nil
        }
    }

    // MARK: Characters

    func peek(_ distance: Int = 0) -> UInt8? { position + distance < bytes.count ? bytes[position + distance] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    mutating func skipWhile(_ condition: (UInt8) -> Bool) {
        while position < bytes.count, condition(bytes[position]) { position += 1 }
    }

    /// Takes a whole character; nil at the end.
    mutating func nextScalar() -> Unicode.Scalar? {
        guard let first = peek() else { return nil }
        let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        let end = min(position + length, bytes.count)
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars.first
    }

    mutating func fail(_ message: String) -> TokenKind {
        self.message = message
        mode = .finished
        return .error
    }

    /// In single quotes; the end is called as Go calls the character -1.
    static func quoted(_ scalar: Unicode.Scalar?) -> String { String.goQuoted(scalar ?? "\u{fffd}") }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }
    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}
