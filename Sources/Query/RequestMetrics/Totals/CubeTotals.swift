internal import GatewayModel
internal import RequestQuery

/// What has been added up of a ``CubePlan`` since the first record, by combinations of its dimensions' values.
struct CubeTotals: Sendable {
    /// Combinations, each with one number of ``LabelValues`` per dimension, in order of first sight.
    private(set) var keys: [[UInt32]] = []
    private var index: [[UInt32]: Int] = [:]
    private(set) var records: [Int64] = []
    /// One per sum of the plan, each with one element per combination: the sum, and the values it is of.
    private(set) var sums: [[Int64]]
    private(set) var values: [[Int64]]
    /// One per distribution, each with one element per combination and slot.
    private(set) var slots: [[Int64]]
    private let slotCounts: [Int]
    /// The sequence number of the last record counted.
    var sequence: Int64 = 0

    init(_ plan: CubePlan) {
        sums = plan.sums.map { _ in [] }
        values = sums
        slots = plan.distributions.map { _ in [] }
        slotCounts = plan.distributions.map { $0.limits.slotCount }
    }

    /// The position of a combination; nil when no record has it.
    func place(_ key: [UInt32]) -> Int? { index[key] }

    /// The position of a combination, which is added if it is new; beyond `max` all new ones share `_other`.
    mutating func place(adding key: [UInt32], max: Int) -> Int {
        if let known = index[key] { return known }
        let shared = key.map { _ in LabelValues.other }
        let key = keys.count < max || key.isEmpty ? key : shared
        if let known = index[key] { return known }
        let place = keys.count
        index[key] = place
        keys.append(key)
        records.append(0)
        for column in sums.indices {
            sums[column].append(0)
            values[column].append(0)
        }
        for column in slots.indices { slots[column] += repeatElement(0, count: slotCounts[column]) }
        return place
    }

    /// A combination's slots of a distribution.
    func slots(_ column: Int, _ place: Int) -> ArraySlice<Int64> { slots[column][(place * slotCounts[column])..<((place + 1) * slotCounts[column])] }

    /// Adds a cell of an answer to a combination.
    mutating func add(_ answer: ColumnAnswer, _ cell: Int, to place: Int) {
        records[place] += answer.records(cell)
        for column in sums.indices {
            let (sum, count) = answer.sum(column, cell)
            sums[column][place] = clampedSum(sums[column][place], sum)
            values[column][place] += count
        }
        for column in slots.indices {
            let first = place * slotCounts[column]
            for (slot, count) in answer.slots(column, cell).enumerated() { slots[column][first + slot] += Int64(count) }
        }
    }

    /// Takes what was kept, in the order of ``place(adding:max:)``.
    mutating func restore(_ place: Int, records: Int64, sums: [Int64], values: [Int64], slots: [[Int64]]) {
        self.records[place] = records
        for column in self.sums.indices {
            self.sums[column][place] = sums[column]
            self.values[column][place] = values[column]
        }
        for column in self.slots.indices {
            for (slot, count) in slots[column].enumerated() { self.slots[column][place * slotCounts[column] + slot] = count }
        }
    }
}

/// A sum that stops at the ends of 64 bits: nine billion dollars, or 290,000 years.
func clampedSum(_ left: Int64, _ right: Int128) -> Int64 { Int64(clamping: Int128(left) + right) }
