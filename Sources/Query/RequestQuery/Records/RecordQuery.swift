package import GatewayModel

/// Asks for single records: which, in what order, how many, and which of their fields.
package struct RecordQuery: Sendable, Equatable {
    package var from: TimeExpression = .lastHour
    package var to: TimeExpression = .now
    package var filter: QueryFilter = .all
    package var sort = RecordSort(.time, descending: true)
    /// Records of a page, 1 to ``QueryLimits/pageRecordsMax``; for exports the most records in all, nil for no limit.
    package var limit: Int?
    /// nil for the first page.
    package var cursor: RecordCursor?
    /// In the order in which they are written.
    package var fields: [RequestField] = RecordQuery.allFields
    package var timeZone: QueryTimeZone = .utc

    package init() {}

    /// Every field, in the schema's order.
    package static let allFields = RequestSchema.definitions.map(\.field)

    package func range(now: Timestamp) throws(QueryError) -> TimeRange {
        try TimeRange.resolve(from: from, to: to, now: now, zone: timeZone)
    }
}

/// The order of records. Records of equal value stand in order of arrival, in the same direction; those without a value come last.
package struct RecordSort: Sendable, Equatable {
    package let field: RequestField
    package let isDescending: Bool

    package init(_ field: RequestField, descending: Bool) {
        self.field = field
        isDescending = descending
    }

    /// `-time`, `duration`
    package var text: String { (isDescending ? "-" : "") + field.name }
}

/// A record question's keys as texts, as a URL says them. nil is "not said".
package struct RecordQueryParameters: Sendable, Equatable {
    package var from: String?
    package var to: String?
    package var `where`: String?
    package var sort: String?
    package var limit: String?
    package var cursor: String?
    /// A comma-separated list.
    package var fields: String?
    package var timeZone: String?

    package init() {}

    /// Understands the texts.
    ///
    /// - Parameters:
    ///   - outer: a filter that records must pass besides `where`.
    ///   - limitMax: the largest `limit`, nil for none (exports).
    /// - Throws: the first key that is wrong.
    package func query(outer: QueryFilter = .all, limitMax: Int? = QueryLimits.pageRecordsMax) throws(QueryError) -> RecordQuery {
        var query = RecordQuery()
        if let timeZone { query.timeZone = try QueryTimeZone(timeZone) }
        if let from { query.from = try TimeExpression(from, field: "from") }
        if let to { query.to = try TimeExpression(to, field: "to") }
        query.filter = outer.and(try QueryFilter(`where` ?? ""))
        if let sort {
            let isDescending = sort.hasPrefix("-")
            query.sort = RecordSort(try Self.field(isDescending ? String(sort.dropFirst()) : sort, "sort"), descending: isDescending)
        }
        if let limit {
            guard let number = Int(limit.trimmingSpaces()), number >= 1, number <= limitMax ?? .max else {
                throw QueryError(.invalidRequest, limitMax.map { "limit must lie between 1 and \($0)" } ?? "limit must be a positive integer", field: "limit")
            }
            query.limit = number
        }
        if let fields {
            var chosen: [RequestField] = []
            // Every record is written with its `id`, so asking for it is right and changes nothing.
            for name in fields.split(separator: ",") where name.trimmingSpaces() != "id" {
                let field = try Self.field(name.trimmingSpaces(), "fields")
                if !chosen.contains(field) { chosen.append(field) }
            }
            if !chosen.isEmpty { query.fields = chosen }
        }
        if let cursor, !cursor.isEmpty {
            let parsed = try RecordCursor(cursor)
            guard parsed.fingerprint == RecordCursor.fingerprint(query.filter, query.sort) else {
                throw QueryError(.invalidRequest, "the cursor belongs to another filter or sort", field: "cursor", hint: "start again without a cursor")
            }
            query.cursor = parsed
        }
        return query
    }

    private static func field(_ name: String, _ key: String) throws(QueryError) -> RequestField {
        guard let field = RequestField(named: name) else {
            throw QueryError(.unknownField, "there is no field '\(name.prefix(128))'", field: key, hint: "see /api/v1/fields for the fields")
        }
        return field
    }
}
