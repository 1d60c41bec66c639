internal import GatewayModel

/// Finds the rows of a segment's blocks that lie in a range and pass a filter.
struct BlockSelector {
    let segment: any RecordSegment
    private let range: TimeRange
    private let filter: SegmentFilter
    private let filterInTime: SegmentFilter
    private let isInside: Bool
    private var mask: [UInt8] = []
    private var evaluator = FilterEvaluator()

    /// What a block holds for the question.
    enum Selection: Equatable {
        case nothing
        /// All rows of the block.
        case all
        /// Some; ``ColumnBlock/selection`` says which.
        case some
    }

    init(_ filter: Filter, range: TimeRange, segment: any RecordSegment) throws(StorageError) {
        self.segment = segment
        self.range = range
        self.filter = try SegmentFilter(filter, segment: segment)
        let time = SegmentFilter.range(
            .time,
            IntegerCondition(
                lowest: range.from.microseconds, width: UInt64(bitPattern: range.to.microseconds &- 1 &- range.from.microseconds), isInverted: false))
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

    /// Narrows the block at which `columns` stands to the rows that pass, one condition after the other, so that each is asked of those rows only that
    /// are left by the ones before it.
    ///
    /// - Parameter fields: columns that are needed afterwards; others that were read for the filter are forgotten.
    mutating func select(_ block: Int, _ columns: inout ColumnBlock, keeping fields: [RequestField]) throws(StorageError) -> Selection {
        guard let filter = filter(for: block) else { return .nothing }
        let all = columns.count
        if segment.hiddenCount > 0, !hide(segment.hiddenRows(ofBlock: block), &columns) { return .nothing }
        let conditions = if case .every(let parts) = filter { parts } else { [filter] }
        for condition in conditions {
            if let constant = condition.constant {
                if constant { continue }
                return .nothing
            }
            try evaluator.evaluate(condition, &columns, segment: segment, block: block, into: &mask)
            let passing = MaskCount.count(mask)
            if passing == 0 { return .nothing }
            if passing < columns.count { columns.narrow(mask, keeping: fields) }
        }
        return columns.count == all ? .all : .some
    }

    /// Leaves the hidden rows out; false when none is left.
    private mutating func hide(_ hidden: [UInt16], _ columns: inout ColumnBlock) -> Bool {
        guard !hidden.isEmpty else { return true }
        MaskKernel.resize(&mask, columns.count)
        MaskKernel.fill(&mask, true)
        for row in hidden where Int(row) < mask.count { mask[Int(row)] = 0 }
        guard mask.contains(1) else { return false }
        columns.narrow(mask, keeping: [])
        return true
    }

    /// The filter to apply to a block, with or without the test of time; nil when the block lies outside the range.
    private func filter(for block: Int) -> SegmentFilter? {
        if isInside { return filter }
        guard let bounds = segment.bounds(.time, block: block) else { return nil }
        guard bounds.upperBound >= range.from.microseconds, bounds.lowerBound < range.to.microseconds else { return nil }
        let isInside = bounds.lowerBound >= range.from.microseconds && bounds.upperBound < range.to.microseconds
        return isInside ? filter : filterInTime
    }

    /// The mask of another filter over the rows of the block that are left in `columns`.
    mutating func mask(_ filter: SegmentFilter, _ block: Int, _ columns: inout ColumnBlock, into mask: inout [UInt8]) throws(StorageError) {
        try evaluator.evaluate(filter, &columns, segment: segment, block: block, into: &mask)
    }
}
