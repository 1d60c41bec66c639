internal import ByteCoding
package import GatewayModel

/// A page of records.
package struct RecordPage: Sendable {
    /// The records in the order asked for, with the fields asked for and the sequence number.
    package let records: RecordBatch
    /// The fields to write, in order.
    package let fields: [RequestField]
    /// Where the next page starts; nil on the last one.
    package let nextCursor: RecordCursor?
    package let statistics: QueryStatistics
    package let completeness: QueryCompleteness
}

/// Finds single records. Blocks the calling thread: call it through ``QueryRunner/perform(_:)`` from asynchronous code.
package enum RecordSearch {
    /// A page of records.
    ///
    /// Blocks are looked at in the order of what they can hold at best, until no other block can hold a record of the page:
    /// the newest 50 of any number of records are found in one or two blocks.
    /// - Throws: `invalid_time`, `query_timeout`, `cancelled`. A part that cannot be read costs only itself and is noted.
    package static func page(
        _ query: RecordQuery, over snapshot: StoreSnapshot, now: Timestamp, limits: QueryLimits = .standard, cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> RecordPage {
        let control = QueryControl(limits, cancellation)
        let range = try query.range(now: now)
        let limit = max(1, min(query.limit ?? QueryLimits.pageRecordsDefault, QueryLimits.pageRecordsMax))
        // One more than the page holds tells whether there is another.
        let top = TopRecords(RecordOrder(isDescending: query.sort.isDescending), limit: limit + 1, after: query.cursor)
        var scan = RecordScan(query, range, snapshot, top)
        try scan.run(control)
        let found = scan.top.sorted
        var collector = RecordCollector(snapshot, fields: query.fields)
        let records = collector.collect(found.prefix(limit).map(\.address))
        var cursor: RecordCursor?
        if found.count > limit {
            let last = found[limit - 1]
            cursor = RecordCursor(last.value, sequence: last.sequence, fingerprint: RecordCursor.fingerprint(query.filter, query.sort))
        }
        return RecordPage(
            records: records, fields: query.fields, nextCursor: cursor,
            statistics: QueryStatistics(scan.counts, elapsedSeconds: control.elapsedSeconds),
            completeness: QueryCompleteness(snapshot, range, unreadable: scan.unreadable + collector.unreadable))
    }

    /// The record with a sequence number, all fields; nil when it is not there or does not pass the filter.
    ///
    /// - Throws: `query_timeout`, `cancelled`; `internal` when a part that may hold it cannot be read.
    package static func record(
        sequence: Int64, over snapshot: StoreSnapshot, filter: Filter = .all, limits: QueryLimits = .standard, cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> RecordBatch? {
        let control = QueryControl(limits, cancellation)
        let wanted = Filter.range(.sequence, sequence...sequence).and(filter)
        var unreadable: StorageError?
        for (index, segment) in snapshot.segments.enumerated() where segment.rowCount > 0 && segment.sequenceBounds.contains(sequence) {
            try control.check()
            do throws(StorageError) {
                guard let row = try firstRow(wanted, segment) else { continue }
                var collector = RecordCollector(snapshot, fields: RecordQuery.allFields)
                return collector.collect([RecordCollector.Address(segment: index, row: row)])
            } catch {
                unreadable = error
            }
        }
        if let unreadable { throw QueryError(.internal, StorageNote.sentence(unreadable)) }
        return nil
    }

    /// The first row of a segment that passes, counted from the segment's first.
    private static func firstRow(_ filter: Filter, _ segment: any RecordSegment) throws(StorageError) -> Int? {
        var selector = try BlockSelector(filter, range: .all, segment: segment)
        if selector.isHopeless { return nil }
        var columns = ColumnBlock()
        for block in 0..<segment.blockCount {
            columns.stand(at: block, of: segment)
            let start = block * RecordSegmentLayout.blockRows
            switch try selector.select(block, &columns, keeping: []) {
            case .nothing: continue
            case .all: return start
            case .some: return start + Int(columns.selection?.rows.first ?? 0)
            }
        }
        return nil
    }
}
