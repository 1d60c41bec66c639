internal import GatewayModel
internal import Synchronization

/// What all parts of a running query share: its limits, what it holds, and what may end it early.
final class QueryState: Sendable {
    let reader: any SeriesReader
    let options: PromQLOptions
    /// The instants of the whole query; the step is 0 for an instant query.
    let query: StepGrid
    private let isCancelled: (@Sendable () -> Bool)?
    private let started = ContinuousClock.now
    private let deadline: ContinuousClock.Instant
    private let held = Atomic<Int>(0)
    private let heldBytes = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)
    private let samples = Atomic<Int>(0)
    private let series = Atomic<Int>(0)

    init(_ reader: any SeriesReader, _ options: PromQLOptions, query: StepGrid, _ isCancelled: (@Sendable () -> Bool)?) {
        self.reader = reader
        self.options = options
        self.query = query
        self.isCancelled = isCancelled
        deadline = started.advanced(by: .seconds(options.timeoutSeconds))
    }

    /// To be asked once for each part of an expression and for each few series.
    ///
    /// - Throws: `canceled` or `timeout`.
    func check() throws(PromQLError) {
        if isCancelled?() == true { throw .canceled }
        if ContinuousClock.now >= deadline { throw .timedOut }
    }

    var context: Held { Held(samples: held.load(ordering: .relaxed), bytes: heldBytes.load(ordering: .relaxed)) }

    /// Notes that so much more is held.
    ///
    /// - Throws: `execution` when it is too much.
    func hold(_ more: Held) throws(PromQLError) {
        let total = held.add(more.samples, ordering: .relaxed).newValue
        let bytes = heldBytes.add(more.bytes, ordering: .relaxed).newValue
        peak.max(total, ordering: .relaxed)
        guard total <= options.samplesMax else { throw .tooManySamples }
        guard bytes <= options.memoryBytesMax else {
            throw .execution("query processing would need more than \(options.memoryBytesMax >> 20) MiB of memory in query execution")
        }
    }

    /// Sets what is held when an expression's value has taken the place of its operands' values. No workers may run.
    func settle(_ now: Held) throws(PromQLError) {
        held.store(0, ordering: .relaxed)
        heldBytes.store(0, ordering: .relaxed)
        try hold(now)
    }

    func countSamples(_ count: Int) { samples.add(count, ordering: .relaxed) }

    /// - Throws: `execution` when a selector finds more series than allowed.
    func countSeries(_ count: Int) throws(PromQLError) {
        series.add(count, ordering: .relaxed)
        guard count <= options.seriesMax else { throw .execution("query selects \(count) series, more than the limit of \(options.seriesMax)") }
    }

    var statistics: QueryStatistics {
        QueryStatistics(
            series: series.load(ordering: .relaxed), samples: samples.load(ordering: .relaxed), samplesPeak: peak.load(ordering: .relaxed),
            elapsedSeconds: (ContinuousClock.now - started) / .seconds(1))
    }
}

/// What is held at an instant of a query's evaluation.
struct Held: Sendable {
    var samples = 0
    var bytes = 0

    static func + (left: Held, right: Held) -> Held { Held(samples: left.samples + right.samples, bytes: left.bytes + right.bytes) }

    init(samples: Int = 0, bytes: Int = 0) {
        self.samples = samples
        self.bytes = bytes
    }

    init(_ row: StepRow) { self.init(samples: row.sampleCount, bytes: 8 * row.values.count + 8 * row.histograms.count) }

    init(_ value: StepValue) {
        switch value {
        case .scalar(let values): self.init(samples: values.count, bytes: 8 * values.count)
        case .string: self.init()
        case .vector(let rows): self = rows.reduce(Held()) { $0 + Held($1) }
        }
    }
}

extension PromQLError {
    /// Why series could not be read, in the words of the API.
    init(_ error: SeriesError) {
        switch error {
        case .limit(let name, let limit): self = .execution("expanding series: more than \(name) = \(limit) allows")
        case .timeout: self = .timedOut
        case .cancelled: self = .canceled
        case .unreadable(let reason): self.init(.internal, "expanding series: \(reason)")
        }
    }
}
