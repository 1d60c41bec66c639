package import GatewayModel

/// What a call costs: asked once for every generated call that succeeded and has tokens, from whatever thread generates.
///
/// - Parameters: canonical provider, model, completion time, input tokens (cached ones included), cache reads, cache writes, output tokens.
/// - Returns: nano-dollars; nil when the model has no price. It must answer in tens of nanoseconds: a history has millions of calls.
package typealias DemoPricing =
    @Sendable (
        _ provider: String, _ model: String, _ time: Timestamp, _ input: Int64, _ cacheRead: Int64, _ cacheCreation: Int64, _ output: Int64
    ) -> Int64?

/// Believable traffic of a company's language-model gateways, for demonstrations and benchmarks: seeded, repeatable, with incidents
/// to find. docs/internals/demo-traffic.md says what it is modelled on.
///
/// Every call is a function of the seed, `now` (which places the incidents and the trend), `recordsPerDay` and the minute in which it
/// starts. So the same records come whatever ranges are asked for, and disjoint ranges may be generated on several threads at once.
package struct DemoTraffic: Sendable {
    /// Rows of a batch, unless the caller says otherwise.
    package static let batchRows = 8_192
    /// Rates above are cut to this: 100 million records a day are more than 1,000 a second, far beyond any use, and a minute of
    /// them is held in memory.
    package static let recordsPerDayMax = 100_000_000

    let model: TrafficModel
    let catalogue: ColumnCatalogue

    /// - Parameters:
    ///   - seed: equal seeds give equal traffic.
    ///   - now: the present: incidents are planted in the days before its UTC day, short ones recur after it. The records of a
    ///     minute do not depend on it otherwise, except for a slow trend.
    ///   - recordsPerDay: on average over the 30 days before `now`, incidents apart; 0...``recordsPerDayMax``.
    ///   - pricing: what a call costs.
    package init(seed: UInt64, now: Timestamp, recordsPerDay: Int = 150_000, pricing: @escaping DemoPricing) {
        let rate = Double(min(max(recordsPerDay, 0), Self.recordsPerDayMax))
        model = TrafficModel(seed: seed, now: Self.clamped(now), recordsPerDay: rate, pricing: pricing)
        catalogue = ColumnCatalogue(sources: model.sources)
    }

    /// The incidents planted in the history, oldest first.
    package var incidents: [DemoIncident] { model.plan.planted.map(\.incident) }

    /// The incidents, planted and live, that act at any moment of the range. Live ones come every 10 minutes or so from `now` on;
    /// at most a day of them is listed.
    package func incidents(in range: TimeRange) -> [DemoIncident] {
        let from = Self.clamped(range.from).microseconds
        let to = min(Self.clamped(range.to).microseconds, max(from, model.now) + Timestamp.microsecondsPerDay)
        return model.plan.incidents(from: from, to: to).map(\.incident)
    }

    /// The records that complete in `from <= time < to`, in the order of their completion, in batches.
    ///
    /// Nothing is generated before it is asked for. Rows do not depend on how a span is cut into ranges; where batches end does.
    /// - Parameter batchRows: rows of each batch but the last, at least 1.
    package func batches(from: Timestamp, to: Timestamp, batchRows: Int = DemoTraffic.batchRows) -> DemoBatches {
        DemoBatches(self, from: Self.clamped(from).microseconds, to: Self.clamped(to).microseconds, batchRows: max(batchRows, 1))
    }

    /// Records from now on, handed over as they arrive: goes on where `batches(from:to: start)` ends.
    package func live(from start: Timestamp) -> DemoLiveFeed { DemoLiveFeed(self, from: Self.clamped(start).microseconds) }

    /// Times from 1970 to 2200, so that arithmetic with them cannot overflow.
    static func clamped(_ time: Timestamp) -> Timestamp {
        Timestamp(microseconds: min(max(time.microseconds, 0), 7_258_118_400_000_000))
    }
}
