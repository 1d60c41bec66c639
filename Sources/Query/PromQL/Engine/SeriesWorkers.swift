internal import Dispatch
internal import Foundation
internal import GatewayModel
internal import Synchronization

/// Makes the rows of a source on several threads.
///
/// Rows are made in runs of a fixed length, and what the runs give is joined in the order of the rows whatever thread was first: sums of floating-point
/// numbers depend on their order, and an answer must not depend on the number of threads.
///
/// They are plain threads and not Dispatch queues: on Linux the concurrency runtime draws its threads from the same Dispatch pool, so that a few long
/// queries on a queue would leave none for anything else.
enum SeriesWorkers {
    /// Rows of a run: enough that taking a run costs nothing, few enough that two threads end at about the same time.
    static let rowsPerRun = 32
    /// Values below which starting a thread, some 30 microseconds, costs more than it saves.
    static let valuesPerThread = 20_000

    /// - Parameters:
    ///   - make: called concurrently, once for each run.
    ///   - join: called for one run at a time, in the order of the runs.
    static func perform<Part: Sendable, Whole: Sendable>(
        rows: Int, steps: Int, _ state: QueryState, into whole: Whole,
        make: @escaping @Sendable (Range<Int>, inout SeriesScratch) throws(PromQLError) -> Part,
        join: @escaping @Sendable (inout Whole, consuming Part) throws(PromQLError) -> Void
    ) throws(PromQLError) -> (Whole, QueryNotes) {
        let work = SharedRuns(rows: rows, whole: whole, state: state, make: make, join: join)
        // A row costs something even for one instant.
        let worth = rows * (steps + 32) / valuesPerThread
        let threads = max(1, min(state.options.parallelism, work.count, worth))
        let group = DispatchGroup()
        for _ in 1..<threads {
            group.enter()
            Thread.detachNewThread {
                work.perform()
                group.leave()
            }
        }
        work.perform()
        group.wait()
        return try work.outcome()
    }

    /// All rows of a source that have any sample.
    static func rows(of source: some RowSource, steps: Int, _ state: QueryState) throws(PromQLError) -> ([StepRow], QueryNotes) {
        try perform(rows: source.labels.count, steps: steps, state, into: [StepRow]()) { (run, scratch) throws(PromQLError) -> [StepRow] in
            var made: [StepRow] = []
            made.reserveCapacity(run.count)
            var held = Held()
            for index in run {
                var row = StepRow(source.labels[index], count: steps)
                row.dropsName = source.dropsName(index)
                try source.fill(&row, index, &scratch)
                guard !row.isEmpty else { continue }
                held = held + Held(row)
                made.append(row)
            }
            try state.hold(held)
            return made
        } join: { (all, part) throws(PromQLError) in
            all.append(contentsOf: part)
        }
    }
}

/// The runs of one piece of work, and what was made of them.
private final class SharedRuns<Part: Sendable, Whole: Sendable>: Sendable {
    let count: Int
    private let rows: Int
    private let state: QueryState
    private let make: @Sendable (Range<Int>, inout SeriesScratch) throws(PromQLError) -> Part
    private let join: @Sendable (inout Whole, consuming Part) throws(PromQLError) -> Void
    private let next = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)
    private let done: Mutex<Done>

    private struct Done: Sendable {
        var whole: Whole
        var notes = QueryNotes()
        /// Runs that are made, but that wait for those before them. At most a few: one for each thread.
        var waiting: [Int: (Part, QueryNotes)] = [:]
        var joined = 0
        /// That of the first run that failed.
        var failure: (run: Int, error: PromQLError)?
    }

    init(
        rows: Int, whole: Whole, state: QueryState, make: @escaping @Sendable (Range<Int>, inout SeriesScratch) throws(PromQLError) -> Part,
        join: @escaping @Sendable (inout Whole, consuming Part) throws(PromQLError) -> Void
    ) {
        self.rows = rows
        self.state = state
        self.make = make
        self.join = join
        count = (rows + SeriesWorkers.rowsPerRun - 1) / SeriesWorkers.rowsPerRun
        done = Mutex(Done(whole: whole))
    }

    /// Makes runs until none is left.
    func perform() {
        var scratch = SeriesScratch()
        while !isOver.load(ordering: .relaxed) {
            let run = next.add(1, ordering: .relaxed).oldValue
            guard run < count else { break }
            do throws(PromQLError) {
                try state.check()
                let start = run * SeriesWorkers.rowsPerRun
                let part = try make(start..<min(rows, start + SeriesWorkers.rowsPerRun), &scratch)
                try add(part, scratch.notes, of: run)
                scratch.notes = QueryNotes()
            } catch {
                fail(run, error)
            }
        }
        state.countSamples(scratch.samplesSeen)
    }

    private func add(_ part: Part, _ notes: QueryNotes, of run: Int) throws(PromQLError) {
        try done.withLock { done throws(PromQLError) in
            done.waiting[run] = (part, notes)
            while let (part, notes) = done.waiting.removeValue(forKey: done.joined) {
                try join(&done.whole, part)
                done.notes.join(notes)
                done.joined += 1
            }
        }
    }

    private func fail(_ run: Int, _ error: PromQLError) {
        isOver.store(true, ordering: .relaxed)
        done.withLock { done in if done.failure.map({ run < $0.run }) ?? true { done.failure = (run, error) } }
    }

    func outcome() throws(PromQLError) -> (Whole, QueryNotes) {
        try done.withLock { done throws(PromQLError) in
            if let failure = done.failure { throw failure.error }
            return (done.whole, done.notes)
        }
    }
}
