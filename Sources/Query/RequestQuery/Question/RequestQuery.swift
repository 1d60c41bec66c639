package import GatewayModel

/// A question over request records: which records, cut how, and what to compute of each piece.
///
/// A plain value; the text forms are in ``RequestQueryText``, the semantics in `docs/reference/http-api.md`.
package struct RequestQuery: Sendable, Equatable {
    /// The range is half open: `from <= time < to`.
    package var from: TimeExpression = .lastHour
    package var to: TimeExpression = .now
    /// Bucket width; nil for one row per group over the whole range.
    package var every: BucketWidth?
    /// At least one.
    package var measures: [QueryMeasure] = [QueryMeasure(.count)]
    /// Fields to group by, at most ``QueryLimits/groupFieldsMax``: dictionary fields, `status`, `stream`, `tool_called`.
    package var by: [RequestField] = []
    package var filter: QueryFilter = .all
    /// The order of the groups; nil is the first measure, descending.
    package var order: QueryOrder?
    /// Groups to keep; nil is the default of ``QueryLimits``.
    package var limit: Int?
    /// Groups passed over before the first that is kept: the pages of a long table.
    package var offset = 0
    /// Whether the groups beyond the limit are added up in one named `_other`.
    package var other: Bool = false
    /// For absolute times without offset, rounding, and buckets of a day and longer.
    package var timeZone: QueryTimeZone = .utc
    /// Whether tables of rollups may answer in place of the records. The answers are the same; without, they take longer.
    package var usesRollups = true

    package init() {}

    /// The range at the instant `now`.
    ///
    /// - Throws: `invalid_time` when a time is out of range or `from` is not before `to`.
    package func range(now: Timestamp) throws(QueryError) -> TimeRange {
        try TimeRange.resolve(from: from, to: to, now: now, zone: timeZone)
    }

    /// Questions made by the program and not from a text have not been checked yet.
    ///
    /// - Throws: `invalid_request` or `invalid_measure` when it groups by, computes or orders by what it cannot.
    func check() throws(QueryError) {
        guard !measures.isEmpty, measures.count <= QueryLimits.measuresMax else {
            throw QueryError(.invalidRequest, "a query has 1 to \(QueryLimits.measuresMax) measures", field: "measures")
        }
        guard by.count <= QueryLimits.groupFieldsMax, by.allSatisfy(Self.canGroup(by:)) else {
            throw QueryError(.invalidRequest, "a query groups by at most \(QueryLimits.groupFieldsMax) dimensions", field: "by")
        }
        for measure in measures {
            guard measure.function.field.map(Self.canMeasure) ?? true else {
                throw QueryError(.invalidMeasure, "'\(measure.name)' needs a number", field: "measures")
            }
        }
        switch order?.key {
        case .measure(let index) where !measures.indices.contains(index), .group(let index) where !by.indices.contains(index):
            throw QueryError(.invalidRequest, "there is nothing at position \(index) to order by", field: "order")
        case .measure, .group, .time, nil: break
        }
    }

    /// Groups to keep, the default filled in.
    var groupLimit: Int {
        limit ?? (every == nil ? QueryLimits.groupLimitDefault : QueryLimits.groupLimitDefaultWithBuckets)
    }

    /// Whether questions may be grouped by the field.
    package static func canGroup(by field: RequestField) -> Bool {
        field.kind == .dictionary || field == .status || field.unit == .boolean
    }

    /// Whether `sum` to `percentile` apply to the field.
    package static func canMeasure(_ field: RequestField) -> Bool {
        field.kind == .integer && (field.role == .measure || field == .status)
    }
}

/// The order of groups.
package struct QueryOrder: Sendable, Equatable {
    package enum Key: Sendable, Equatable {
        /// A measure, by its position in the question.
        case measure(Int)
        /// A group field, by its position in `by`.
        case group(Int)
        /// By time only: groups stay in their default order.
        case time
    }

    package let key: Key
    package let isDescending: Bool

    package init(_ key: Key, descending: Bool) {
        self.key = key
        isDescending = descending
    }
}

extension TimeRange {
    /// The range that two expressions mean at `now`.
    static func resolve(from: TimeExpression, to: TimeExpression, now: Timestamp, zone: QueryTimeZone) throws(QueryError) -> TimeRange {
        let range = TimeRange(from: try from.resolve(now: now, zone: zone, field: "from"), to: try to.resolve(now: now, zone: zone, field: "to"))
        guard !range.isEmpty else {
            throw QueryError(
                .invalidTime, "the range is empty: from \(range.from.iso8601) is not before to \(range.to.iso8601)", field: "from",
                hint: "from must be before to; to itself is not part of the range")
        }
        return range
    }
}
