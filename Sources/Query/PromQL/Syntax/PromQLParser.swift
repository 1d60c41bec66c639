/// A query that cannot be read, with the place.
package struct PromQLSyntaxError: Error, Sendable, Equatable {
    /// Prometheus's words, without the position.
    package let message: String
    package let range: SourceRange
    /// 1-based line and column (in characters, as Prometheus counts them) of the range's start.
    package let line: Int
    package let column: Int

    package init(message: String, range: SourceRange, line: Int, column: Int) {
        self.message = message
        self.range = range
        self.line = line
        self.column = column
    }

    /// As the Prometheus API writes it: `1:5: parse error: unexpected <aggr:sum>`.
    package var description: String { "\(line):\(column): parse error: \(message)" }
}
