internal import ByteCoding
internal import GatewayModel

/// Goes over the blocks of a snapshot, the most promising first, and offers their records to a page.
struct RecordScan {
    private let query: RecordQuery
    private let range: TimeRange
    private let snapshot: StoreSnapshot
    private(set) var top: TopRecords
    private(set) var counts = ScanCounts()
    private(set) var unreadable: [String] = []
    private var columns = ColumnBlock()

    /// A segment or block, with the value that its first record in the order can have; nil when that is not known.
    private struct Candidate {
        let index: Int
        let best: RecordCursor.Value?
    }

    init(_ query: RecordQuery, _ range: TimeRange, _ snapshot: StoreSnapshot, _ top: TopRecords) {
        self.query = query
        self.range = range
        self.snapshot = snapshot
        self.top = top
    }

    /// - Throws: `query_timeout`, `cancelled`.
    mutating func run(_ control: QueryControl) throws(QueryError) {
        for candidate in segments() {
            let segment = snapshot.segments[candidate.index]
            if isBehindAll(candidate.best) {
                counts.blocksSkipped += segment.blockCount
                continue
            }
            do throws(StorageError) {
                let selector = try BlockSelector(query.filter.filter, range: range, segment: segment)
                let reader = try SortColumnReader(query.sort, candidate.index, segment)
                if selector.isHopeless { counts.blocksSkipped += segment.blockCount } else { scan(selector, reader, control) }
            } catch {
                note(error)
            }
            try control.check()
        }
    }

    /// Looks at the blocks of a segment. A block that cannot be read costs only itself.
    private mutating func scan(_ selector: BlockSelector, _ reader: SortColumnReader, _ control: QueryControl) {
        var selector = selector
        var reader = reader
        for candidate in blocks(selector.segment) {
            // The deadline is thrown by the caller; here it only ends the loop.
            if control.isExpired { return }
            if isBehindAll(candidate.best) {
                counts.blocksSkipped += 1
                continue
            }
            do throws(StorageError) {
                try scan(candidate.index, &selector, &reader)
            } catch {
                note(error)
            }
        }
    }

    private mutating func scan(_ block: Int, _ selector: inout BlockSelector, _ reader: inout SortColumnReader) throws(StorageError) {
        columns.stand(at: block, of: selector.segment)
        let rows = columns.count
        let selection = try selector.select(block, &columns, keeping: [query.sort.field, .sequence])
        guard selection != .nothing else {
            if columns.hasLoaded { counts.add(ScanCounts(recordsRead: rows, blocksRead: 1)) } else { counts.blocksSkipped += 1 }
            return
        }
        try columns.load(query.sort.field)
        try columns.load(.sequence)
        reader.offer(columns, block, to: &top)
        counts.add(ScanCounts(recordsRead: rows, recordsMatched: columns.count, blocksRead: 1))
    }

    private mutating func note(_ error: StorageError) {
        let note = StorageNote.sentence(error)
        if !unreadable.contains(note) { unreadable.append(note) }
    }

    // MARK: Order

    /// Whether nothing of a segment or block can come before the last record of a full page.
    private func isBehindAll(_ best: RecordCursor.Value?) -> Bool {
        guard let best, let worst = top.worst else { return false }
        return top.order.compare(best, worst.value) == .descending
    }

    /// The segments that overlap the range, the most promising first.
    private func segments() -> [Candidate] {
        var candidates: [Candidate] = []
        for (index, segment) in snapshot.segments.enumerated() where segment.rowCount > 0 {
            let bounds = segment.timeBounds
            guard range.overlaps(first: bounds.first, last: bounds.last) else { continue }
            let best: RecordCursor.Value?
            switch query.sort.field {
            case .time: best = .integer(query.sort.isDescending ? bounds.last.microseconds : bounds.first.microseconds)
            case .sequence: best = .integer(query.sort.isDescending ? segment.sequenceBounds.upperBound : segment.sequenceBounds.lowerBound)
            default: best = query.sort.field.kind == .integer ? bestOfBlocks(segment) : nil
            }
            candidates.append(Candidate(index: index, best: best))
        }
        return inOrder(candidates)
    }

    /// The blocks of a segment, the most promising first.
    private func blocks(_ segment: any RecordSegment) -> [Candidate] {
        let field = query.sort.field
        let candidates = (0..<segment.blockCount).map { block in
            Candidate(index: block, best: field.kind == .integer ? best(segment.bounds(field, block: block)) : nil)
        }
        return inOrder(candidates)
    }

    private func bestOfBlocks(_ segment: any RecordSegment) -> RecordCursor.Value {
        var result = RecordCursor.Value.absent
        for block in 0..<segment.blockCount {
            let value = best(segment.bounds(query.sort.field, block: block))
            if top.order.compare(value, result) == .ascending { result = value }
        }
        return result
    }

    private func best(_ bounds: ClosedRange<Int64>?) -> RecordCursor.Value {
        bounds.map { .integer(query.sort.isDescending ? $0.upperBound : $0.lowerBound) } ?? .absent
    }

    /// Best first; equal and unknown ones in the direction of arrival, so that ties are settled early.
    private func inOrder(_ candidates: [Candidate]) -> [Candidate] {
        candidates.sorted { left, right in
            if let leftBest = left.best, let rightBest = right.best {
                switch top.order.compare(leftBest, rightBest) {
                case .ascending: return true
                case .descending: return false
                case .same: break
                }
            }
            return query.sort.isDescending ? left.index > right.index : left.index < right.index
        }
    }
}

/// Reads the sort column of one segment's blocks, passing over quickly what cannot be part of the page.
struct SortColumnReader {
    private let sort: RecordSort
    private let segment: Int
    private let dictionary: StringTable
    /// Codes known to have no chance any more: the page only gets harder to enter.
    private var isHopeless: [Bool]

    init(_ sort: RecordSort, _ index: Int, _ segment: any RecordSegment) throws(StorageError) {
        self.sort = sort
        self.segment = index
        dictionary = sort.field.kind == .dictionary ? try segment.dictionary(sort.field) : StringTable()
        isHopeless = Array(repeating: false, count: dictionary.count + 1)
    }

    /// Offers the records of a block that `columns` still holds.
    mutating func offer(_ columns: ColumnBlock, _ block: Int, to top: inout TopRecords) {
        let sequences = columns.integers(.sequence)
        let rows = columns.selection?.rows
        let start = block * RecordSegmentLayout.blockRows
        func address(_ index: Int) -> RecordCollector.Address {
            RecordCollector.Address(segment: segment, row: start + (rows.map { Int($0[index]) } ?? index))
        }
        switch sort.field.kind {
        case .integer:
            let values = columns.integers(sort.field)
            var wanted = top.wantedIntegers
            for index in values.indices {
                let value = values[index]
                if value == absentInteger {
                    top.offer(.absent, sequences[index], address(index))
                } else if wanted.contains(value) {
                    top.offer(.integer(value), sequences[index], address(index))
                    wanted = top.wantedIntegers
                }
            }
        case .dictionary:
            let codes = columns.codes(sort.field)
            for index in codes.indices where !isHopeless[Int(codes[index])] {
                let code = Int(codes[index])
                let value: RecordCursor.Value = code == 0 ? .absent : .text(dictionary[code - 1])
                if top.isHopeless(value) { isHopeless[code] = true } else { top.offer(value, sequences[index], address(index)) }
            }
        case .text:
            let texts = columns.texts(sort.field)
            for index in 0..<texts.count {
                let value: RecordCursor.Value = texts.length(index) == 0 ? .absent : .text(texts[index])
                if !top.isHopeless(value) { top.offer(value, sequences[index], address(index)) }
            }
        }
    }
}
