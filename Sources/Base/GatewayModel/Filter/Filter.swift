/// A condition on records: the one filter language's syntax tree, resolved against the schema. `docs/reference/filter-language.md` has the text form.
///
/// Absent values match no test (so `not` of a test matches them), as in KQL.
package indirect enum Filter: Sendable, Hashable {
    /// Every record.
    case all
    /// Records that pass every one; `.and([])` is every record.
    case and([Filter])
    /// Records that pass at least one; `.or([])` is none.
    case or([Filter])
    case not(Filter)
    /// The field has a value.
    case exists(RequestField)
    /// An integer field lies in the closed range, in inside units (microseconds, nano-dollars, 0/1 for booleans).
    case range(RequestField, ClosedRange<Int64>)
    /// A string field matches one of the patterns.
    case matches(RequestField, [TextPattern])

    /// This filter and another, flattened.
    package func and(_ other: Filter) -> Filter {
        switch (self, other) {
        case (.all, _): other
        case (_, .all): self
        case (.and(let left), .and(let right)): .and(left + right)
        case (.and(let left), _): .and(left + [other])
        case (_, .and(let right)): .and([self] + right)
        default: .and([self, other])
        }
    }

    /// The fields it looks at.
    package var fields: Set<RequestField> {
        switch self {
        case .all: []
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let part): part.fields
        case .exists(let field), .range(let field, _), .matches(let field, _): [field]
        }
    }
}

/// A string to compare with: literal text with `*` for any run of characters. Case matters.
package struct TextPattern: Sendable, Hashable {
    /// The literal pieces between the wildcards: one piece means equality, `["gpt-", ""]` means a prefix.
    package let pieces: [String]

    /// Equality with `text`, taken literally.
    package init(exactly text: String) { pieces = [text] }

    /// `text` with `*` as wildcard.
    package init(wildcard text: String) {
        pieces = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    /// From ready-made pieces (at least one).
    package init(pieces: [String]) { self.pieces = pieces.isEmpty ? [""] : pieces }

    package var isExact: Bool { pieces.count == 1 }

    package func matches(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { unsafe matches(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the UTF-8 bytes match; linear in the text for each piece (leftmost match suffices for all but the last piece).
    package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = pieces.first, let last = pieces.last else { return false }
        if isExact { return unsafe text.elementsEqual(first.utf8) }
        let head = first.utf8.count
        let tail = last.utf8.count
        guard text.count >= head + tail, unsafe text.prefix(head).elementsEqual(first.utf8), unsafe text.suffix(tail).elementsEqual(last.utf8)
        else { return false }
        var position = head
        let end = text.count - tail
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = unsafe Self.find(Array(piece.utf8), in: text, from: position, to: end) else { return false }
            position = found + piece.utf8.count
        }
        return true
    }

    private static func find(_ needle: [UInt8], in text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
        var position = start
        while position + needle.count <= end {
            if unsafe text[position] == needle[0], unsafe text[position..<position + needle.count].elementsEqual(needle) { return position }
            position += 1
        }
        return nil
    }
}

/// Why a filter text is refused.
package struct FilterError: Error, Equatable, Sendable {
    /// What is wrong, as a sentence.
    package let message: String
    /// Line of the text, from 1.
    package let line: Int
    /// Character in the line, from 1.
    package let column: Int
    /// What to write instead; nil when there is nothing to suggest.
    package let hint: String?

    package init(_ message: String, line: Int, column: Int, hint: String? = nil) {
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
    }
}
