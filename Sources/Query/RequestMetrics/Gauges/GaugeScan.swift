internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Reads single records of a range: of those blocks that may matter some columns whole, and of the records that pass the rest.
///
/// Over 90 days in steps of six hours that is a small part of the store: few records are near an instant.
struct GaugeScan {
    /// Of one record the numbers of the tested columns, then of the told ones; ``absentInteger`` where there is none.
    typealias Numbers = InlineArray<4, Int64>

    private let context: ReadingContext
    private let range: TimeRange
    private let fields: [RequestField]
    private let tested: [RequestField]
    private let told: [RequestField]
    private var buffers: Buffers
    private var records = 0

    /// Memory that one block leaves to the next.
    private struct Buffers {
        var tested: [[Int64]]
        var told: [[Int64]]
        var codes: [[UInt32]]
        var mask: [UInt8] = []
        var rows = RowSelection()
    }

    /// - Parameters:
    ///   - range: of the records' `time`.
    ///   - fields: the dimensions to tell apart.
    ///   - tested: integer fields read of all records of a block, `time` first; with `told` at most four.
    ///   - told: integer fields read of the records that pass.
    init(_ context: ReadingContext, _ range: TimeRange, _ fields: [RequestField], tested: [RequestField], told: [RequestField]) {
        self.context = context
        self.range = range
        self.fields = fields
        self.tested = tested
        self.told = told
        buffers = Buffers(tested: tested.map { _ in [] }, told: told.map { _ in [] }, codes: fields.map { _ in [] })
    }

    /// Calls `body` with each record that passes: its combination of dimensions and its numbers. A block that cannot be read is left out.
    ///
    /// - Parameters:
    ///   - matters: whether any record of a block may pass, from what is known without reading.
    ///   - passes: of the tested numbers; the others are absent.
    /// - Throws: `query_limit` for more than ``FamilyLimits/gaugeRecordsMax`` records in blocks that matter, `query_timeout`.
    mutating func run(
        matters: (any RecordSegment, _ block: Int) -> Bool, passes: (Numbers) -> Bool, body: (_ key: [UInt32], Numbers) -> Void
    ) throws(QueryError) {
        let started = ContinuousClock.now
        for segment in context.snapshot.segments where range.overlaps(first: segment.timeBounds.first, last: segment.timeBounds.last) {
            var numbers: [[UInt32]]?
            for block in 0..<segment.blockCount {
                if let times = segment.bounds(.time, block: block), times.upperBound < range.from.microseconds || times.lowerBound >= range.to.microseconds { continue }
                guard matters(segment, block) else { continue }
                records += segment.rows(ofBlock: block).count
                guard records <= context.limits.gaugeRecordsMax else {
                    throw QueryError(.queryLimit, "the gauge needs more than \(context.limits.gaugeRecordsMax) records (gaugeRecordsMax)")
                }
                guard (ContinuousClock.now - started) / .seconds(1) < context.queryLimits.timeoutSeconds else {
                    throw QueryError(.queryTimeout, "the query took longer than \(context.queryLimits.timeoutSeconds) s (timeoutSeconds)")
                }
                do throws(StorageError) {
                    guard try select(segment, block, passes) else { continue }
                    if numbers == nil { numbers = try self.numbers(segment) }
                    try tell(segment, block, numbers ?? [], body)
                } catch {
                    continue
                }
            }
        }
    }

    /// Whether any record of a block passes; those that do are then selected.
    private mutating func select(_ segment: any RecordSegment, _ block: Int, _ passes: (Numbers) -> Bool) throws(StorageError) -> Bool {
        for (index, field) in tested.enumerated() { try segment.read(field, block: block, into: &buffers.tested[index]) }
        let times = buffers.tested[0]
        var row = Numbers(repeating: absentInteger)
        buffers.mask.removeAll(keepingCapacity: true)
        var isAny = false
        for index in times.indices {
            for column in tested.indices { row[column] = buffers.tested[column][index] }
            let isWanted = times[index] >= range.from.microseconds && times[index] < range.to.microseconds && passes(row)
            buffers.mask.append(isWanted ? 1 : 0)
            isAny = isAny || isWanted
        }
        guard isAny else { return false }
        for hidden in segment.hiddenRows(ofBlock: block) { buffers.mask[Int(hidden)] = 0 }
        buffers.rows.select(buffers.mask)
        return buffers.rows.count > 0
    }

    private mutating func tell(
        _ segment: any RecordSegment, _ block: Int, _ numbers: [[UInt32]], _ body: (_ key: [UInt32], Numbers) -> Void
    ) throws(StorageError) {
        for (index, field) in told.enumerated() { try segment.read(field, block: block, rows: buffers.rows, into: &buffers.told[index]) }
        for (index, field) in fields.enumerated() { try segment.read(field, block: block, rows: buffers.rows, into: &buffers.codes[index]) }
        var row = Numbers(repeating: absentInteger)
        for (place, index) in buffers.rows.rows.enumerated() {
            for column in tested.indices { row[column] = buffers.tested[column][Int(index)] }
            for column in told.indices { row[tested.count + column] = buffers.told[column][place] }
            body(fields.indices.map { numbers[$0][Int(buffers.codes[$0][place])] }, row)
        }
    }

    /// For each field the number of each code of the segment.
    private func numbers(_ segment: any RecordSegment) throws(StorageError) -> [[UInt32]] {
        var result: [[UInt32]] = []
        for field in fields {
            let dictionary = try segment.dictionary(field)
            let values = context.state.values[Int(field.rawValue)]
            result.append([LabelValues.absent] + (0..<dictionary.count).map { values.number(of: .text(dictionary[$0])) })
        }
        return result
    }
}

/// Finds the instant after a time. Records of about the same time follow each other, so the last answer is tried first.
struct NextInstant {
    private let instants: [Int64]
    private var place = 0

    /// - Parameter instants: ascending.
    init(_ instants: [Int64]) { self.instants = instants }

    /// The first instant at or after a time; nil when there is none.
    mutating func notBefore(_ time: Int64) -> Int64? {
        let isPast = place == instants.count || instants[place] >= time
        if !(isPast && (place == 0 || instants[place - 1] < time)) { place = instants.partitionIndex { $0 >= time } }
        return place < instants.count ? instants[place] : nil
    }

    /// The first instant after a time; nil when there is none.
    mutating func after(_ time: Int64) -> Int64? { notBefore(time + 1) }
}

extension TimeRange {
    /// Its first and last microsecond.
    var bounds: ClosedRange<Int64> { from.microseconds...max(from.microseconds, to.microseconds - 1) }
}
