/// Whose turn it is: the pure half of ``QueryRunner``, without threads or clocks.
///
/// At most `runningMax` jobs run; the rest wait, in order of arrival within one asker and in turns over the askers, so that one user whose thirty panels
/// are slow delays the others by one question each and not by thirty.
struct QueryQueue<Job> {
    /// What becomes of a job that came.
    enum Admission: Equatable {
        case starts
        case waits
        /// `waitingMax` jobs wait already.
        case queueIsFull
        /// The asker alone has `waitingPerAskerMax` jobs that wait.
        case askerIsFull
    }

    let runningMax: Int
    let waitingMax: Int
    let waitingPerAskerMax: Int
    private(set) var running = 0
    private(set) var waiting = 0
    /// The askers that wait, the next one first; each stands here once.
    private var turns: [String] = []
    private var jobs: [String: [(number: Int, job: Job)]] = [:]

    init(runningMax: Int, waitingMax: Int, waitingPerAskerMax: Int) {
        self.runningMax = runningMax
        self.waitingMax = waitingMax
        self.waitingPerAskerMax = waitingPerAskerMax
    }

    /// A job comes. Only one that waits is kept.
    ///
    /// - Parameter number: names the job in ``remove(_:of:)``; unique.
    mutating func add(_ job: Job, number: Int, asker: String) -> Admission {
        if running < runningMax {
            running += 1
            return .starts
        }
        guard waiting < waitingMax else { return .queueIsFull }
        let own = jobs[asker]?.count ?? 0
        guard own < waitingPerAskerMax else { return .askerIsFull }
        if own == 0 { turns.append(asker) }
        jobs[asker, default: []].append((number, job))
        waiting += 1
        return .waits
    }

    /// A job ended: the one that runs in its place; nil when none waits, and then one fewer runs.
    mutating func next() -> Job? {
        guard !turns.isEmpty else {
            running -= 1
            return nil
        }
        let asker = turns.removeFirst()
        guard var own = jobs.removeValue(forKey: asker), !own.isEmpty else { preconditionFailure("an asker in line has a job that waits") }
        let job = own.removeFirst().job
        if !own.isEmpty {
            jobs[asker] = own
            turns.append(asker)
        }
        waiting -= 1
        return job
    }

    /// Takes a job out of the line; nil when it does not wait (any more).
    mutating func remove(_ number: Int, of asker: String) -> Job? {
        guard let place = jobs[asker]?.firstIndex(where: { $0.number == number }), let job = jobs[asker]?.remove(at: place).job else { return nil }
        if jobs[asker]?.isEmpty == true {
            jobs[asker] = nil
            turns.removeAll { $0 == asker }
        }
        waiting -= 1
        return job
    }
}
