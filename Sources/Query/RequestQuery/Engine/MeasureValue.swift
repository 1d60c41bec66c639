internal import GatewayModel

/// Computes measures from accumulated cells.
struct MeasureReader {
    let plan: MeasurePlan
    let cells: CellColumns
    /// Distinct values per cell, one list per distinct field.
    let distinct: [[Int64]]
    /// Percentiles wanted of each sketch column, so that a sketch is sorted once for all of them.
    private let percents: [[Double]]

    init(_ plan: MeasurePlan, _ cells: CellColumns) {
        self.plan = plan
        self.cells = cells
        distinct = cells.distinct.map { $0.counts(cellCount: cells.cellCount) }
        var percents: [[Double]] = plan.sketches.map { _ in [] }
        for source in plan.sources {
            if case .percentile(let column, let percent) = source, !percents[column].contains(percent) { percents[column].append(percent) }
        }
        self.percents = percents
    }

    /// All measures of a cell, in the question's order; of an empty cell where `cell` is nil.
    ///
    /// - Parameter seconds: what rates divide by; 0 makes them null.
    func values(_ cell: Int?, seconds: Double) -> [QueryValue] {
        guard let cell else { return plan.sources.map { empty($0, seconds) } }
        let percentiles = percents.indices.map { cells.sketches[$0][cell].percentiles(percents[$0]) }
        return plan.sources.map { source in
            guard case .percentile(let column, let percent) = source, let index = percents[column].firstIndex(of: percent) else {
                return value(source, cell, seconds)
            }
            return Self.edge(percentiles[column][index], plan.sketches[column])
        }
    }

    /// One measure of a cell.
    func value(_ source: MeasurePlan.Source, _ cell: Int, _ seconds: Double) -> QueryValue {
        let records = cells.records[cell]
        switch source {
        case .records: return .integer(records)
        case .recordsPerSecond: return seconds > 0 ? .number(Double(records) / seconds) : .null
        case .filtered(let index): return .integer(cells.filtered[index][cell])
        case .ratio(let index): return records > 0 ? .number(Double(cells.filtered[index][cell]) / Double(records)) : .null
        case .sum(let index): return sum(index, cell).map { Self.edge($0, plan.sums[index]) } ?? .null
        case .sumPerSecond(let index):
            guard seconds > 0, let sum = sum(index, cell) else { return .null }
            return .number(Double(sum) / plan.sums[index].unit.divisor / seconds)
        case .average(let index):
            guard let sum = sum(index, cell) else { return .null }
            return Self.edge(Double(sum) / Double(records - cells.sums[index].absent(cell)), plan.sums[index])
        case .minimum(let index):
            let value = cells.minima[index][cell]
            return value == .max ? .null : Self.edge(Int128(value), plan.minima[index])
        case .maximum(let index):
            let value = cells.maxima[index][cell]
            return value == .min ? .null : Self.edge(Int128(value), plan.maxima[index])
        case .percentile(let index, let percent): return Self.edge(cells.sketches[index][cell].percentile(percent), plan.sketches[index])
        case .distinct(let index): return .integer(distinct[index][cell])
        case .distribution(let index): return .counts(Array(cells.distributions[index].slots(cell)))
        }
    }

    /// The exact sum in inside units; nil over no values.
    private func sum(_ index: Int, _ cell: Int) -> Int128? {
        let column = cells.sums[index]
        return cells.records[cell] > column.absent(cell) ? column.sum(cell) : nil
    }

    /// A measure over no records: counts are 0, as are rates of time that has passed; all else is not known.
    private func empty(_ source: MeasurePlan.Source, _ seconds: Double) -> QueryValue {
        switch source {
        case .records, .filtered, .distinct: .integer(0)
        case .recordsPerSecond: seconds > 0 ? .number(0) : .null
        case .ratio, .sum, .sumPerSecond, .average, .minimum, .maximum, .percentile: .null
        case .distribution(let index): .counts(Array(repeating: 0, count: plan.distributions[index].limits.slotCount))
        }
    }

    private static func edge(_ value: Double?, _ field: RequestField) -> QueryValue {
        value.map { .number($0 / field.unit.divisor) } ?? .null
    }

    private static func edge(_ value: Int128, _ field: RequestField) -> QueryValue {
        if field.unit.divisor == 1, let integer = Int64(exactly: value) { return .integer(integer) }
        return .number(Double(value) / field.unit.divisor)
    }
}
