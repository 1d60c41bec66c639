/// Why a JSON text is refused, and where.
package struct JSONError: Error, Equatable, Sendable {
    package enum Code: String, Sendable {
        case unexpectedEnd = "unexpected_end"
        case unexpectedCharacter = "unexpected_character"
        case invalidNumber = "invalid_number"
        case invalidString = "invalid_string"
        case invalidUTF8 = "invalid_utf8"
        case tooDeep = "too_deep"
        case trailingCharacters = "trailing_characters"
    }

    package let code: Code
    /// Bytes from the start of the scanned text.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// A sentence for people.
    package var reason: String {
        switch code {
        case .unexpectedEnd: "the JSON text ends too early"
        case .unexpectedCharacter: "a character that JSON does not allow here"
        case .invalidNumber: "not a JSON number"
        case .invalidString: "a string with a control character or a broken escape"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .tooDeep: "objects or arrays nested more than \(JSONScanner.depthMax) deep"
        case .trailingCharacters: "characters behind the end of the JSON value"
        }
    }
}
