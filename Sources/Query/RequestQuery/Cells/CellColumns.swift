internal import ByteCoding
internal import GatewayModel

/// Everything accumulated per cell, one array per thing, one element per cell.
struct CellColumns: Sendable {
    private(set) var cellCount = 0
    /// Records.
    var records: [Int64] = []
    /// Records that pass each of the plan's filters.
    var filtered: [[Int64]]
    var sums: [SumColumn]
    /// `Int64.max` while there is no value.
    var minima: [[Int64]]
    /// `Int64.min` while there is no value.
    var maxima: [[Int64]]
    var sketches: [[ValueSketch]]
    /// The sketches in a form that takes a tenth of the memory, in their place; nil while they are added to.
    private(set) var packedSketches: [EncodedSketches]?
    var distinct: [PairSet]
    var distributions: [DistributionColumn]
    /// Bytes held by the sketches, kept up to date by those who add to them.
    var sketchBytes = 0

    init(_ plan: MeasurePlan, cells: Int = 0) {
        filtered = plan.filters.map { _ in [] }
        sums = plan.sums.map { _ in SumColumn() }
        minima = plan.minima.map { _ in [] }
        maxima = plan.maxima.map { _ in [] }
        sketches = plan.sketches.map { _ in [] }
        distinct = plan.distinct.map { _ in PairSet() }
        distributions = plan.distributions.map { DistributionColumn($0.limits) }
        resize(cells)
    }

    /// Bytes of memory held.
    var bytes: Int {
        var total = records.capacity * 8 + sketchBytes + (packedSketches ?? []).reduce(0) { $0 + $1.bytes.count }
        for column in filtered + minima + maxima { total += column.capacity * 8 }
        for column in sums { total += column.bytes }
        for column in sketches { total += column.capacity * MemoryLayout<ValueSketch>.stride }
        for set in distinct { total += set.bytes }
        for column in distributions { total += column.bytes }
        return total
    }

    /// Makes room for `cells` cells, never fewer than now.
    mutating func resize(_ cells: Int) {
        guard cells > cellCount else { return }
        let more = cells - cellCount
        records.append(contentsOf: repeatElement(0, count: more))
        for index in filtered.indices { filtered[index].append(contentsOf: repeatElement(0, count: more)) }
        for index in sums.indices { sums[index].resize(cells) }
        for index in minima.indices { minima[index].append(contentsOf: repeatElement(.max, count: more)) }
        for index in maxima.indices { maxima[index].append(contentsOf: repeatElement(.min, count: more)) }
        for index in sketches.indices { sketches[index].append(contentsOf: repeatElement(ValueSketch(), count: more)) }
        for index in distributions.indices { distributions[index].resize(cells) }
        cellCount = cells
    }

    /// Adds cell `source` of `other` to cell `target`, all but the distinct values, whose codes mean different things in different tables.
    ///
    /// - Parameter sketch: only this sketch column is merged; nil for all.
    mutating func merge(_ source: Int, of other: CellColumns, into target: Int, sketch only: Int? = nil) {
        records[target] += other.records[source]
        for index in filtered.indices { filtered[index][target] += other.filtered[index][source] }
        for index in sums.indices { sums[index].merge(source, of: other.sums[index], into: target) }
        for index in minima.indices { minima[index][target] = min(minima[index][target], other.minima[index][source]) }
        for index in maxima.indices { maxima[index][target] = max(maxima[index][target], other.maxima[index][source]) }
        for index in distributions.indices { distributions[index].merge(source, of: other.distributions[index], into: target) }
        for index in sketches.indices where only == nil || only == index {
            sketchBytes -= sketches[index][target].bytes
            if let packed = other.packedSketches {
                Self.merge(source, of: packed[index], into: &sketches[index][target])
            } else {
                sketches[index][target].merge(other.sketches[index][source])
            }
            sketchBytes += sketches[index][target].bytes
        }
    }

    private static func merge(_ row: Int, of packed: EncodedSketches, into sketch: inout ValueSketch) {
        do throws(ByteReadingError) { try packed.merge(row, into: &sketch) } catch { preconditionFailure("packed sketches are as they were packed: \(error)") }
    }

    /// The same, to be kept and merged into others only: nothing may be added to it any more.
    func packed() -> CellColumns {
        guard !sketches.isEmpty else { return self }
        var result = self
        result.packedSketches = sketches.map { EncodedSketches($0) }
        for index in sketches.indices { result.sketches[index] = [] }
        result.sketchBytes = 0
        return result
    }
}

/// Brings a block's values to the sketches of their cells: sorted by cell first, so that each sketch gets its values in one go.
struct SketchFeeder {
    private var sorted: [Int64] = []
    private var ends: [UInt32] = []

    /// Adds the present values.
    ///
    /// - Returns: how many bytes the sketches grew.
    mutating func add(_ values: [Int64], hasAbsent: Bool, _ assignment: CellAssignment, to sketches: inout [ValueSketch]) -> Int {
        switch assignment {
        case .runs(let runs) where !hasAbsent:
            var grown = 0
            for run in runs { grown += Self.add(values.span.extracting(run.rows), to: &sketches[run.cell]) }
            return grown
        case .runs(let runs):
            var cells: [UInt32] = []
            cells.reserveCapacity(values.count)
            for run in runs { cells.append(contentsOf: repeatElement(UInt32(run.cell), count: run.rows.count)) }
            return addSorted(values, cells, to: &sketches)
        case .mixed(let cells): return addSorted(values, cells, to: &sketches)
        }
    }

    /// Counting sort by cell over the span of cells that the block touches.
    private mutating func addSorted(_ values: [Int64], _ cells: [UInt32], to sketches: inout [ValueSketch]) -> Int {
        guard let lowest = cells.min(), let highest = cells.max() else { return 0 }
        let width = Int(highest - lowest) + 1
        // A block that touches few of many cells is not worth a table of all of them.
        guard width <= 8 * cells.count else { return addSingly(values, cells, to: &sketches) }
        if sorted.count < values.count { sorted = Array(repeating: 0, count: values.count) }
        ends = Array(repeating: 0, count: width + 1)
        Self.sort(values.span, cells.span, lowest, &ends, &sorted)
        var grown = 0
        var start = 0
        for index in 0..<width {
            let end = Int(ends[index])
            if end > start { grown += Self.add(sorted.span.extracting(start..<end), to: &sketches[Int(lowest) + index]) }
            start = end
        }
        return grown
    }

    /// Afterwards `ends[i]` is where the values of cell `lowest + i` end in `sorted`.
    private static func sort(_ values: Span<Int64>, _ cells: Span<UInt32>, _ lowest: UInt32, _ ends: inout [UInt32], _ sorted: inout [Int64]) {
        var ends = ends.mutableSpan
        var sorted = sorted.mutableSpan
        // Counts one place further on, so that the running sum gives each cell's start, which filling moves to its end.
        for index in cells.indices {
            let isPresent: UInt32 = values[index] == absentInteger ? 0 : 1
            ends[Int(cells[index] &- lowest) &+ 1] &+= isPresent
        }
        var total: UInt32 = 0
        for index in 0..<ends.count {
            total &+= ends[index]
            ends[index] = total
        }
        for index in cells.indices where values[index] != absentInteger {
            let cell = Int(cells[index] &- lowest)
            let place = ends[cell]
            ends[cell] = place &+ 1
            sorted[Int(place)] = values[index]
        }
    }

    private func addSingly(_ values: [Int64], _ cells: [UInt32], to sketches: inout [ValueSketch]) -> Int {
        var grown = 0
        for row in cells.indices where values[row] != absentInteger {
            grown += Self.add(values.span.extracting(row..<row + 1), to: &sketches[Int(cells[row])])
        }
        return grown
    }

    private static func add(_ values: Span<Int64>, to sketch: inout ValueSketch) -> Int {
        let before = sketch.bytes
        sketch.add(values)
        return sketch.bytes - before
    }
}
