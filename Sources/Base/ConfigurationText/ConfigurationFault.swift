/// Why a file of configuration is refused, and where.
package struct ConfigurationFault: Error, Sendable, Equatable {
    package let message: String
    /// From 1; 0 when the place is not known.
    package let line: Int
    package let column: Int

    package init(_ message: String, line: Int = 0, column: Int = 0) {
        self.message = message
        self.line = line
        self.column = column
    }

    /// With its place: `line 3, column 7: ...`.
    package var reason: String { line > 0 ? "line \(line), column \(column): \(message)" : message }
}
