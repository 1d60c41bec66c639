internal import GatewayModel

/// Takes tasks until there are none, keeping its cells as long as the tasks are of the same segment.
struct ScanWorker {
    private let shared: ScanShared
    private let control: QueryControl
    private var columns = ColumnBlock()
    private var current: (source: Int, scan: SegmentScan)?
    /// Bytes of `current` and `columns` that the memory limit knows of.
    private var accounted = 0

    init(_ shared: ScanShared, _ control: QueryControl) {
        self.shared = shared
        self.control = control
    }

    mutating func run() {
        do throws(QueryError) {
            while !control.isOver, let work = shared.take() {
                switch work {
                case .task(let task, nil): try scan(task)
                case .task(let task, let place?):
                    let (found, counts) = try find(task, place)
                    if let found { try shared.fold(found.cells, counts, bucketShift: found.bucketShift, control) }
                case .run(let run): try find(run)
                }
            }
            try finishCurrent()
        } catch {
            shared.fail(error)
            control.fail()
        }
    }

    /// Scans a task together with its neighbours of the same segment.
    private mutating func scan(_ task: ScanTask) throws(QueryError) {
        if current?.source != task.source {
            try finishCurrent()
            current = open(shared.sources[task.source]).map { (task.source, $0) }
        }
        guard current?.scan.isHopeless == false else { return shared.skip(blocks: task.blocks.count) }
        for block in task.blocks where !control.isOver {
            try control.check()
            do throws(StorageError) {
                try current?.scan.add(block, &columns)
            } catch {
                shared.note(StorageNote.sentence(error))
            }
            try account(current?.scan.found.bytes ?? 0)
        }
    }

    /// What is found in a task's rows, and what to raise its buckets' numbers by.
    private struct Finding {
        let cells: SegmentCells
        let bucketShift: Int
        /// Whether all blocks could be read.
        let isWhole: Bool
    }

    /// Takes the finding of a task that was kept, or scans it by itself and keeps the finding.
    ///
    /// - Returns: nil when nothing of it can be read or the question is over.
    private mutating func find(_ task: ScanTask, _ place: CachePlace) throws(QueryError) -> (Finding?, ScanCounts) {
        let segment = shared.sources[task.source].segment
        if let known = shared.cache?.find(place.key, of: [segment]), case .stretch(let cells) = known.content {
            var counts = ScanCounts(recordsMatched: cells.counts.recordsMatched)
            counts.recordsCached = task.rows
            return (Finding(cells: cells, bucketShift: place.firstBucket - known.firstBucket, isWhole: true), counts)
        }
        guard var scan = open(ScanSource(segment: segment, range: place.range)) else { return (nil, ScanCounts()) }
        let isWhole = try scanAll(task, &scan)
        guard !control.isOver else { return (nil, ScanCounts()) }
        if isWhole {
            shared.cache?.keep(ScanCache.Entry(content: .stretch(scan.found.packed()), firstBucket: place.firstBucket), place.key, of: [segment])
        }
        return (Finding(cells: scan.found, bucketShift: 0, isWhole: isWhole), scan.found.counts)
    }

    /// - Returns: whether all blocks could be read.
    private mutating func scanAll(_ task: ScanTask, _ scan: inout SegmentScan) throws(QueryError) -> Bool {
        if scan.isHopeless {
            scan.skip(blocks: task.blocks.count)
            return true
        }
        var isWhole = true
        let others = current?.scan.found.bytes ?? 0
        for block in task.blocks where !control.isOver {
            try control.check()
            do throws(StorageError) {
                try scan.add(block, &columns)
            } catch {
                isWhole = false
                shared.note(StorageNote.sentence(error))
            }
            try account(others + scan.found.bytes)
        }
        try account(others)
        return isWhole
    }

    /// Takes the finding of a run that was kept, or adds up those of its tasks and keeps the whole.
    private mutating func find(_ run: ScanRun) throws(QueryError) {
        let segments = run.tasks.map { shared.sources[$0.task.source].segment }
        let key = ScanCache.Key(stretches: run.tasks.flatMap(\.place.key.stretches), question: shared.question, cut: .whole)
        if let known = shared.cache?.find(key, of: segments), case .run(let table, let matched) = known.content {
            var counts = ScanCounts(recordsMatched: matched)
            counts.recordsCached = run.tasks.reduce(0) { $0 + $1.task.rows }
            return try shared.fold(table, counts, bucketShift: run.bucket - known.firstBucket, control)
        }
        var table = GroupTable(shared.plan)
        var counts = ScanCounts()
        var isWhole = true
        for (task, place) in run.tasks {
            let (found, taskCounts) = try find(task, place)
            guard let found else {
                isWhole = false
                continue
            }
            counts.add(taskCounts)
            try table.fold(found.cells, bucketShift: found.bucketShift, limits: control.limits)
            try account((current?.scan.found.bytes ?? 0) + table.bytes)
            isWhole = isWhole && found.isWhole
        }
        guard !control.isOver else { return }
        try shared.fold(table, counts, bucketShift: 0, control)
        try account(current?.scan.found.bytes ?? 0)
        guard isWhole else { return }
        let content = ScanCache.Entry.Content.run(table.packed(), recordsMatched: counts.recordsMatched)
        shared.cache?.keep(ScanCache.Entry(content: content, firstBucket: run.bucket), key, of: segments)
    }

    private func open(_ source: ScanSource) -> SegmentScan? {
        do throws(StorageError) {
            return try SegmentScan(shared.plan, source)
        } catch {
            shared.note(StorageNote.sentence(error))
            return nil
        }
    }

    private mutating func finishCurrent() throws(QueryError) {
        guard let found = current?.scan.found, !control.isOver else { return }
        current = nil
        try shared.fold(found, found.counts, control)
        try account(0)
    }

    /// Tells the memory limit how much cells and columns take now.
    private mutating func account(_ cells: Int) throws(QueryError) {
        let bytes = cells + columns.bytes
        try control.account(bytes - accounted)
        accounted = bytes
    }
}
