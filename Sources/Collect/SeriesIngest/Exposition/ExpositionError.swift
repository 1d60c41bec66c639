/// Why a text of samples is refused, and where.
package struct ExpositionError: Error, Sendable, Equatable {
    /// A sentence's end: what is wrong.
    package let message: String
    /// From 1.
    package let line: Int
    /// Bytes from the start of the line, from 1.
    package let column: Int

    package init(_ message: String, line: Int, column: Int) {
        self.message = message
        self.line = line
        self.column = column
    }

    /// With its place: `line 3, column 7: the value is not a number`.
    package var reason: String { "line \(line), column \(column): \(message)" }
}
