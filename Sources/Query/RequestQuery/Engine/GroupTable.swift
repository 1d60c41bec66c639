internal import ByteCoding
internal import GatewayModel

/// The cells of a whole question, numbered by the values themselves: what the workers' segments are added up in.
///
/// Everything in it is the same whatever the order in which segments are added: sums and counts are exact, sketches depend on their values only.
struct GroupTable: Sendable {
    let plan: ScanPlan
    /// One per group field.
    private var values: [ValueNumbers]
    /// One per group field: the numbers of the groups of the fields so far. The last one's numbers are the groups'.
    private var groupTables: [KeyTable]
    /// Keys are bucket and group.
    private var cellTable = KeyTable()
    private(set) var cells: CellColumns
    /// The values of the plan's distinct fields.
    private var distinctValues: [ValueNumbers]

    init(_ plan: ScanPlan) {
        self.plan = plan
        values = plan.by.map { _ in ValueNumbers() }
        groupTables = plan.by.map { _ in KeyTable() }
        cells = CellColumns(plan.measures)
        distinctValues = plan.measures.distinct.map { _ in ValueNumbers() }
    }

    /// Groups that hold records; without group fields there is always one.
    var groupCount: Int { plan.by.isEmpty ? 1 : groupTables.last?.count ?? 1 }
    var cellCount: Int { cellTable.count }

    /// Bytes of memory held, the strings' included.
    var bytes: Int { cells.bytes + cellTable.bytes + groupTables.reduce(0) { $0 + $1.bytes } + (values + distinctValues).reduce(0) { $0 + $1.bytes } }

    /// The cell of a group and bucket; nil when no record lies in it.
    func cell(group: Int, bucket: Int) -> Int? { cellTable.known(UInt64(bucket) << 32 | UInt64(group)) }

    /// A cell's group and bucket.
    func place(_ cell: Int) -> (group: Int, bucket: Int) {
        let key = cellTable.keys[cell]
        return (Int(key & 0xFFFF_FFFF), Int(key >> 32))
    }

    /// A group's values, one per group field.
    func groupValues(_ group: Int) -> [QueryValue] {
        let numbers = valueNumbers(ofGroup: group)
        return plan.by.indices.map { values[$0].value(numbers[$0], of: plan.by[$0]) }
    }

    /// Adds what was found in a segment.
    ///
    /// - Parameter bucketShift: what its buckets' numbers are to be raised by, to be those of this question.
    /// - Throws: `query_limit` when there are too many groups or cells.
    mutating func fold(_ scan: SegmentCells, bucketShift: Int = 0, limits: QueryLimits) throws(QueryError) {
        var codeNumbers: [[UInt32]] = scan.keys.fields.map { _ in [] }
        var groups = [UInt32](repeating: .max, count: scan.keys.groupNumbers)
        var targets = [UInt32](repeating: .max, count: scan.cells.cellCount)
        for cell in targets.indices where scan.cells.records[cell] > 0 {
            let place = scan.keys.place(cell)
            if !plan.isGap.isEmpty, plan.isGap[place.bucket + bucketShift] { continue }
            if groups[place.group] == .max { groups[place.group] = group(place.group, scan.keys, &codeNumbers) }
            targets[cell] = cellTable.number(of: UInt64(place.bucket + bucketShift) << 32 | UInt64(groups[place.group]))
        }
        try check(limits)
        cells.resize(cellTable.count)
        for cell in targets.indices where targets[cell] != .max { cells.merge(cell, of: scan.cells, into: Int(targets[cell])) }
        for index in scan.distinct.indices { fold(scan.distinct[index], targets, index) }
    }

    /// - Throws: `query_limit` when there are too many groups or cells.
    func check(_ limits: QueryLimits) throws(QueryError) {
        guard groupCount <= limits.groupsMax else {
            throw QueryLimits.reached("groupsMax", limits.groupsMax, "groups", hint: "filter, or group by a field with fewer values")
        }
        guard cellTable.count <= limits.cellsMax else {
            throw QueryLimits.reached("cellsMax", limits.cellsMax, "cells (groups x buckets)", hint: "choose wider buckets or fewer groups")
        }
    }

    /// Adds all cells of another table of the same question.
    ///
    /// - Parameter bucketShift: as in ``fold(_:bucketShift:limits:)``.
    mutating func fold(_ other: GroupTable, bucketShift: Int) {
        var known = other.values.map { [UInt32](repeating: 0, count: $0.count + 1) }
        var targets = [UInt32](repeating: 0, count: other.cellCount)
        for cell in targets.indices {
            let place = other.place(cell)
            let group = group(place.group, of: other, &known)
            targets[cell] = cellTable.number(of: UInt64(place.bucket + bucketShift) << 32 | UInt64(group))
        }
        cells.resize(cellTable.count)
        for cell in targets.indices { cells.merge(cell, of: other.cells, into: Int(targets[cell])) }
        for index in cells.distinct.indices { fold(other, distinct: index, targets) }
    }

    /// The group of another table's group.
    private mutating func group(_ theirs: Int, of other: GroupTable, _ known: inout [[UInt32]]) -> UInt32 {
        let numbers = other.valueNumbers(ofGroup: theirs)
        var group: UInt32 = 0
        for index in plan.by.indices {
            let number = Int(numbers[index])
            if number > 0, known[index][number] == 0 { known[index][number] = values[index].number(of: numbers[index], in: other.values[index], plan.by[index]) }
            group = groupTables[index].number(of: UInt64(group) << 32 | UInt64(known[index][number]))
        }
        return group
    }

    /// A group's values' numbers, one per group field.
    private func valueNumbers(ofGroup group: Int) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: plan.by.count)
        var number = UInt64(group)
        for index in plan.by.indices.reversed() {
            let key = groupTables[index].keys[Int(number)]
            result[index] = UInt32(key & 0xFFFF_FFFF)
            number = key >> 32
        }
        return result
    }

    private mutating func fold(_ other: GroupTable, distinct index: Int, _ targets: [UInt32]) {
        let field = plan.measures.distinct[index]
        var known = [UInt32](repeating: 0, count: other.distinctValues[index].count + 1)
        other.cells.distinct[index].forEach { cell, value in
            var value = value
            if field.kind == .dictionary {
                let number = Int(value)
                if known[number] == 0 { known[number] = distinctValues[index].number(of: UInt32(number), in: other.distinctValues[index], field) }
                value = UInt64(known[number])
            }
            cells.distinct[index].insert(cell: targets[Int(cell)], value: value)
        }
    }

    /// The same in less memory, to be kept and folded only.
    func packed() -> GroupTable {
        var result = self
        result.cells = cells.packed()
        return result
    }

    /// The group that a segment's group is part of.
    private mutating func group(_ local: Int, _ keys: CellKeys, _ codeNumbers: inout [[UInt32]]) -> UInt32 {
        let codes = keys.codes(ofGroup: local)
        var number: UInt32 = 0
        for index in plan.by.indices {
            let value = self.value(codes[index], keys.fields[index], &codeNumbers[index], index)
            number = groupTables[index].number(of: UInt64(number) << 32 | UInt64(value))
        }
        return number
    }

    /// The number of the value that a code stands for; 0 for "absent". Strings are looked up once per segment and code.
    private mutating func value(_ code: UInt32, _ field: KeyField, _ known: inout [UInt32], _ index: Int) -> UInt32 {
        if code == 0 { return 0 }
        guard case .dictionary(let table) = field.coding else {
            return field.integer(code).map { values[index].number(of: $0) } ?? 0
        }
        if known.isEmpty { known = Array(repeating: 0, count: table.count + 1) }
        if known[Int(code)] == 0 { known[Int(code)] = values[index].number(of: Int(code) - 1, in: table) }
        return known[Int(code)]
    }

    private mutating func fold(_ feeder: DistinctFeeder, _ targets: [UInt32], _ index: Int) {
        var set = PairSet()
        swap(&set, &cells.distinct[index])
        var numbers = ValueNumbers()
        swap(&numbers, &distinctValues[index])
        var known: [UInt32] = []
        let dictionary = feeder.dictionary
        if let dictionary { known = Array(repeating: 0, count: dictionary.count + 1) }
        feeder.forEach { cell, value in
            var value = value
            if let dictionary {
                let code = Int(value)
                if known[code] == 0 { known[code] = numbers.number(of: code - 1, in: dictionary) }
                value = UInt64(known[code])
            }
            set.insert(cell: targets[Int(cell)], value: value)
        }
        swap(&set, &cells.distinct[index])
        swap(&numbers, &distinctValues[index])
    }
}

/// Numbers for the distinct values of one field over all segments: 1, 2, ...; 0 is "absent".
struct ValueNumbers: Sendable {
    private(set) var strings = StringTable()
    private var byHash = KeyTable()
    /// Strings that hash like an earlier, different one: practically none.
    private var collisions: [String: UInt32] = [:]
    private var integers = KeyTable()
    /// The number of a string's first hash, by the hash's own number.
    private var numberOfHash: [UInt32] = []

    private static let hash = SipHash(key0: .random(in: 0...UInt64.max), key1: .random(in: 0...UInt64.max))

    var bytes: Int { strings.bytes.capacity + strings.count * 4 + byHash.bytes + integers.bytes + numberOfHash.capacity * 4 }

    /// The highest number given.
    var count: Int { max(strings.count, integers.count) }

    mutating func number(of integer: Int64) -> UInt32 { integers.number(of: UInt64(bitPattern: integer)) + 1 }

    /// The number of string `index` of `table`.
    mutating func number(of index: Int, in table: StringTable) -> UInt32 {
        let hash = unsafe table.withBytes(index) { unsafe Self.hash($0) }
        let entry = Int(byHash.number(of: hash))
        if entry == numberOfHash.count {
            strings.append(index, of: table)
            numberOfHash.append(UInt32(strings.count))
            return UInt32(strings.count)
        }
        let known = numberOfHash[entry]
        if strings.bytes[strings.range(Int(known) - 1)] == table.bytes[table.range(index)] { return known }
        let text = table[index]
        if let number = collisions[text] { return number }
        strings.append(index, of: table)
        collisions[text] = UInt32(strings.count)
        return UInt32(strings.count)
    }

    /// The number of the value that has number `theirs` (not 0) in another table.
    mutating func number(of theirs: UInt32, in other: ValueNumbers, _ field: RequestField) -> UInt32 {
        field.kind == .dictionary ? number(of: Int(theirs) - 1, in: other.strings) : number(of: Int64(bitPattern: other.integers.keys[Int(theirs) - 1]))
    }

    /// The value with a number, as an answer shows it.
    func value(_ number: UInt32, of field: RequestField) -> QueryValue {
        if number == 0 { return .null }
        if field.kind == .dictionary { return .text(strings[Int(number) - 1]) }
        let integer = Int64(bitPattern: integers.keys[Int(number) - 1])
        return field.unit == .boolean ? .boolean(integer != 0) : .integer(integer)
    }
}
