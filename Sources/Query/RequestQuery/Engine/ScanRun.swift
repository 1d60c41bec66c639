internal import GatewayModel

/// What a worker takes at once.
enum ScanWork: Sendable {
    /// A task, and where its finding is kept if it is.
    case task(ScanTask, CachePlace?)
    case run(ScanRun)
}

/// Neighbouring tasks in one bucket, whose findings are kept added up as well: percentiles over a quarter of a year are then some ten histograms to add up
/// and not a hundred.
struct ScanRun: Sendable {
    let tasks: [(task: ScanTask, place: CachePlace)]
    /// The bucket that all of them lie in.
    let bucket: Int

    /// Days of a run. Runs start at multiples of it, so that they stay the same while a range moves on.
    private static let days: Int64 = 16
    /// Tasks below which adding up is as fast as looking up.
    private static let tasksMin = 4

    /// Divides tasks into pieces of work. Only sketches are worth runs: other cells are added up in nanoseconds.
    ///
    /// - Parameter places: one per task; none without a cache.
    static func divide(_ tasks: [ScanTask], _ places: [CachePlace?], _ plan: ScanPlan) -> [ScanWork] {
        if places.isEmpty { return tasks.map { .task($0, nil) } }
        if plan.measures.sketches.isEmpty { return zip(tasks, places).map { .task($0, $1) } }
        var work: [ScanWork] = []
        var runs: [RunPlace: [(task: ScanTask, place: CachePlace)]] = [:]
        for (task, place) in zip(tasks, places) {
            guard let place, place.key.cut == .whole else {
                work.append(.task(task, place))
                continue
            }
            let window = floorDivide(Int64(place.range.from.utcDay), days)
            runs[RunPlace(window: window, bucket: place.firstBucket), default: []].append((task, place))
        }
        for (place, tasks) in runs.sorted(by: { $0.key.window < $1.key.window }) {
            if tasks.count >= tasksMin {
                work.append(.run(ScanRun(tasks: tasks, bucket: place.bucket)))
            } else {
                work += tasks.map { .task($0.task, $0.place) }
            }
        }
        return work
    }

    private struct RunPlace: Hashable {
        let window: Int64
        let bucket: Int
    }
}

/// Where the finding of a task is kept.
struct CachePlace {
    let key: ScanCache.Key
    /// The times of the task's rows, wholly within the question's range.
    let range: TimeRange
    /// The first bucket of the question that the task touches.
    let firstBucket: Int

    /// nil when the task is too small, or not all of its rows lie in the range: what is found then is of no use to another range.
    init?(_ task: ScanTask, _ source: ScanSource, _ plan: ScanPlan, _ question: Int) {
        guard task.rows * plan.measures.numbersPerTableRow(source.segment) >= ScanCache.rowsMin else { return nil }
        var first = Int64.max
        var last = Int64.min
        for block in task.blocks {
            guard let bounds = source.segment.bounds(.time, block: block) else { return nil }
            first = min(first, bounds.lowerBound)
            last = max(last, bounds.upperBound)
        }
        guard first >= source.range.from.microseconds, last < source.range.to.microseconds else { return nil }
        range = TimeRange(from: Timestamp(microseconds: first), to: Timestamp(microseconds: last + 1))
        let cut = BucketCut(plan.buckets, first: range.from, last: Timestamp(microseconds: last))
        firstBucket = plan.buckets.index(of: range.from)
        let stretch = ScanCache.Stretch(source.segment, firstBlock: task.blocks.lowerBound)
        key = ScanCache.Key(stretches: [stretch], question: question, cut: cut)
    }
}
