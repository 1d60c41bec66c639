internal import ByteCoding
internal import GatewayModel

/// The rows of one table while they are added up.
struct RollupAccumulator: Sendable {
    let shape: RollupShape
    /// One per dimension of the shape.
    let dimensions: [DimensionCodes]
    /// The part's first time: no row's is earlier.
    private let firstTime: Int64
    private(set) var isGivenUp = false

    /// By row: the codes of its dimensions in a mixed radix, and its time.
    private(set) var keys: [UInt64] = []
    private(set) var times: [Int64] = []
    private(set) var records: [Int64] = []
    /// One per measure of the builder, each with one element a row.
    private(set) var sums: [[Int64]]
    private(set) var absentees: [[Int64]]
    /// One per sketched field, each with one element a row.
    private(set) var sketches: [[ValueSketch]]
    /// One per counted field, each with one element a row and slot, row by row.
    private(set) var counts: [[UInt32]]

    private var numbering = RowNumbering()
    /// The stretch of time that `numbering` knows the rows of, and the first of them.
    private var stretch: Range<Int64>?
    private var firstRow = 0
    private var blockKeys: [UInt64] = []
    /// The row of each record of the block.
    private var rows: [UInt32] = []
    private var feeder = RowSketches()
    /// One per counted field.
    private let slotCounts: [Int]

    init(_ shape: RollupShape, _ dimensions: [DimensionCodes], measures: Int, firstTime: Int64) {
        self.shape = shape
        self.dimensions = dimensions
        self.firstTime = firstTime
        sums = Array(repeating: [], count: measures)
        absentees = Array(repeating: [], count: measures)
        sketches = shape.sketches.map { _ in [] }
        counts = shape.counted.map { _ in [] }
        slotCounts = shape.counted.map { ValueLimits.counted($0)?.slotCount ?? 1 }
    }

    var rowCount: Int { keys.count }

    /// Finds the rows of a block's records and counts them there.
    ///
    /// - Parameter codes: the block's codes of a dimension.
    mutating func locate(_ blockTimes: [Int64], _ codes: (RequestField) -> BlockCodes) {
        guard !isGivenUp else { return }
        let count = blockTimes.count
        blockKeys = Array(repeating: 0, count: count)
        if rows.count != count { rows = Array(repeating: 0, count: count) }
        // Dimensions with one value in the whole block are put together with the next one that has several: they cost no pass of their own.
        var (factor, offset): (UInt64, UInt64) = (1, 0)
        for dimension in dimensions {
            factor *= dimension.cardinality
            offset *= dimension.cardinality
            switch codes(dimension.field) {
            case .constant(let code): offset += UInt64(code)
            case .mixed(let codes):
                Self.combine(&blockKeys, factor, offset, codes)
                (factor, offset) = (1, 0)
            }
        }
        if factor > 1 { for index in blockKeys.indices { blockKeys[index] = blockKeys[index] &* factor &+ offset } }
        var start = 0
        while start < count, !isGivenUp {
            let end = enter(blockTimes, from: start)
            number(start..<end)
            start = end
        }
        guard !isGivenUp else { return }
        extend()
        Self.count(rows, &records)
    }

    /// Goes to the stretch of a record; returns the end of the records that follow it in the same stretch.
    private mutating func enter(_ blockTimes: [Int64], from start: Int) -> Int {
        guard shape.step > 0 else {
            if stretch == nil { stretch = firstTime..<Int64.max }
            return blockTimes.count
        }
        let time = blockTimes[start]
        if stretch?.contains(time) != true {
            firstRow = keys.count
            numbering.reset()
            let remainder = time % shape.step
            let first = time - (remainder < 0 ? remainder + shape.step : remainder)
            stretch = first..<(first + shape.step)
        }
        guard let stretch else { return blockTimes.count }
        return blockTimes[start...].firstIndex { !stretch.contains($0) } ?? blockTimes.count
    }

    private mutating func number(_ range: Range<Int>) {
        let known = numbering.keys.count
        guard numbering.number(blockKeys, range, base: firstRow, max: shape.rowsMax - firstRow, into: &rows) else {
            self = RollupAccumulator(givingUp: shape)
            return
        }
        keys += numbering.keys[known...]
        let time = max(stretch?.lowerBound ?? firstTime, firstTime)
        times += repeatElement(time, count: numbering.keys.count - known)
    }

    private init(givingUp shape: RollupShape) {
        self.init(shape, [], measures: 0, firstTime: 0)
        isGivenUp = true
    }

    /// Makes room for the rows that the block brought.
    private mutating func extend() {
        let more = keys.count - records.count
        guard more > 0 else { return }
        records += repeatElement(0, count: more)
        for index in sums.indices {
            sums[index] += repeatElement(0, count: more)
            absentees[index] += repeatElement(0, count: more)
        }
        for index in sketches.indices { sketches[index] += repeatElement(ValueSketch(), count: more) }
        for index in counts.indices { counts[index] += repeatElement(0, count: more * slotCounts[index]) }
    }

    /// Adds the block's values of a measure to its rows.
    ///
    /// - Parameter slots: where the measure is counted, each value's slot, ``noSlot`` for absent ones.
    mutating func add(_ values: [Int64], measure: Int, hasAbsent: Bool, slots: [UInt8]) {
        guard !isGivenUp else { return }
        if let place = shape.counted.firstIndex(of: RollupShape.measures[measure]) { Self.count(slots, rows, slotCounts[place], &counts[place]) }
        if let sums = shape.sums, !sums.contains(RollupShape.measures[measure]) { return }
        if hasAbsent { Self.add(values, rows, &sums[measure], &absentees[measure]) } else { Self.add(values, rows, &sums[measure]) }
        if let place = shape.sketches.firstIndex(of: RollupShape.measures[measure]) { feeder.add(values, rows, hasAbsent: hasAbsent, to: &sketches[place]) }
    }

    /// In place of a slot, for absent values.
    static let noSlot = UInt8.max

    // MARK: Loops

    private static func count(_ slots: [UInt8], _ rows: [UInt32], _ slotCount: Int, _ counts: inout [UInt32]) {
        let slots = slots.span
        let rows = rows.span
        var counts = counts.mutableSpan
        precondition(slots.count == rows.count, "one row per record")
        for index in rows.indices {
            let slot = unsafe slots[unchecked: index]
            if slot != noSlot { counts[unsafe Int(rows[unchecked: index]) &* slotCount &+ Int(slot)] &+= 1 }
        }
    }

    private static func combine(_ keys: inout [UInt64], _ factor: UInt64, _ offset: UInt64, _ codes: [UInt32]) {
        let codes = codes.span
        var keys = keys.mutableSpan
        precondition(codes.count == keys.count, "one code per record")
        for index in codes.indices {
            unsafe keys[unchecked: index] = keys[unchecked: index] &* factor &+ offset &+ UInt64(codes[unchecked: index])
        }
    }

    private static func count(_ rows: [UInt32], _ records: inout [Int64]) {
        let rows = rows.span
        var records = records.mutableSpan
        for index in rows.indices { records[unsafe Int(rows[unchecked: index])] &+= 1 }
    }

    private static func add(_ values: [Int64], _ rows: [UInt32], _ sums: inout [Int64]) {
        let values = values.span
        let rows = rows.span
        var sums = sums.mutableSpan
        precondition(values.count == rows.count, "one row per record")
        for index in rows.indices { sums[unsafe Int(rows[unchecked: index])] &+= unsafe values[unchecked: index] }
    }

    private static func add(_ values: [Int64], _ rows: [UInt32], _ sums: inout [Int64], _ absentees: inout [Int64]) {
        let values = values.span
        let rows = rows.span
        var sums = sums.mutableSpan
        var absentees = absentees.mutableSpan
        precondition(values.count == rows.count, "one row per record")
        for index in rows.indices {
            let value = unsafe values[unchecked: index]
            let row = unsafe Int(rows[unchecked: index])
            let isAbsent = value == absentInteger
            sums[row] &+= isAbsent ? 0 : value
            absentees[row] &+= isAbsent ? 1 : 0
        }
    }
}

/// A dimension's codes in a block.
enum BlockCodes: Sendable {
    /// All rows have this one.
    case constant(UInt32)
    case mixed([UInt32])

    init(_ codes: [UInt32]) {
        if let first = codes.first, codes.allSatisfy({ $0 == first }) { self = .constant(first) } else { self = .mixed(codes) }
    }
}

/// Brings a block's values to the sketches of their rows, sorted by row first, so that each sketch gets its values in one go.
struct RowSketches: Sendable {
    private var sorted: [Int64] = []

    mutating func add(_ values: [Int64], _ rows: [UInt32], hasAbsent: Bool, to sketches: inout [ValueSketch]) {
        guard let lowest = rows.min(), let highest = rows.max() else { return }
        if lowest == highest, !hasAbsent { return sketches[Int(lowest)].add(values.span) }
        var ends = [Int](repeating: 0, count: Int(highest - lowest) + 2)
        if sorted.count < values.count { sorted = Array(repeating: 0, count: values.count) }
        for index in values.indices where values[index] != absentInteger { ends[Int(rows[index] - lowest) + 1] += 1 }
        for index in 1..<ends.count { ends[index] += ends[index - 1] }
        for index in values.indices where values[index] != absentInteger {
            let row = Int(rows[index] - lowest)
            sorted[ends[row]] = values[index]
            ends[row] += 1
        }
        var start = 0
        for row in 0...Int(highest - lowest) {
            let end = ends[row]
            if end > start { sketches[Int(lowest) + row].add(sorted.span.extracting(start..<end)) }
            start = end
        }
    }
}
