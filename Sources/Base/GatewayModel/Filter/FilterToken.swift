/// A word of the filter language, with where it stands.
struct FilterToken: Equatable {
    enum Kind: Equatable {
        /// An unquoted word: a field name, a value, possibly with `*`.
        case word(String)
        /// A quoted value, escapes resolved; `*` in it is literal.
        case quoted(String)
        case colon
        case leftParenthesis, rightParenthesis
        case leftBracket, rightBracket
        case comma
        case less, lessOrEqual, greater, greaterOrEqual, equal
        case end
    }

    let kind: Kind
    let line: Int
    let column: Int
}

/// Splits a filter text into tokens.
struct FilterLexer {
    private let characters: [Character]
    private var position = 0
    private var line = 1
    private var column = 1

    init(_ text: String) { characters = Array(text) }

    static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(FilterError) -> FilterToken {
        while let character = peek, character.isWhitespace { advance() }
        let (line, column) = (line, column)
        func token(_ kind: FilterToken.Kind) -> FilterToken { FilterToken(kind: kind, line: line, column: column) }
        guard let character = peek else { return token(.end) }
        switch character {
        case ":": return punctuation(token(.colon))
        case "(": return punctuation(token(.leftParenthesis))
        case ")": return punctuation(token(.rightParenthesis))
        case "[": return punctuation(token(.leftBracket))
        case "]": return punctuation(token(.rightBracket))
        case ",": return punctuation(token(.comma))
        case "=": return punctuation(token(.equal))
        case "<", ">":
            advance()
            let orEqual = peek == "="
            if orEqual { advance() }
            return token(character == "<" ? (orEqual ? .lessOrEqual : .less) : (orEqual ? .greaterOrEqual : .greater))
        case "\"": return token(.quoted(try quoted()))
        default: return token(.word(try word()))
        }
    }

    private mutating func punctuation(_ token: FilterToken) -> FilterToken {
        advance()
        return token
    }

    private mutating func quoted() throws(FilterError) -> String {
        let (startLine, startColumn) = (line, column)
        advance()
        var text = ""
        while let character = peek {
            advance()
            if character == "\"" { return text }
            if character == "\\", let escaped = peek {
                advance()
                text.append(escaped)
            } else {
                text.append(character)
            }
        }
        throw FilterError("a quoted value without its closing quote", line: startLine, column: startColumn, hint: "close it with \"")
    }

    /// A word ends at white space or punctuation. A colon inside a word belongs to it where it cannot separate a field from its value:
    /// the caller decides by the word before; here a word simply ends at it, and model names such as `anthropic.claude:0` are quoted or escaped.
    private mutating func word() throws(FilterError) -> String {
        var text = ""
        while let character = peek, !character.isWhitespace, !":()[],<>=\"".contains(character) {
            advance()
            if character == "\\", let escaped = peek {
                advance()
                // An escaped asterisk is a literal one; it is kept apart from wildcards until the pattern is made.
                text.append(escaped == "*" ? FilterLexer.literalAsterisk : escaped)
            } else {
                text.append(character)
            }
        }
        return text
    }

    /// Stands for `\*` inside a word: a private-use character that no name or value holds.
    static let literalAsterisk: Character = "\u{F8FF}"

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    private mutating func advance() {
        if characters[position].isNewline {
            line += 1
            column = 1
        } else {
            column += 1
        }
        position += 1
    }
}
