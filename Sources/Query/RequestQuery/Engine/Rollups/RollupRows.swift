internal import ByteCoding
internal import GatewayModel

/// What the rows of one block of a table stand for, as far as a question asks for it.
struct RollupRows {
    private(set) var records: [Int64] = []
    /// One of each per sum of the plan.
    private var sums: [[Int64]]
    private var absentees: [[Int64]]
    private var sketches: [RequestField: EncodedSketches] = [:]
    /// One per distribution of the plan.
    private var counts: [SlotCounts] = []
    private let plan: MeasurePlan
    /// The rows of the block that were selected; nil for all.
    private var selected: RowSelection?

    init(_ plan: MeasurePlan) {
        self.plan = plan
        sums = plan.sums.map { _ in [] }
        absentees = sums
    }

    /// Reads a block.
    mutating func read(_ table: any RollupSegment, block: Int) throws(StorageError) {
        selected = nil
        try table.readRecords(block: block, into: &records)
        for (index, field) in plan.sums.enumerated() {
            try table.readSums(field, block: block, into: &sums[index], absentees: &absentees[index])
        }
        for field in plan.sketched { sketches[field] = try table.readSketches(field, block: block) }
        counts.removeAll(keepingCapacity: true)
        for distribution in plan.distributions { counts.append(try table.readCounts(distribution.field, block: block)) }
    }

    /// Keeps the selected rows.
    mutating func keep(_ rows: RowSelection) {
        selected = rows
        rows.keep(in: &records)
        for index in sums.indices {
            rows.keep(in: &sums[index])
            rows.keep(in: &absentees[index])
        }
    }

    /// Records that all of its rows stand for.
    var recordCount: Int { Int(records.reduce(0, &+)) }

    /// Adds everything but distinct values to the cells of the rows.
    ///
    /// - Parameter masks: one per filter of the plan: 1 for rows that pass.
    func add(to cells: inout CellColumns, _ assignment: CellAssignment, masks: [[UInt8]]) throws(StorageError) {
        CellKernel.add(records, assignment, &cells.records)
        for index in masks.indices { CellKernel.add(Self.masked(records, masks[index]), assignment, &cells.filtered[index]) }
        for index in sums.indices { cells.sums[index].add(sums: sums[index], absentees: absentees[index], to: assignment) }
        for (index, distribution) in plan.distributions.enumerated() {
            cells.distributions[index].add(counts[index], of: distribution.field, selected, to: assignment)
        }
        guard !sketches.isEmpty else { return }
        var numbers = [Int](repeating: 0, count: records.count)
        assignment.forEachRow { row, cell in numbers[row] = cell }
        for (row, cell) in numbers.enumerated() { try addSketches(selected.map { Int($0.rows[row]) } ?? row, cell, &cells) }
    }

    private func addSketches(_ row: Int, _ cell: Int, _ cells: inout CellColumns) throws(StorageError) {
        for (index, field) in plan.sketches.enumerated() {
            cells.sketchBytes -= cells.sketches[index][cell].bytes
            try merge(field, row, &cells.sketches[index][cell])
            cells.sketchBytes += cells.sketches[index][cell].bytes
        }
        for (index, field) in plan.minima.enumerated() {
            guard let bounds = try bounds(field, row) else { continue }
            cells.minima[index][cell] = min(cells.minima[index][cell], bounds.lowerBound)
        }
        for (index, field) in plan.maxima.enumerated() {
            guard let bounds = try bounds(field, row) else { continue }
            cells.maxima[index][cell] = max(cells.maxima[index][cell], bounds.upperBound)
        }
    }

    private func merge(_ field: RequestField, _ row: Int, _ sketch: inout ValueSketch) throws(StorageError) {
        do throws(ByteReadingError) { try sketches[field]?.merge(row, into: &sketch) } catch { throw Self.damaged(error) }
    }

    private func bounds(_ field: RequestField, _ row: Int) throws(StorageError) -> ClosedRange<Int64>? {
        do throws(ByteReadingError) { return try sketches[field]?.bounds(row) } catch { throw Self.damaged(error) }
    }

    private static func damaged(_ error: ByteReadingError) -> StorageError {
        .damaged(file: "rollups", what: "expected \(error.expected)", offset: error.offset)
    }

    private static func masked(_ values: [Int64], _ mask: [UInt8]) -> [Int64] { zip(values, mask).map { $0 &* Int64($1) } }
}
