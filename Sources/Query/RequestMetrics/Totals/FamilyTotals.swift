package import GatewayModel
package import RequestQuery
internal import Synchronization

/// Limits of metric families.
package struct FamilyLimits: Sendable {
    /// Values of one label; all further ones are shown as `_other`. Models and clients are named by clients, and a series costs every reader.
    package var labelValuesMax = 1_000
    /// Combinations of labels of one family. Beyond, new ones are shown as `_other`.
    package var combinationsMax = 20_000
    /// Instants of one answer that is not a grid of the asker's own: two weeks of samples at 15 s.
    package var instantsMax = 100_000
    /// Numbers (series x instants) of one answer: 256 MB.
    package var numbersMax = 32_000_000
    /// Records read one by one for one gauge that no table helps with.
    package var gaugeRecordsMax = 50_000_000

    package init() {}
}

/// The running totals of all families: what their counters stand at.
///
/// They count every record once, at its sequence number, so that a counter never goes back: not when records are deleted or replaced, nor when retention drops them, nor,
/// with the totals kept in a file (``encoded()``), after a restart. The value of a counter at an instant of the past is its total less what came from then on.
package final class FamilyTotals: Sendable {
    let table: FamilyTable
    let limits: FamilyLimits
    private let reader: any RequestReader
    private let cache: ScanCache?
    private let state: Mutex<TotalsState>

    /// - Parameters:
    ///   - kept: the bytes of ``encoded()`` of an earlier run; what cannot be used of them is counted anew from the records.
    ///   - cache: findings shared with other questions.
    package init(_ table: FamilyTable, _ reader: any RequestReader, limits: FamilyLimits = FamilyLimits(), kept: [UInt8]? = nil, cache: ScanCache? = nil) {
        self.table = table
        self.reader = reader
        self.limits = limits
        self.cache = cache
        var state = TotalsState(table)
        if let kept { state.restore(kept, table) }
        self.state = Mutex(state)
    }

    /// Counts what came since the last call. The first call counts everything kept, unless totals were kept; others take as long as the new records.
    package func catchUp() throws(QueryError) { _ = try current() }

    /// The totals, and the snapshot whose records they have counted.
    func current() throws(QueryError) -> (state: TotalsState, snapshot: StoreSnapshot) {
        try state.withLock { state throws(QueryError) in
            let snapshot = reader.snapshot(of: .all)
            // The folder may have been put back to an older state, whose numbers will be given again.
            if state.cubes.contains(where: { $0.sequence > snapshot.sequence }) { state = TotalsState(table) }
            try state.count(snapshot, table, limits, cache)
            return (state, snapshot)
        }
    }

    /// The totals as they stand, to be kept in a file. nil before anything was counted.
    package func encoded() -> [UInt8]? { state.withLock { $0.isCounted ? $0.encoded(table) : nil } }
}

/// The totals at one moment; a value, so that readers keep theirs while counting goes on.
struct TotalsState: Sendable {
    /// By the number of a field.
    var values = [LabelValues](repeating: LabelValues(), count: RequestField.tableSize)
    /// One per cube of the table.
    var cubes: [CubeTotals]
    private(set) var isCounted = false

    init(_ table: FamilyTable) { cubes = table.cubes.map { CubeTotals($0) } }

    /// Counts the records of a snapshot behind those that each cube has counted.
    mutating func count(_ snapshot: StoreSnapshot, _ table: FamilyTable, _ limits: FamilyLimits, _ cache: ScanCache?) throws(QueryError) {
        for (index, plan) in table.cubes.enumerated() where cubes[index].sequence < snapshot.sequence || !isCounted {
            let last = cubes[index].sequence
            var question = ColumnQuery(edges: [TimeExpression.earliest, TimeExpression.latest])
            question.by = plan.by
            question.filter = plan.filter.filter
            question.sums = plan.sums
            question.distributions = plan.distributions
            var scope = snapshot
            if last > 0 {
                question.filter = question.filter.and(.range(.sequence, (last + 1)...(.max)))
                scope = StoreSnapshot(segments: snapshot.segments.filter { $0.sequenceBounds.upperBound > last }, sequence: snapshot.sequence)
            }
            // A question about the newest records is never asked again.
            let answer = try QueryEngine.columns(question, over: scope, limits: Self.queryLimits, cache: last > 0 ? nil : cache)
            add(answer, plan, to: index, limits)
            cubes[index].sequence = snapshot.sequence
        }
        isCounted = true
    }

    /// Counting everything for the first time may take as long as it does.
    private static let queryLimits: QueryLimits = {
        var limits = QueryLimits()
        limits.timeoutSeconds = 600
        limits.groupsMax = 1_000_000
        return limits
    }()

    private mutating func add(_ answer: ColumnAnswer, _ plan: CubePlan, to index: Int, _ limits: FamilyLimits) {
        // What has most records is admitted first.
        let cells = (0..<answer.cellCount).sorted { answer.records($0) > answer.records($1) }
        for cell in cells {
            let names = answer.groupValues(answer.place(cell).group)
            var key: [UInt32] = []
            for (place, field) in plan.by.enumerated() { key.append(values[Int(field.rawValue)].admit(names[place], max: limits.labelValuesMax)) }
            cubes[index].add(answer, cell, to: cubes[index].place(adding: key, max: limits.combinationsMax))
        }
    }

    /// The combination that a group of an answer belongs to; nil when it is not known, which cannot be of records that were counted.
    func key(_ names: [QueryValue], _ fields: [RequestField]) -> [UInt32] { zip(names, fields).map { values[Int($1.rawValue)].number(of: $0) } }

    /// Takes totals that were kept as counted.
    mutating func noteRestored() { isCounted = true }
}
