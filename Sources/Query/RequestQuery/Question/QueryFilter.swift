package import GatewayModel

/// A filter with the text it was written as, so that a question can be written back as it was asked.
package struct QueryFilter: Sendable, Equatable {
    /// The text; empty for every record.
    package let text: String
    package let filter: Filter

    /// Every record.
    package static let all = QueryFilter(text: "", filter: .all)

    /// A ready-made filter and the text that means it.
    package init(text: String, filter: Filter) {
        self.text = text
        self.filter = filter
    }

    /// Parses `text`.
    ///
    /// - Parameter field: the key of the question that the error shall name.
    /// - Throws: `invalid_filter` with the position in the text.
    package init(_ text: String, field: String = "where") throws(QueryError) {
        do throws(FilterError) {
            self.init(text: text, filter: try FilterParser.parse(text))
        } catch {
            throw QueryError(error, field: field)
        }
    }

    /// Records that pass both, for example a question's own filter and the one of a batch or of the asker's rights.
    package func and(_ other: QueryFilter) -> QueryFilter {
        if filter == .all { return other }
        if other.filter == .all { return self }
        return QueryFilter(text: "(\(text)) and (\(other.text))", filter: filter.and(other.filter))
    }
}
