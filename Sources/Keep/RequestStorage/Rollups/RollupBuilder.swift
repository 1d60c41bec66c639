internal import ByteCoding
internal import GatewayModel

/// Makes the tables of a part by reading its columns once, block by block.
///
/// Memory is bounded by the tables' rows, whatever the part's. A measure whose sums could leave 64 bits gets no columns: questions for it read the records.
struct RollupBuilder {
    private let segment: any RecordSegment
    private var dimensions: [RequestField: DimensionCodes] = [:]
    private var tables: [RollupAccumulator] = []
    /// Positions in ``RollupShape/measures``.
    private let measures: [Int]
    /// By measure: no sum is further from 0 than this; nil once it could overflow.
    private var reaches: [UInt64?]
    /// The slots of the values of the block and measure at hand.
    private var slots: [UInt8] = []

    /// The bytes of the rollup file of a segment; nil when no table is worth having.
    ///
    /// - Parameters:
    ///   - number: the part's.
    ///   - withMinutes: whether there may be tables by the minute.
    static func file(
        of segment: any RecordSegment, number: UInt64, _ settings: RollupSettings, withMinutes: Bool = true
    ) throws(StorageError) -> [UInt8]? {
        guard segment.rowCount >= settings.recordsMin, segment.rowCount > 0, segment.hiddenCount == 0 else { return nil }
        var builder = try RollupBuilder(segment, settings, withMinutes)
        try builder.addAll()
        return try builder.encode(number)
    }

    private init(_ segment: any RecordSegment, _ settings: RollupSettings, _ withMinutes: Bool) throws(StorageError) {
        self.segment = segment
        for field in Set(RollupShape.dimensionCandidates + RollupShape.clientCandidates + [.client]) {
            dimensions[field] = try DimensionCodes(field, segment)
        }
        measures = RollupShape.measures.indices.filter { segment.contains(RollupShape.measures[$0]) }
        reaches = Array(repeating: 0, count: RollupShape.measures.count)
        let firstTime = segment.timeBounds.first.microseconds
        for shape in try RollupPlanner(segment, dimensions, settings).shapes() where withMinutes || shape.step != RollupShape.minute {
            let codes = shape.dimensions.compactMap { dimensions[$0] }
            tables.append(RollupAccumulator(shape, codes, measures: RollupShape.measures.count, firstTime: firstTime))
        }
    }

    private mutating func addAll() throws(StorageError) {
        let used = Set(tables.flatMap(\.shape.dimensions))
        var times: [Int64] = []
        var values: [Int64] = []
        var read: [UInt32] = []
        var codes = [BlockCodes](repeating: .constant(0), count: RequestField.tableSize)
        for block in 0..<segment.blockCount {
            try segment.read(.time, block: block, into: &times)
            for field in used {
                try dimensions[field]?.read(segment, block: block, &values, into: &read)
                codes[Int(field.rawValue)] = BlockCodes(read)
            }
            for index in tables.indices { tables[index].locate(times) { codes[Int($0.rawValue)] } }
            for measure in measures {
                try segment.read(RollupShape.measures[measure], block: block, into: &values)
                add(values, measure)
            }
        }
    }

    private mutating func add(_ values: [Int64], _ measure: Int) {
        guard let reach = reaches[measure] else { return }
        let survey = ValueSurvey(values)
        let (added, overflow) = survey.magnitude.multipliedReportingOverflow(by: UInt64(values.count))
        guard !overflow, added < 1 << 62, reach + added < 1 << 62 else {
            reaches[measure] = nil
            return
        }
        reaches[measure] = reach + added
        fillSlots(values, RollupShape.measures[measure])
        for index in tables.indices { tables[index].add(values, measure: measure, hasAbsent: survey.absentees > 0, slots: slots) }
    }

    /// Finds the slots of a block's values once for all tables.
    private mutating func fillSlots(_ values: [Int64], _ field: RequestField) {
        guard let limits = ValueLimits.counted(field) else { return slots.removeAll(keepingCapacity: true) }
        var found = [UInt8](repeating: RollupAccumulator.noSlot, count: values.count)
        limits.forEachSlot(of: values.span) { found[$0] = UInt8($1) }
        slots = found
    }

    private func encode(_ number: UInt64) throws(StorageError) -> [UInt8]? {
        let complete = tables.filter { !$0.isGivenUp && $0.rowCount > 0 }
        guard !complete.isEmpty else { return nil }
        let bounds = segment.timeBounds
        var directory = RollupDirectory(
            part: number, records: segment.rowCount, times: bounds.first.microseconds...bounds.last.microseconds, sequences: segment.sequenceBounds)
        for field in RequestField.allCases where segment.contains(field) { directory.note(field) }
        var encoder = RollupEncoder(directory)
        for field in Set(complete.flatMap(\.shape.dimensions)).sorted(by: { $0.rawValue < $1.rawValue }) where field.kind == .dictionary {
            encoder.add(try segment.dictionary(field), of: field)
        }
        let sound = measures.filter { reaches[$0] != nil }
        for table in complete { encoder.add(table, measures: sound) }
        return encoder.finish()
    }
}

/// What one pass over a block's values tells: how many are absent, and how large the others are.
private struct ValueSurvey {
    let absentees: Int
    /// At least the magnitude of every present value: a power of two.
    let magnitude: UInt64

    init(_ values: [Int64]) {
        let values = values.span
        var absentees = 0
        var bits: UInt64 = 0
        for index in values.indices {
            let value = unsafe values[unchecked: index]
            let isAbsent = value == absentInteger
            absentees &+= isAbsent ? 1 : 0
            bits |= isAbsent ? 0 : UInt64(bitPattern: value ^ (value &>> 63))
        }
        self.absentees = absentees
        // Folded, -2^n is 2^n - 1; the next power of two covers both signs. No present value folds to more than 63 bits.
        magnitude = UInt64(1) &<< UInt64(64 &- bits.leadingZeroBitCount)
    }
}
