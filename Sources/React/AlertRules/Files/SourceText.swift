internal import GatewayModel
internal import Yams

/// A text with its lines, for finding where a scalar's characters stand in it.
///
/// YAML folds lines, takes indentation away and resolves escapes, so that a place within a scalar's value says nothing about the file. The two texts are
/// walked side by side instead, white space aside, which YAML alone changes; at an escape that stands for something else the walk ends.
struct SourceText {
    private let text: String.UnicodeScalarView
    private let lineStarts: [String.Index]

    init(_ text: String) {
        self.text = text.unicodeScalars
        var starts = [self.text.startIndex]
        var index = self.text.startIndex
        while index < self.text.endIndex {
            let scalar = self.text[index]
            self.text.formIndex(after: &index)
            if scalar == "\r", index < self.text.endIndex, self.text[index] == "\n" { continue }
            if Self.isLineBreak(scalar) { starts.append(index) }
        }
        lineStarts = starts
    }

    /// As YAML 1.1 knows them.
    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || isLineBreak(scalar) }

    /// Where a byte of a scalar's value stands in the text.
    ///
    /// - Parameter offset: in UTF-8 bytes from the start of the value.
    /// - Returns: the place reached when the walk ends before; nil when the scalar's own place is not known.
    func place(of offset: Int, in scalar: Node.Scalar) -> TextPlace? {
        guard var cursor = cursor(at: scalar) else { return nil }
        var found = cursor.place
        var byte = 0
        for value in scalar.string.unicodeScalars {
            if !Self.isSpace(value) {
                skipSpaces(&cursor, scalar.style)
                found = cursor.place
                if byte >= offset || !consume(value, &cursor, scalar.style) { return found }
            }
            byte += UTF8.width(value)
        }
        return cursor.place
    }

    /// The part of the text that holds a part of an expression which begins at a place.
    ///
    /// - Parameter bytes: of the expression, in UTF-8.
    /// - Returns: nil when the text has something else there, as where the expression is written with escapes.
    func range(of bytes: Range<Int>, in expression: String, from place: TextPlace) -> Range<String.Index>? {
        guard (1...lineStarts.count).contains(place.line),
            let start = text.index(lineStarts[place.line - 1], offsetBy: place.column - 1, limitedBy: text.endIndex)
        else { return nil }
        var cursor = Cursor(index: start, place: place)
        var byte = 0
        var lower: String.Index?
        var upper = start
        for value in expression.unicodeScalars {
            if byte >= bytes.upperBound, lower != nil { break }
            if !Self.isSpace(value) {
                skipSpaces(&cursor, .plain)
                if byte >= bytes.lowerBound, lower == nil { lower = cursor.index }
                guard consume(value, &cursor, .plain) else { return nil }
                upper = cursor.index
            }
            byte += UTF8.width(value)
        }
        return lower.map { $0..<max($0, upper) }
    }

    private struct Cursor {
        var index: String.Index
        var place: TextPlace
    }

    /// At the first character of a scalar's content: after the quote, or on the line after `|` and `>`.
    private func cursor(at scalar: Node.Scalar) -> Cursor? {
        guard let mark = scalar.mark, (1...lineStarts.count).contains(mark.line) else { return nil }
        if scalar.style == .literal || scalar.style == .folded {
            guard mark.line < lineStarts.count else { return nil }
            return Cursor(index: lineStarts[mark.line], place: TextPlace(line: mark.line + 1, column: 1))
        }
        guard let index = text.index(lineStarts[mark.line - 1], offsetBy: mark.column - 1, limitedBy: text.endIndex) else { return nil }
        var cursor = Cursor(index: index, place: TextPlace(line: mark.line, column: mark.column))
        if scalar.style == .singleQuoted || scalar.style == .doubleQuoted { step(&cursor) }
        return cursor
    }

    private func scalar(at cursor: Cursor) -> Unicode.Scalar? { cursor.index < text.endIndex ? text[cursor.index] : nil }

    private func scalar(after cursor: Cursor) -> Unicode.Scalar? {
        guard cursor.index < text.endIndex else { return nil }
        let next = text.index(after: cursor.index)
        return next < text.endIndex ? text[next] : nil
    }

    private func step(_ cursor: inout Cursor) {
        guard cursor.index < text.endIndex else { return }
        let endsLine = Self.isLineBreak(text[cursor.index]) && !(text[cursor.index] == "\r" && scalar(after: cursor) == "\n")
        text.formIndex(after: &cursor.index)
        if endsLine {
            cursor.place = TextPlace(line: cursor.place.line + 1, column: 1)
        } else {
            cursor.place.column += 1
        }
    }

    private func skipSpaces(_ cursor: inout Cursor, _ style: Node.Scalar.Style) {
        while let scalar = scalar(at: cursor) {
            if style == .doubleQuoted, scalar == "\\", let escaped = self.scalar(after: cursor), "ntr ".unicodeScalars.contains(escaped) || Self.isLineBreak(escaped) {
                step(&cursor)
            } else if !Self.isSpace(scalar) {
                return
            }
            step(&cursor)
        }
    }

    /// Steps over one character of the value; false when the text has another one there.
    private func consume(_ value: Unicode.Scalar, _ cursor: inout Cursor, _ style: Node.Scalar.Style) -> Bool {
        if style == .doubleQuoted, scalar(at: cursor) == "\\" { step(&cursor) }
        if style == .singleQuoted, value == "'" { step(&cursor) }
        guard scalar(at: cursor) == value else { return false }
        step(&cursor)
        return true
    }
}
