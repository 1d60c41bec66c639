internal import GatewayModel

/// Which cell each selected row of a block belongs to.
enum CellAssignment: Sendable {
    /// Stretches of neighbouring rows of one cell, in row order and without gaps: what a question without groups gives, since records stand in order of time.
    case runs([CellRun])
    /// One cell per row.
    case mixed([UInt32])

    /// Calls `body` with every row and its cell. Not for hot paths.
    func forEachRow(_ body: (Int, Int) -> Void) {
        switch self {
        case .runs(let runs): for run in runs { for row in run.rows { body(row, run.cell) } }
        case .mixed(let cells): for (row, cell) in cells.enumerated() { body(row, Int(cell)) }
        }
    }

    /// Whether any row belongs to any cell.
    var isEmpty: Bool {
        switch self {
        case .runs(let runs): runs.isEmpty
        case .mixed(let cells): cells.isEmpty
        }
    }
}

/// Neighbouring rows of one cell.
struct CellRun: Sendable, Equatable {
    let cell: Int
    let rows: Range<Int>
}

/// The loops that count and compare per cell.
enum CellKernel {
    static func count(_ assignment: CellAssignment, _ counts: inout [Int64]) {
        switch assignment {
        case .runs(let runs): for run in runs { counts[run.cell] &+= Int64(run.rows.count) }
        case .mixed(let cells):
            if Lanes.areWorthIt(cells: counts.count, rows: cells.count) { return Lanes.count(cells.span, &counts) }
            let cells = cells.span
            var target = counts.mutableSpan
            for index in cells.indices { unsafe target[Int(cells[unchecked: index])] &+= 1 }
        }
    }

    /// Adds each row's number.
    static func add(_ values: [Int64], _ assignment: CellAssignment, _ sums: inout [Int64]) {
        let values = values.span
        var target = sums.mutableSpan
        switch assignment {
        case .runs(let runs):
            for run in runs { for row in run.rows { target[run.cell] &+= values[row] } }
        case .mixed(let cells):
            let cells = cells.span
            precondition(values.count == cells.count, "one cell per row")
            for index in cells.indices { target[unsafe Int(cells[unchecked: index])] &+= unsafe values[unchecked: index] }
        }
    }

    /// Adds the 0 or 1 of each row's mask.
    static func count(_ mask: [UInt8], _ assignment: CellAssignment, _ counts: inout [Int64]) {
        switch assignment {
        case .runs(let runs):
            let mask = mask.span
            for run in runs {
                var sum: Int64 = 0
                for row in run.rows { sum &+= Int64(mask[row]) }
                counts[run.cell] &+= sum
            }
        case .mixed(let cells):
            let cells = cells.span
            let mask = mask.span
            var target = counts.mutableSpan
            precondition(mask.count == cells.count, "one mask byte per row")
            for index in cells.indices { unsafe target[Int(cells[unchecked: index])] &+= Int64(mask[unchecked: index]) }
        }
    }

    /// The smallest present value of each cell.
    static func minimum(_ values: [Int64], _ assignment: CellAssignment, _ minima: inout [Int64]) {
        let values = values.span
        var target = minima.mutableSpan
        switch assignment {
        case .runs(let runs):
            for run in runs {
                var low = target[run.cell]
                for row in run.rows { low = lesser(low, values[row]) }
                target[run.cell] = low
            }
        case .mixed(let cells):
            let cells = cells.span
            for index in cells.indices {
                let cell = unsafe Int(cells[unchecked: index])
                target[cell] = lesser(target[cell], values[index])
            }
        }
    }

    /// The largest present value of each cell; absent, the smallest integer, never wins.
    static func maximum(_ values: [Int64], _ assignment: CellAssignment, _ maxima: inout [Int64]) {
        let values = values.span
        var target = maxima.mutableSpan
        switch assignment {
        case .runs(let runs):
            for run in runs {
                var high = target[run.cell]
                for row in run.rows { high = max(high, values[row]) }
                target[run.cell] = high
            }
        case .mixed(let cells):
            let cells = cells.span
            for index in cells.indices {
                let cell = unsafe Int(cells[unchecked: index])
                target[cell] = max(target[cell], values[index])
            }
        }
    }

    /// The smaller present value; absent, the smallest integer, never counts. `low` is `Int64.max` for none yet.
    @inline(__always) private static func lesser(_ low: Int64, _ value: Int64) -> Int64 { value < low && value != absentInteger ? value : low }
}
