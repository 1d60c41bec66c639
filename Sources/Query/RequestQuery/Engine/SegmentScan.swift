internal import ByteCoding
internal import GatewayModel

/// What one worker accumulates over one segment: cells numbered by the segment's own codes.
struct SegmentScan {
    private let plan: ScanPlan
    private let range: TimeRange
    private(set) var keys: CellKeys
    private(set) var cells: CellColumns
    private(set) var distinct: [DistinctFeeder]
    private(set) var counts = ScanCounts()
    private var selector: BlockSelector
    private let measureFilters: [SegmentFilter]
    private var measureMasks: [[UInt8]]
    private let neededFields: [RequestField]
    private var feeder = SketchFeeder()

    /// - Throws: when the segment's dictionaries cannot be read.
    init(_ plan: ScanPlan, _ source: ScanSource) throws(StorageError) {
        self.plan = plan
        range = source.range
        let segment = source.segment
        selector = try BlockSelector(plan.filter, range: range, segment: segment)
        let bounds = segment.timeBounds
        let last = Timestamp(microseconds: range.to.microseconds - 1)
        let buckets = BucketKernel(plan.buckets, first: max(bounds.first, range.from), last: min(bounds.last, last))
        keys = try CellKeys(plan.by, segment: segment, buckets: buckets)
        cells = CellColumns(plan.measures, cells: keys.denseCellCount ?? 0)
        var distinct: [DistinctFeeder] = []
        for field in plan.measures.distinct { distinct.append(try DistinctFeeder(field, segment: segment, cellsMax: keys.denseCellCount)) }
        self.distinct = distinct
        var filters: [SegmentFilter] = []
        for filter in plan.measures.filters { filters.append(try SegmentFilter(filter, segment: segment)) }
        measureFilters = filters
        measureMasks = filters.map { _ in [] }
        neededFields = Array(Set(plan.by).union(plan.measures.fields))
    }

    /// Whether no record of the segment can be part of the answer.
    var isHopeless: Bool { selector.isHopeless }

    /// Bytes of memory held.
    var bytes: Int { keys.bytes + cells.bytes + distinct.reduce(0) { $0 + $1.bytes } }

    /// Adds a block.
    ///
    /// - Throws: when a column cannot be read; nothing of the block was then added.
    mutating func add(_ block: Int, _ columns: inout ColumnBlock) throws(StorageError) {
        columns.stand(at: block, of: selector.segment)
        let rows = columns.count
        let selection = try selector.select(block, &columns)
        guard selection != .nothing else {
            if columns.hasLoaded { countRead(rows, matched: 0) } else { counts.blocksSkipped += 1 }
            return
        }
        for index in measureFilters.indices { try selector.mask(measureFilters[index], block, &columns, into: &measureMasks[index]) }
        for field in neededFields { try columns.load(field) }
        let bucket = try bucket(of: block, &columns)
        if case .some = selection {
            columns.keep(selector.rows, of: neededFields + [.time])
            for index in measureMasks.indices { Gather.keep(selector.rows, of: &measureMasks[index]) }
        }
        accumulate(columns, bucket)
        countRead(rows, matched: columns.count)
    }

    private mutating func countRead(_ rows: Int, matched: Int) {
        counts.blocksRead += 1
        counts.recordsRead += rows
        counts.recordsMatched += matched
    }

    /// The bucket that all of the block's records in range lie in; nil, with the time column loaded, when they lie in several.
    private func bucket(of block: Int, _ columns: inout ColumnBlock) throws(StorageError) -> Int? {
        if keys.buckets.count == 1 { return keys.buckets.first }
        if let bounds = selector.segment.bounds(.time, block: block) {
            let first = plan.buckets.index(of: Timestamp(microseconds: max(bounds.lowerBound, range.from.microseconds)))
            let last = plan.buckets.index(of: Timestamp(microseconds: min(bounds.upperBound, range.to.microseconds - 1)))
            if first == last { return first }
        }
        try columns.load(.time)
        return nil
    }

    private mutating func accumulate(_ columns: ColumnBlock, _ bucket: Int?) {
        let assignment = keys.assign(columns, bucket: bucket)
        if keys.cellCount > cells.cellCount { cells.resize(max(keys.cellCount, 2 * cells.cellCount)) }
        CellKernel.count(assignment, &cells.records)
        for index in measureMasks.indices { CellKernel.count(measureMasks[index], assignment, &cells.filtered[index]) }
        var surveys: [RequestField: ColumnSurvey] = [:]
        for field in Set(plan.measures.sums + plan.measures.sketches) { surveys[field] = ColumnSurvey(columns.integers(field)) }
        for (index, field) in plan.measures.sums.enumerated() {
            if let survey = surveys[field] { cells.sums[index].add(columns.integers(field), survey: survey, to: assignment) }
        }
        for (index, field) in plan.measures.minima.enumerated() { CellKernel.minimum(columns.integers(field), assignment, &cells.minima[index]) }
        for (index, field) in plan.measures.maxima.enumerated() { CellKernel.maximum(columns.integers(field), assignment, &cells.maxima[index]) }
        for (index, field) in plan.measures.sketches.enumerated() {
            let hasAbsent = (surveys[field]?.absent ?? 0) > 0
            cells.sketchBytes += feeder.add(columns.integers(field), hasAbsent: hasAbsent, assignment, to: &cells.sketches[index])
        }
        for index in distinct.indices { distinct[index].add(columns, assignment) }
    }
}
