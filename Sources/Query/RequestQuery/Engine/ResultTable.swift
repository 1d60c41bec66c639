internal import GatewayModel

/// Lays the cells out as the rows of an answer.
struct ResultTable {
    /// The name of the row group of all groups beyond the limit.
    static let otherName = "_other"

    private let query: RequestQuery
    private let table: GroupTable
    private let now: Timestamp
    private let ranking: GroupRanking
    private let groupsTotal: Int

    /// - Parameter groupsTotal: all groups there are; nil for those of the table.
    init(_ query: RequestQuery, _ table: GroupTable, now: Timestamp, groupsTotal: Int? = nil) {
        self.query = query
        self.table = table
        self.now = now
        ranking = GroupRanking(query, table, now: now)
        self.groupsTotal = groupsTotal ?? ranking.total
    }

    /// - Throws: `query_limit` when there would be more than `rowsMax` rows; `query_timeout`, `cancelled`.
    func result(_ snapshot: StoreSnapshot, unreadable: [String], _ control: QueryControl) throws(QueryError) -> QueryResult {
        let limits = control.limits
        let buckets = table.plan.buckets
        let showsOther = query.other && !ranking.rest.isEmpty
        let rows = (ranking.kept.count + (showsOther ? 1 : 0)) * buckets.count
        guard rows <= limits.rowsMax else {
            throw QueryLimits.reached("rowsMax", limits.rowsMax, "rows", hint: "lower limit, or choose wider buckets")
        }
        let counts = rows * table.plan.measures.distributions.reduce(0) { $0 + $1.limits.slotCount }
        guard counts <= limits.histogramCountsMax else {
            throw QueryLimits.reached("histogramCountsMax", limits.histogramCountsMax, "counts of histograms", hint: "lower limit, or choose wider buckets or fewer bounds")
        }
        var completeness = QueryCompleteness(snapshot, table.plan.range, unreadable: unreadable)
        completeness.openFrom = openFrom
        return QueryResult(
            range: table.plan.range, everySeconds: query.every == nil ? nil : buckets.everySeconds, timeZone: query.timeZone, columns: columns,
            values: try values(showsOther: showsOther, rows: rows, control), groupsTotal: groupsTotal, statistics: QueryStatistics(), completeness: completeness)
    }

    private var columns: [QueryColumn] {
        var columns: [QueryColumn] = []
        if query.every != nil { columns.append(QueryColumn(name: "time", kind: .time, unit: "ms")) }
        columns += query.by.map { QueryColumn(name: $0.name, kind: .dimension, unit: "") }
        for measure in query.measures {
            var column = QueryColumn(name: measure.name, kind: .measure, unit: measure.unit)
            if case .histogram(let field, let limits) = measure.function { column.bounds = QueryColumn.Bounds(values: limits.values(in: field.unit), unit: field.unit.external) }
            columns.append(column)
        }
        return columns
    }

    private func values(showsOther: Bool, rows: Int, _ control: QueryControl) throws(QueryError) -> [QueryValue] {
        let buckets = table.plan.buckets
        let reader = MeasureReader(table.plan.measures, table.cells)
        let others = showsOther ? MeasureReader(table.plan.measures, ranking.others(table)) : nil
        let names = ranking.kept.map { table.groupValues($0) }
        let otherNames = [QueryValue](repeating: .text(Self.otherName), count: query.by.count)
        var values: [QueryValue] = []
        values.reserveCapacity(rows * (query.by.count + query.measures.count + 1))
        for bucket in 0..<buckets.count {
            try control.check()
            let seconds = buckets.elapsedSeconds(bucket, range: table.plan.range, now: now)
            for (index, group) in ranking.kept.enumerated() {
                if query.every != nil { values.append(.time(buckets.edges[bucket])) }
                values += names[index]
                values += reader.values(table.cell(group: group, bucket: bucket), seconds: seconds)
            }
            guard let others else { continue }
            if query.every != nil { values.append(.time(buckets.edges[bucket])) }
            values += otherNames
            values += others.values(others.cells.records[bucket] > 0 ? bucket : nil, seconds: seconds)
        }
        return values
    }

    /// The first bucket that ends now or later; a bucket that ends exactly now still waits for records under way.
    private var openFrom: Timestamp? {
        guard query.every != nil else { return nil }
        let buckets = table.plan.buckets
        guard let last = buckets.edges.last, last >= now else { return nil }
        let bucket = buckets.index(of: Timestamp(microseconds: now.microseconds - 1))
        return buckets.edges[bucket]
    }
}
