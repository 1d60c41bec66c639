internal import GatewayModel

/// Why a question could not be asked or answered: the one error type of this module.
package struct QueryError: Error, Sendable, Equatable {
    /// The kind of error, spelled as the API's `code`. Closed: each maps to one HTTP status.
    package enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidFilter = "invalid_filter"
        case invalidTime = "invalid_time"
        case invalidMeasure = "invalid_measure"
        case unknownField = "unknown_field"
        /// The answer would need more than a limit of ``QueryLimits`` allows; the message names the limit.
        case queryLimit = "query_limit"
        /// The deadline passed.
        case queryTimeout = "query_timeout"
        /// Too many queries wait already: ask again later.
        case overloaded
        /// The asker went away; nobody is left to read the answer.
        case cancelled
        /// A part of the store that was needed could not be read.
        case `internal`
    }

    /// A place in the text of a filter or measure, both from 1.
    package struct Position: Sendable, Equatable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package let code: Code
    /// What is wrong, as a sentence.
    package let message: String
    /// The key of the question that is at fault, for example `where` or `measures[1]`; nil when it is the whole.
    package let field: String?
    /// What to write instead; nil when there is nothing to suggest.
    package let hint: String?
    /// Where in the text of `field`; nil when the whole text is at fault.
    package let position: Position?

    package init(_ code: Code, _ message: String, field: String? = nil, hint: String? = nil, position: Position? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.position = position
    }

    /// A filter's error, in the question's key `field`; `columnsBefore` characters stand before the filter on its first line.
    init(_ error: FilterError, field: String, columnsBefore: Int = 0) {
        let column = error.line == 1 ? error.column + columnsBefore : error.column
        self.init(.invalidFilter, error.message, field: field, hint: error.hint, position: Position(line: error.line, column: column))
    }

    /// The same error, said of another key.
    func inField(_ field: String) -> QueryError { QueryError(code, message, field: field, hint: hint, position: position) }
}
