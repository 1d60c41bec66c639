internal import GatewayModel

/// Finds the rows of a segment's blocks that lie in a range and pass a filter.
struct BlockSelector {
    let segment: any RecordSegment
    private let range: TimeRange
    private let filter: SegmentFilter
    private let filterInTime: SegmentFilter
    private let isInside: Bool
    /// The rows that pass, when not all do.
    private(set) var rows: [UInt16] = []
    private var mask: [UInt8] = []
    private var evaluator = FilterEvaluator()

    /// What a block holds for the question.
    enum Selection: Equatable {
        case nothing
        /// All rows of the block.
        case all
        /// The rows in ``rows``: as many.
        case some(Int)
    }

    init(_ filter: Filter, range: TimeRange, segment: any RecordSegment) throws(StorageError) {
        self.segment = segment
        self.range = range
        self.filter = try SegmentFilter(filter, segment: segment)
        let time = SegmentFilter.range(
            .time, lowest: range.from.microseconds, width: UInt64(bitPattern: range.to.microseconds &- 1 &- range.from.microseconds), isInverted: false)
        switch self.filter {
        case .constant(true): filterInTime = time
        case .every(let parts): filterInTime = .every([time] + parts)
        case .constant(false), .codes, .range, .texts, .any: filterInTime = .every([time, self.filter])
        }
        let bounds = segment.timeBounds
        isInside = bounds.first >= range.from && bounds.last < range.to
    }

    /// Whether no row of the segment can pass.
    var isHopeless: Bool { filter.constant == false }

    /// Selects rows of a block at which `columns` stands; on return ``rows`` are those selected unless it is all or none.
    mutating func select(_ block: Int, _ columns: inout ColumnBlock) throws(StorageError) -> Selection {
        guard let filter = filter(for: block) else { return .nothing }
        switch filter {
        case .constant(false): return .nothing
        case .constant(true) where segment.hiddenCount == 0: return .all
        case .constant, .codes, .range, .texts, .every, .any: break
        }
        try evaluator.evaluate(filter, &columns, segment: segment, block: block, into: &mask)
        if segment.hiddenCount > 0 { for row in segment.hiddenRows(ofBlock: block) where Int(row) < mask.count { mask[Int(row)] = 0 } }
        let count = Gather.count(mask)
        if count == 0 { return .nothing }
        if count == columns.count { return .all }
        Gather.rows(in: mask, count: columns.count, into: &rows)
        return .some(count)
    }

    /// The filter to apply to a block, with or without the test of time; nil when the block lies outside the range.
    private func filter(for block: Int) -> SegmentFilter? {
        if isInside { return filter }
        guard let bounds = segment.bounds(.time, block: block) else { return nil }
        guard bounds.upperBound >= range.from.microseconds, bounds.lowerBound < range.to.microseconds else { return nil }
        let isInside = bounds.lowerBound >= range.from.microseconds && bounds.upperBound < range.to.microseconds
        return isInside ? filter : filterInTime
    }

    /// The mask of another filter over the block at which `columns` stands (all its rows).
    mutating func mask(_ filter: SegmentFilter, _ block: Int, _ columns: inout ColumnBlock, into mask: inout [UInt8]) throws(StorageError) {
        try evaluator.evaluate(filter, &columns, segment: segment, block: block, into: &mask)
    }
}
