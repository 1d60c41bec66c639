internal import GatewayModel

/// A question's keys as texts: what a URL, a command line or a JSON body says before it is understood. nil is "not said".
///
/// A key that a batch gives beside its queries stands in ``QueryParameters/inheriting(_:)``.
package struct QueryParameters: Sendable, Hashable {
    package var from: String?
    package var to: String?
    /// An empty text asks for no buckets even where a batch gives a width.
    package var every: String?
    package var measures: [String]?
    package var by: [String]?
    package var `where`: String?
    package var order: String?
    package var limit: Int?
    package var offset: Int?
    package var other: Bool?
    package var timeZone: String?
    /// `on` or `off`.
    package var rollups: String?

    package init() {}

    /// These parameters with those of a batch where this question says nothing. Filters are kept apart: see ``query(outer:)``.
    package func inheriting(_ outer: QueryParameters) -> QueryParameters {
        var merged = self
        merged.from = from ?? outer.from
        merged.to = to ?? outer.to
        merged.every = every ?? outer.every
        merged.timeZone = timeZone ?? outer.timeZone
        merged.rollups = rollups ?? outer.rollups
        return merged
    }

    /// Understands the texts.
    ///
    /// - Parameter outer: a filter that records must pass besides `where`.
    /// - Throws: the first key that is wrong, in the order of the fields above.
    package func query(outer: QueryFilter = .all) throws(QueryError) -> RequestQuery {
        var query = RequestQuery()
        if let timeZone { query.timeZone = try QueryTimeZone(timeZone) }
        if let from { query.from = try TimeExpression(from, field: "from") }
        if let to { query.to = try TimeExpression(to, field: "to") }
        if let every, !every.isEmpty { query.every = try BucketWidth(every) }
        if let measures { query.measures = try Self.measures(measures) }
        if let by { query.by = try Self.groupFields(by) }
        query.filter = outer.and(try QueryFilter(`where` ?? ""))
        if let order { query.order = try Self.order(order, query) }
        if let limit {
            guard limit >= 1, limit <= QueryLimits.groupLimitMax else {
                throw QueryError(.invalidRequest, "limit must lie between 1 and \(QueryLimits.groupLimitMax)", field: "limit")
            }
            query.limit = limit
        }
        if let offset {
            guard offset >= 0, offset <= QueryLimits.groupOffsetMax else {
                throw QueryError(.invalidRequest, "offset must lie between 0 and \(QueryLimits.groupOffsetMax)", field: "offset")
            }
            query.offset = offset
        }
        query.other = other ?? false
        if let rollups {
            guard rollups == "on" || rollups == "off" else { throw QueryError(.invalidRequest, "rollups is on or off", field: "rollups") }
            query.usesRollups = rollups == "on"
        }
        return query
    }

    private static func measures(_ texts: [String]) throws(QueryError) -> [QueryMeasure] {
        guard !texts.isEmpty, texts.count <= QueryLimits.measuresMax else {
            throw QueryError(.invalidRequest, "a query has 1 to \(QueryLimits.measuresMax) measures", field: "measures")
        }
        var measures: [QueryMeasure] = []
        for (index, text) in texts.enumerated() {
            let measure = try QueryMeasure(text, field: "measures[\(index)]")
            guard !measures.contains(where: { $0.name == measure.name }) else {
                throw QueryError(
                    .invalidMeasure, "two measures are named '\(measure.name)'", field: "measures[\(index)]",
                    hint: "give one another name: \(measure.function.text) as name")
            }
            measures.append(measure)
        }
        return measures
    }

    private static func groupFields(_ names: [String]) throws(QueryError) -> [RequestField] {
        guard names.count <= QueryLimits.groupFieldsMax else {
            throw QueryError(.invalidRequest, "a query groups by at most \(QueryLimits.groupFieldsMax) fields", field: "by")
        }
        var fields: [RequestField] = []
        for (index, name) in names.enumerated() {
            guard let field = RequestField(named: name.trimmingSpaces()) else {
                throw QueryError(.unknownField, "there is no field '\(name.prefix(128))'", field: "by[\(index)]", hint: "see /api/v1/fields for the fields")
            }
            guard RequestQuery.canGroup(by: field) else {
                throw QueryError(
                    .invalidRequest, "'\(field.name)' has too many values to group by", field: "by[\(index)]",
                    hint: "group by a dimension such as model, client or status_class")
            }
            guard !fields.contains(field) else { throw QueryError(.invalidRequest, "'\(field.name)' is given twice", field: "by[\(index)]") }
            fields.append(field)
        }
        return fields
    }

    /// `-p95(duration)`, `model`, `-time`, or a measure's text in any spelling.
    private static func order(_ text: String, _ query: RequestQuery) throws(QueryError) -> QueryOrder {
        let trimmed = text.trimmingSpaces()
        let isDescending = trimmed.hasPrefix("-")
        let name = (isDescending || trimmed.hasPrefix("+") ? String(trimmed.dropFirst()) : trimmed).trimmingSpaces()
        if let index = query.measures.firstIndex(where: { $0.name == name }) { return QueryOrder(.measure(index), descending: isDescending) }
        if let field = RequestField(named: name), let index = query.by.firstIndex(of: field) { return QueryOrder(.group(index), descending: isDescending) }
        if name == "time", query.every != nil { return QueryOrder(.time, descending: false) }
        if let function = try? QueryMeasure(name).function, let index = query.measures.firstIndex(where: { $0.function == function }) {
            return QueryOrder(.measure(index), descending: isDescending)
        }
        let names = query.measures.map(\.name) + query.by.map(\.name)
        throw QueryError(
            .invalidRequest, "'\(name.prefix(128))' is neither a measure nor a group of this query", field: "order",
            hint: "one of: " + names.joined(separator: ", "))
    }
}
