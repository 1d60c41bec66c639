internal import GatewayModel

/// The newer grammar: names and values are any text in double quotes, or text without reserved characters; braces around all are optional, but both or none.
struct QuotedMatcherParser {
    private enum Token: Equatable {
        case openBrace, closeBrace, comma
        case comparison(SeriesMatcher.Comparison)
        /// A name or a value, without its quotes.
        case word(String)
    }

    private var rest: Substring.UnicodeScalarView
    private let end: Int
    private var matchers: [SeriesMatcher] = []

    private init(_ text: String) {
        rest = text.unicodeScalars[...]
        end = text.unicodeScalars.count
    }

    static func parse(_ text: String) throws(MatcherSyntaxError) -> [SeriesMatcher] {
        var parser = QuotedMatcherParser(text)
        try parser.read()
        return parser.matchers
    }

    private mutating func read() throws(MatcherSyntaxError) {
        var next = try token()
        let isBraced = next == .openBrace
        if isBraced { next = try token() }
        while let first = next, first != .closeBrace {
            try readMatcher(named: first)
            next = try token()
            guard next == .comma else { break }
            next = try token()
        }
        if isBraced {
            guard next == .closeBrace else { throw failure("expected close brace") }
            next = try token()
        } else if next == .closeBrace {
            throw failure("expected opening brace")
        }
        guard next == nil else { throw failure("expected end of input") }
    }

    private mutating func readMatcher(named first: Token) throws(MatcherSyntaxError) {
        guard case .word(let name) = first else { throw failure("expected label name") }
        guard case .comparison(let comparison)? = try token() else { throw failure("expected an operator such as '=', '!=', '=~' or '!~'") }
        guard case .word(let value)? = try token() else { throw failure("expected label value") }
        matchers.append(try MatcherReader.make(name, comparison, value))
    }

    private func failure(_ message: String) -> MatcherSyntaxError { MatcherSyntaxError(message: "0:\(end - rest.count): \(message)") }

    // MARK: Tokens

    private mutating func token() throws(MatcherSyntaxError) -> Token? {
        rest = rest.drop { $0.properties.isWhitespace }
        guard let first = rest.first else { return nil }
        switch first {
        case "{": return take(1, .openBrace)
        case "}": return take(1, .closeBrace)
        case ",": return take(1, .comma)
        case "=": return rest.dropFirst().first == "~" ? take(2, .comparison(.matches)) : take(1, .comparison(.equal))
        case "!":
            switch rest.dropFirst().first {
            case "=": return take(2, .comparison(.notEqual))
            case "~": return take(2, .comparison(.matchesNot))
            default: throw failure("expected one of '=~'")
            }
        case "\"": return .word(try quoted())
        default:
            let word = rest.prefix { !MatcherReader.isReserved($0) }
            guard !word.isEmpty else { throw failure("\(first): invalid input") }
            rest = rest.dropFirst(word.count)
            return .word(String(word))
        }
    }

    private mutating func take(_ count: Int, _ token: Token) -> Token {
        rest = rest.dropFirst(count)
        return token
    }

    private mutating func quoted() throws(MatcherSyntaxError) -> String {
        var isEscaped = false
        for (offset, scalar) in rest.enumerated().dropFirst() {
            if !isEscaped, scalar == "\"" {
                let written = Array(String(rest.prefix(offset + 1)).utf8)
                rest = rest.dropFirst(offset + 1)
                guard !written.contains(UInt8(ascii: "\n")), let bytes = String.goUnquotedBytes(written[...]), let text = String(validating: bytes, as: UTF8.self) else {
                    throw failure("\(String(decoding: written, as: UTF8.self)): invalid input")
                }
                return text
            }
            isEscaped = !isEscaped && scalar == "\\"
        }
        throw failure("missing end \"")
    }
}
