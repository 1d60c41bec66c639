/// Why a query has no answer, in Prometheus's words.
package struct PromQLError: Error, Sendable, Equatable {
    /// The error types of the Prometheus API.
    package enum Kind: String, Sendable {
        /// The query itself is at fault.
        case badData = "bad_data"
        /// The query is in order, but not over this data, or it needs more than a limit allows.
        case execution
        case timeout
        case canceled
        /// Samples could not be read.
        case `internal`
    }

    package let kind: Kind
    /// A sentence without position.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    static func execution(_ message: String) -> PromQLError { PromQLError(.execution, message) }

    static let sameLabels = execution("vector cannot contain metrics with the same labelset")
    static let tooManySamples = execution("query processing would load too many samples into memory in query execution")
    static let canceled = PromQLError(.canceled, "query was canceled in expression evaluation")
    static let timedOut = PromQLError(.timeout, "query timed out in expression evaluation")
}
