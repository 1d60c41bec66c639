internal import GatewayModel

/// A piece of a template's text, as the parser sees it.
struct TemplateToken: Sendable, Equatable {
    enum Kind: Equatable {
        case text, leftDelimiter, rightDelimiter, space
        case identifier, field, variable, bool, number, complex, character, string, rawString
        case assign, declare, pipe, leftParenthesis, rightParenthesis, other
        case keyword(TemplateKeyword)
        case end
        /// The text is why it cannot be read.
        case error
    }

    var kind: Kind
    /// Bytes from the start of the template.
    var offset: Int
    var text: String
    /// From 1.
    var line: Int

    /// How errors name it: quoted, keywords in angle brackets, cut after ten characters.
    var described: String {
        switch kind {
        case .end: "EOF"
        case .error: text
        case .keyword: "<\(text)>"
        default: text.unicodeScalars.count > 10 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(10))).goQuoted + "..." : text.goQuoted
        }
    }
}

/// The words that mean something by themselves; the dot is one of them in error messages.
enum TemplateKeyword: String {
    case dot = "."
    case block, `break`, `continue`, define, `else`, end, `if`, `nil`, range, template, with
}
