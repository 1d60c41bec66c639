package import GatewayModel
internal import RequestQuery
internal import Synchronization

/// How a provider did over a window: the numbers behind its health.
package struct ProviderFigures: Sendable, Equatable {
    package var requests: Int64 = 0
    /// Requests that failed by the provider's fault: ``providerFaults``.
    package var providerFailures: Int64 = 0
    /// Requests that failed for any reason but the client's leaving.
    package var failures: Int64 = 0
    package var clientClosed: Int64 = 0
    /// The 95th percentile of the duration in seconds, interpolated within the shared bucket limits; nil without durations.
    package var latencySeconds: Double?

    package init() {}

    /// Classes of failure that are the provider's.
    static let providerFaults: Set<String> = ["timeout", "overloaded", "provider", "stream_interrupted"]

    /// Seconds of p95 up to which latency scores 1, and over which the score falls to 0.
    static let latencyGood = 2.0
    static let latencySpan = 8.0
    /// Failures without which a provider is not down: one of two requests a night says nothing.
    static let failuresMin: Int64 = 3
    /// Scores from which a provider is healthy, and degraded; below it is unavailable.
    package static let healthyFrom = 0.8
    package static let degradedFrom = 0.5

    /// Share of requests that the provider did not fail; nil without requests.
    package var availability: Double? { requests > 0 ? 1 - Double(providerFailures) / Double(requests) : nil }

    /// Share of requests that failed, of those that the client did not leave; nil without such requests.
    package var errorRate: Double? { requests > clientClosed ? Double(failures) / Double(requests - clientClosed) : nil }

    /// 1 up to 2 s of p95, falling to 0 at 10 s, never outside of 0 to 1; nil without durations.
    package var latencyScore: Double? { latencySeconds.map { min(1, max(0, 1 - ($0 - Self.latencyGood) / Self.latencySpan)) } }

    /// 0.4 availability + 0.3 (1 - error rate) + 0.3 latency score; nil where one of them is not known.
    package var healthScore: Double? {
        guard let availability, let errorRate, let latencyScore else { return nil }
        return 0.4 * availability + 0.3 * (1 - errorRate) + 0.3 * latencyScore
    }

    package enum State: String, Sendable { case healthy, degraded, unavailable }

    /// nil for a provider without requests: nothing is known of it.
    package var state: State? {
        healthScore.map { $0 >= Self.healthyFrom ? .healthy : $0 >= Self.degradedFrom ? .degraded : .unavailable }
    }

    /// False when at least half of its requests failed by its fault, and not fewer than ``failuresMin`` of them.
    package var isUp: Bool { providerFailures < Self.failuresMin || providerFailures * 2 < requests }

    package func value(_ figure: ProviderFigure) -> Double? {
        switch figure {
        case .availability: availability
        case .errorRate: errorRate
        case .latencyScore: latencyScore
        case .healthScore: healthScore
        }
    }
}

/// The figures of all providers over windows.
struct ProviderTable {
    /// By provider one for each window; an empty name stands for records without a provider.
    private(set) var figures: [String: [ProviderFigures]] = [:]

    init(_ windows: TimeWindows, _ context: ReadingContext) throws(QueryError) {
        let state = context.state
        let counts = try WindowSums(WindowNeed(.count, [.value]), windows, by: [.provider, .errorType], .all, context) { state.key($0, [.provider, .errorType]) }
        for key in counts.places.keys {
            let provider = state.values[Int(RequestField.provider.rawValue)].text(key[0]) ?? ""
            let failure = state.values[Int(RequestField.errorType.rawValue)].text(key[1])
            var row = figures[provider] ?? Array(repeating: ProviderFigures(), count: windows.count)
            for (window, count) in (counts.row(key, .value) ?? []).enumerated() { row[window].add(count, failure) }
            figures[provider] = row
        }
        try addLatency(windows, context)
    }

    private mutating func addLatency(_ windows: TimeWindows, _ context: ReadingContext) throws(QueryError) {
        guard let limits = ValueLimits.counted(.duration) else { return }
        let state = context.state
        let measure = FamilyMeasure.histogram(.duration, limits)
        let aspects = (0...limits.limits.count).map { Aspect.bucket($0) }
        let sums = try WindowSums(WindowNeed(measure, aspects), windows, by: [.provider], .all, context) { state.key($0, [.provider]) }
        for key in sums.places.keys {
            let provider = state.values[Int(RequestField.provider.rawValue)].text(key[0]) ?? ""
            guard var row = figures[provider] else { continue }
            let buckets = aspects.map { Array(sums.row(key, $0) ?? []) }
            for window in 0..<windows.count { row[window].latencySeconds = BucketQuantile.quantile(0.95, buckets.map { $0[window] }, limits).map { $0 / 1e6 } }
            figures[provider] = row
        }
    }
}

extension ProviderFigures {
    fileprivate mutating func add(_ count: Int64, _ failure: String?) {
        requests += count
        guard let failure else { return }
        if failure == "client_closed" {
            clientClosed += count
        } else {
            failures += count
            if Self.providerFaults.contains(failure) { providerFailures += count }
        }
    }
}

/// The table that was computed last: a dashboard asks for all figures of the same instants one after the other.
final class ProviderMemo: Sendable {
    private struct Entry: Sendable {
        let windows: TimeWindows
        let sequence: Int64
        let table: ProviderTable
    }

    private let last: Mutex<Entry?> = Mutex(nil)

    func table(_ windows: TimeWindows, _ context: ReadingContext) throws(QueryError) -> ProviderTable {
        if let last = last.withLock({ $0 }), last.windows == windows, last.sequence == context.snapshot.sequence { return last.table }
        let table = try ProviderTable(windows, context)
        last.withLock { $0 = Entry(windows: windows, sequence: context.snapshot.sequence, table: table) }
        return table
    }
}

/// Quantiles from bucket counts.
enum BucketQuantile {
    /// The quantile by linear interpolation within its bucket; the last limit when it lies beyond; nil of nothing.
    ///
    /// - Parameter counts: values up to each limit, the last one up to infinity.
    static func quantile(_ share: Double, _ counts: [Int64], _ limits: ValueLimits) -> Double? {
        guard let total = counts.last, total > 0 else { return nil }
        let rank = share * Double(total)
        guard let bucket = counts.firstIndex(where: { Double($0) >= rank }), bucket < limits.limits.count else { return limits.limits.last.map(Double.init) }
        let (low, below) = bucket == 0 ? (0, 0) : (Double(limits.limits[bucket - 1]), Double(counts[bucket - 1]))
        let inside = Double(counts[bucket]) - below
        return inside > 0 ? low + (Double(limits.limits[bucket]) - low) * (rank - below) / inside : low
    }
}
