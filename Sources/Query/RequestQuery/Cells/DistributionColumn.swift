internal import ByteCoding
internal import GatewayModel

/// Of each cell how many values lie in each slot of limits.
///
/// Counts have 32 bits: ``QueryLimits/recordsMax`` is below what they hold.
struct DistributionColumn: Sendable {
    let limits: ValueLimits
    /// Cell by cell one count per slot.
    private(set) var counts: [UInt32] = []

    init(_ limits: ValueLimits) { self.limits = limits }

    /// Bytes of memory held.
    var bytes: Int { counts.capacity * 4 }

    mutating func resize(_ cells: Int) { counts.append(contentsOf: repeatElement(0, count: cells * limits.slotCount - counts.count)) }

    /// A cell's counts, one per slot.
    func slots(_ cell: Int) -> ArraySlice<UInt32> { counts[(cell * limits.slotCount)..<((cell + 1) * limits.slotCount)] }

    /// Adds a block's present values to their cells.
    mutating func add(_ values: [Int64], to assignment: CellAssignment) {
        let (limits, slotCount) = (limits, limits.slotCount)
        var target = counts.mutableSpan
        switch assignment {
        case .runs(let runs):
            for run in runs {
                let first = run.cell * slotCount
                limits.forEachSlot(of: values.span.extracting(run.rows)) { target[first &+ $1] &+= 1 }
            }
        case .mixed(let cells):
            let cells = cells.span
            precondition(values.count == cells.count, "one cell per row")
            limits.forEachSlot(of: values.span) { unsafe target[Int(cells[unchecked: $0]) &* slotCount &+ $1] &+= 1 }
        }
    }

    /// Adds what rows of a table stand for, counted by the field's shared limits.
    ///
    /// - Parameter selected: the rows that the assignment speaks of; nil for all.
    mutating func add(_ rows: SlotCounts, of field: RequestField, _ selected: RowSelection?, to assignment: CellAssignment) {
        guard let targets = ValueLimits.counted(field)?.slots(in: limits), targets.count == rows.slotCount else { return }
        let slotCount = limits.slotCount
        let source = rows.counts.span
        var target = counts.mutableSpan
        assignment.forEachRow { index, cell in
            var place = selected.map { Int($0.rows[index]) } ?? index
            for slot in targets {
                target[cell &* slotCount &+ slot] &+= source[place]
                place &+= rows.rowCount
            }
        }
    }

    /// Adds cell `source` of `other` to cell `target`.
    mutating func merge(_ source: Int, of other: DistributionColumn, into target: Int) {
        let slotCount = limits.slotCount
        let theirs = other.counts.span
        var ours = counts.mutableSpan
        for slot in 0..<slotCount { ours[target &* slotCount &+ slot] &+= theirs[source &* slotCount &+ slot] }
    }
}
