internal import ByteCoding
internal import GatewayModel

/// What was found in rows of one segment: cells numbered by the segment's own codes. Refers to nothing of the segment but its dictionaries.
struct SegmentCells: Sendable {
    fileprivate(set) var keys: CellKeys
    fileprivate(set) var cells: CellColumns
    fileprivate(set) var distinct: [DistinctFeeder]
    fileprivate(set) var counts = ScanCounts()

    /// Bytes of memory held.
    var bytes: Int { keys.bytes + cells.bytes + distinct.reduce(0) { $0 + $1.bytes } }

    /// The same in less memory, to be kept and folded only.
    func packed() -> SegmentCells { SegmentCells(keys: keys.withoutScratch(), cells: cells.packed(), distinct: distinct, counts: counts) }
}

/// Goes over blocks of one segment and adds up what the question asks for.
struct SegmentScan {
    private let plan: ScanPlan
    private let range: TimeRange
    private(set) var found: SegmentCells
    private var selector: BlockSelector
    private let measureFilters: [SegmentFilter]
    private var measureMasks: [[UInt8]]
    private let neededFields: [RequestField]
    private var feeder = SketchFeeder()
    /// The segment, where it is a table of rollups, and what its rows stand for.
    private let rollup: (any RollupSegment)?
    private var rollupRows: RollupRows

    /// - Throws: when the segment's dictionaries cannot be read.
    init(_ plan: ScanPlan, _ source: ScanSource) throws(StorageError) {
        self.plan = plan
        range = source.range
        let segment = source.segment
        selector = try BlockSelector(plan.filter, range: range, segment: segment)
        let bounds = segment.timeBounds
        let last = Timestamp(microseconds: range.to.microseconds - 1)
        let buckets = BucketKernel(plan.buckets, first: max(bounds.first, range.from), last: min(bounds.last, last))
        let keys = try CellKeys(plan.by, segment: segment, buckets: buckets)
        var distinct: [DistinctFeeder] = []
        for field in plan.measures.distinct { distinct.append(try DistinctFeeder(field, segment: segment, cellsMax: keys.denseCellCount)) }
        found = SegmentCells(keys: keys, cells: CellColumns(plan.measures, cells: keys.denseCellCount ?? 0), distinct: distinct)
        var filters: [SegmentFilter] = []
        for filter in plan.measures.filters { filters.append(try SegmentFilter(filter, segment: segment)) }
        measureFilters = filters
        measureMasks = filters.map { _ in [] }
        rollup = segment as? any RollupSegment
        rollupRows = RollupRows(plan.measures)
        neededFields = Array(Set(plan.by).union(rollup == nil ? plan.measures.fields : Set(plan.measures.distinct)))
    }

    /// Whether no record of the segment can be part of the answer.
    var isHopeless: Bool { selector.isHopeless }

    /// Adds a block.
    ///
    /// - Throws: when a column cannot be read; nothing of the block was then added.
    mutating func add(_ block: Int, _ columns: inout ColumnBlock) throws(StorageError) {
        columns.stand(at: block, of: selector.segment)
        let rows = columns.count
        let selection = try selector.select(block, &columns, keeping: neededFields)
        guard selection != .nothing else {
            if columns.hasLoaded { countRead(rows, matched: 0) } else { found.counts.blocksSkipped += 1 }
            return
        }
        for index in measureFilters.indices { try selector.mask(measureFilters[index], block, &columns, into: &measureMasks[index]) }
        for field in neededFields { try columns.load(field) }
        let bucket = try bucket(of: block, &columns)
        if let rollup {
            try rollupRows.read(rollup, block: block)
            if let selection = columns.selection { rollupRows.keep(selection) }
            try accumulateRollups(columns, bucket)
            countRead(rows, matched: rollupRows.recordCount)
        } else {
            accumulate(columns, bucket)
            countRead(rows, matched: columns.count)
        }
    }

    /// Counts blocks that need not be looked at.
    mutating func skip(blocks: Int) { found.counts.blocksSkipped += blocks }

    private mutating func countRead(_ rows: Int, matched: Int) {
        found.counts.blocksRead += 1
        found.counts.recordsRead += rows
        found.counts.recordsMatched += matched
    }

    /// The bucket that all of the block's records in range lie in; nil, with the time column loaded, when they lie in several.
    private func bucket(of block: Int, _ columns: inout ColumnBlock) throws(StorageError) -> Int? {
        if found.keys.buckets.count == 1 { return found.keys.buckets.first }
        if let bounds = selector.segment.bounds(.time, block: block) {
            let first = plan.buckets.index(of: Timestamp(microseconds: max(bounds.lowerBound, range.from.microseconds)))
            let last = plan.buckets.index(of: Timestamp(microseconds: min(bounds.upperBound, range.to.microseconds - 1)))
            if first == last { return first }
        }
        try columns.load(.time)
        return nil
    }

    private mutating func assign(_ columns: ColumnBlock, _ bucket: Int?) -> CellAssignment {
        let assignment = found.keys.assign(columns, bucket: bucket)
        if found.keys.cellCount > found.cells.cellCount { found.cells.resize(max(found.keys.cellCount, 2 * found.cells.cellCount)) }
        return assignment
    }

    private mutating func accumulateRollups(_ columns: ColumnBlock, _ bucket: Int?) throws(StorageError) {
        let assignment = assign(columns, bucket)
        try rollupRows.add(to: &found.cells, assignment, masks: measureMasks)
        for index in found.distinct.indices { found.distinct[index].add(columns, assignment) }
    }

    private mutating func accumulate(_ columns: ColumnBlock, _ bucket: Int?) {
        let assignment = assign(columns, bucket)
        CellKernel.count(assignment, &found.cells.records)
        for index in measureMasks.indices { CellKernel.count(measureMasks[index], assignment, &found.cells.filtered[index]) }
        var surveys: [RequestField: ColumnSurvey] = [:]
        for field in Set(plan.measures.sums + plan.measures.sketches) { surveys[field] = columns.survey(field) }
        for (index, field) in plan.measures.sums.enumerated() {
            if let survey = surveys[field] { found.cells.sums[index].add(columns.integers(field), survey: survey, to: assignment) }
        }
        for (index, field) in plan.measures.minima.enumerated() { CellKernel.minimum(columns.integers(field), assignment, &found.cells.minima[index]) }
        for (index, field) in plan.measures.maxima.enumerated() { CellKernel.maximum(columns.integers(field), assignment, &found.cells.maxima[index]) }
        for (index, field) in plan.measures.sketches.enumerated() {
            let hasAbsent = (surveys[field]?.absent ?? 0) > 0
            found.cells.sketchBytes += feeder.add(columns.integers(field), hasAbsent: hasAbsent, assignment, to: &found.cells.sketches[index])
        }
        for index in found.distinct.indices { found.distinct[index].add(columns, assignment) }
        for (index, distribution) in plan.measures.distributions.enumerated() {
            found.cells.distributions[index].add(columns.integers(distribution.field), to: assignment)
        }
    }
}
