/// A query that cannot be read, with the place.
package struct PromQLSyntaxError: Error, Sendable, Equatable {
    /// Prometheus's words, without the position.
    package let message: String
    package let range: SourceRange
    /// 1-based line and column of the range's start; the column counts bytes, as Prometheus does. Both are 0 for an empty query, which has no places.
    package let line: Int
    package let column: Int

    package init(message: String, range: SourceRange, line: Int, column: Int) {
        self.message = message
        self.range = range
        self.line = line
        self.column = column
    }

    /// As the Prometheus API writes it: `1:5: parse error: unexpected <aggr:sum>`.
    package var description: String { "\(line == 0 ? "unknown position" : "\(line):\(column)"): parse error: \(message)" }
}

extension PromQLLexer {
    /// 1-based line and column, in bytes, of a byte of the text; zeros when the text is empty.
    func place(of offset: Int) -> (line: Int, column: Int) {
        if bytes.isEmpty { return (0, 0) }
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return (line, offset - lineStart + 1)
    }
}
