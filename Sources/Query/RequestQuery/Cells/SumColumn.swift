internal import GatewayModel

/// Exact sums per cell: added up in 64 bits, carried over into 128 before they could overflow.
struct SumColumn: Sendable {
    /// 64-bit part of each cell's sum.
    private(set) var low: [Int64]
    /// What was carried over; empty while nothing was.
    private(set) var carried: [Int128] = []
    /// Records of the cell in which the field is absent; empty while there are none. A cell whose records all lack the field has no sum.
    private(set) var absent: [Int64] = []
    /// No cell's `low` is further from 0 than this.
    private var reach: UInt64 = 0

    init(cells: Int = 0) { low = Array(repeating: 0, count: cells) }

    /// Bytes of memory held.
    var bytes: Int { low.capacity * 8 + carried.capacity * 16 + absent.capacity * 8 }

    mutating func resize(_ cells: Int) {
        low.append(contentsOf: repeatElement(0, count: cells - low.count))
        if !carried.isEmpty { carried.append(contentsOf: repeatElement(0, count: cells - carried.count)) }
        if !absent.isEmpty { absent.append(contentsOf: repeatElement(0, count: cells - absent.count)) }
    }

    func sum(_ cell: Int) -> Int128 { Int128(low[cell]) + (carried.isEmpty ? 0 : carried[cell]) }

    func absent(_ cell: Int) -> Int64 { absent.isEmpty ? 0 : absent[cell] }

    /// Adds a block's values to their cells.
    mutating func add(_ values: [Int64], survey: ColumnSurvey, to cells: CellAssignment) {
        let (added, overflow) = survey.magnitude.multipliedReportingOverflow(by: UInt64(values.count))
        guard !overflow, added <= UInt64(Int64.max) else { return addWide(values, to: cells) }
        if reach + added > UInt64(Int64.max) { carryOver() }
        reach += added
        if survey.absent > 0, absent.isEmpty { absent = Array(repeating: 0, count: low.count) }
        switch cells {
        case .runs(let runs):
            for run in runs {
                let (sum, missing) = SumKernel.sum(values.span.extracting(run.rows))
                low[run.cell] &+= sum
                if missing > 0 { absent[run.cell] &+= missing }
            }
        case .mixed(let cells):
            let hasLanes = Lanes.areWorthIt(cells: low.count, rows: cells.count)
            if survey.absent == 0 {
                if hasLanes { Lanes.add(values.span, cells.span, &low) } else { SumKernel.add(values, cells, &low) }
            } else if hasLanes, survey.absent * 16 < RecordSegmentLayout.blockRows {
                Lanes.add(values.span, cells.span, &low, rareAbsent: &absent)
            } else if hasLanes {
                Lanes.add(values.span, cells.span, &low, absent: &absent)
            } else {
                SumKernel.add(values, cells, &low, &absent)
            }
        }
    }

    /// Adds sums that each stand for many records, and how many of those lack the field.
    mutating func add(sums: [Int64], absentees: [Int64], to cells: CellAssignment) {
        if absent.isEmpty, absentees.contains(where: { $0 != 0 }) { absent = Array(repeating: 0, count: low.count) }
        if !absent.isEmpty { CellKernel.add(absentees, cells, &absent) }
        let (added, overflow) = ColumnSurvey(sums).magnitude.multipliedReportingOverflow(by: UInt64(sums.count))
        guard !overflow, added <= UInt64(Int64.max) else {
            if carried.isEmpty { carried = Array(repeating: 0, count: low.count) }
            return cells.forEachRow { row, cell in carried[cell] += Int128(sums[row]) }
        }
        if reach + added > UInt64(Int64.max) { carryOver() }
        reach += added
        CellKernel.add(sums, cells, &low)
    }

    /// Adds cell `source` of `other` to cell `target`.
    mutating func merge(_ source: Int, of other: SumColumn, into target: Int) {
        if carried.isEmpty { carried = Array(repeating: 0, count: low.count) }
        carried[target] += other.sum(source)
        let missing = other.absent(source)
        if missing > 0 {
            if absent.isEmpty { absent = Array(repeating: 0, count: low.count) }
            absent[target] += missing
        }
    }

    private mutating func carryOver() {
        if carried.isEmpty { carried = Array(repeating: 0, count: low.count) }
        for cell in low.indices where low[cell] != 0 {
            carried[cell] += Int128(low[cell])
            low[cell] = 0
        }
        reach = 0
    }

    /// The slow way for values so large that a single block could overflow: each goes to 128 bits at once.
    private mutating func addWide(_ values: [Int64], to cells: CellAssignment) {
        if carried.isEmpty { carried = Array(repeating: 0, count: low.count) }
        if absent.isEmpty { absent = Array(repeating: 0, count: low.count) }
        cells.forEachRow { row, cell in
            if values[row] == absentInteger { absent[cell] += 1 } else { carried[cell] += Int128(values[row]) }
        }
    }
}

/// What is known of a block's integer column: how many values are absent at most, and how large the others are.
struct ColumnSurvey: Sendable {
    /// 0 when none is; otherwise at least as many as there are.
    let absent: Int
    /// At least the magnitude of every present value: a power of two.
    let magnitude: UInt64

    /// What a segment says of a block, whichever of its rows are selected.
    init(absent: Int, bounds: ClosedRange<Int64>?) {
        self.absent = absent
        let bits = bounds.map { Self.folded($0.lowerBound) | Self.folded($0.upperBound) } ?? 0
        magnitude = UInt64(1) &<< UInt64(64 &- bits.leadingZeroBitCount)
    }

    /// Non-negative values as they are, -1 as 0, -2 as 1, and so on.
    private static func folded(_ value: Int64) -> UInt64 { UInt64(bitPattern: value ^ (value &>> 63)) }

    /// One pass over the values.
    init(_ values: [Int64]) {
        let values = values.span
        var absent = 0
        var bits: UInt64 = 0
        for index in values.indices {
            let value = unsafe values[unchecked: index]
            let isAbsent = value == absentInteger
            absent &+= isAbsent ? 1 : 0
            bits |= isAbsent ? 0 : Self.folded(value)
        }
        self.absent = absent
        // Folded, -2^n is 2^n - 1; the next power of two covers both signs. No present value folds to more than 63 bits.
        magnitude = UInt64(1) &<< UInt64(64 &- bits.leadingZeroBitCount)
    }
}

/// The loops of sums.
enum SumKernel {
    /// The sum of the present values, and how many are absent.
    ///
    /// The absent, each -2^63, are added along, which shows in the highest bit only and is taken off at the end: no comparison stands in the loop, and vector
    /// instructions without 64-bit comparisons (SSE2) do it all.
    static func sum(_ values: Span<Int64>) -> (sum: Int64, absent: Int64) {
        var sum: Int64 = 0
        var absent: UInt64 = 0
        for index in values.indices {
            let value = unsafe values[unchecked: index]
            sum &+= value
            absent &+= absentBit(value)
        }
        let absentees = Int64(bitPattern: absent)
        return (sum &- absentees &* absentInteger, absentees)
    }

    /// 1 for the absent value, else 0: it is the only one that is negative and whose predecessor is not.
    @inline(__always) static func absentBit(_ value: Int64) -> UInt64 { UInt64(bitPattern: value & ~(value &- 1)) &>> 63 }

    /// Adds each value, none of them absent, to its row's cell.
    static func add(_ values: [Int64], _ cells: [UInt32], _ sums: inout [Int64]) {
        let values = values.span
        let cells = cells.span
        var target = sums.mutableSpan
        precondition(values.count == cells.count, "one cell per row")
        for index in values.indices { unsafe target[Int(cells[unchecked: index])] &+= values[unchecked: index] }
    }

    /// Adds each present value to its row's cell and counts the absent ones there.
    static func add(_ values: [Int64], _ cells: [UInt32], _ sums: inout [Int64], _ absent: inout [Int64]) {
        let values = values.span
        let cells = cells.span
        var target = sums.mutableSpan
        var missing = absent.mutableSpan
        precondition(values.count == cells.count, "one cell per row")
        for index in values.indices {
            let value = unsafe values[unchecked: index]
            let cell = unsafe Int(cells[unchecked: index])
            let isAbsent = value == absentInteger
            target[cell] &+= isAbsent ? 0 : value
            missing[cell] &+= isAbsent ? 1 : 0
        }
    }
}
