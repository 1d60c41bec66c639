package import GatewayModel
package import RequestQuery
internal import Synchronization

/// Metric families over request records, as series: what PromQL, the Prometheus API, `/metrics` and the marketplace's endpoints read.
///
/// Nothing is stored for a family but what its counters stand at: rates and values of the past are computed from records and their rollups, so that a family which is
/// added today exists for the whole past, and agrees to the request with every chart. Calls block; use them from threads that may.
package final class RequestMetrics: SeriesReader {
    package let totals: FamilyTotals
    let lines = LineCache()
    let pageGauges: Mutex<PageGauges?> = Mutex(nil)
    let memo = ProviderMemo()
    private let queryLimits: QueryLimits
    private let cache: ScanCache?
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - totals: of the families to tell of; shared with whoever keeps them up to date and on disk.
    ///   - cache: findings shared with other questions over the same records.
    package init(
        _ totals: FamilyTotals, queryLimits: QueryLimits = .standard, cache: ScanCache? = nil, clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) {
        self.totals = totals
        var limits = queryLimits
        limits.groupsMax = max(limits.groupsMax, totals.limits.combinationsMax * 2)
        self.queryLimits = limits
        self.cache = cache
        self.clock = clock
    }

    package var families: [MetricFamily] { totals.table.families }

    /// The families and records at this moment.
    func context() throws(QueryError) -> ReadingContext { try ReadingContext(totals, queryLimits: queryLimits, cache: cache, now: clock(), memo) }

    /// The strands' series that matchers choose, in the order of the table.
    func choices(_ matchers: [SeriesMatcher], _ context: ReadingContext) -> [StrandChoice] {
        context.table.strands.indices.compactMap { index in
            StrandChoice(index, context.table.strands[index], matchers, lines: lines.lines(index, context))
        }
    }

    // MARK: SeriesReader

    package func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries] {
        guard mayHold(request.matchers) else { return [] }
        let context = try seriesContext()
        // Before the first record and in the future there is nothing.
        guard let earliest = context.earliest, request.through > earliest, request.from <= context.now + ReadingContext.futureMilliseconds else { return [] }
        return FamilySelection(request, choices(request.matchers, context), context).series()
    }

    package func aggregate(_ request: SeriesAggregation) throws(SeriesError) -> SeriesRows? {
        guard mayHold(request.matchers) else { return SeriesRows() }
        let context = try seriesContext()
        var aggregation = CounterAggregation(request, context)
        do throws(QueryError) { return try aggregation.rows(choices(request.matchers, context)) } catch { throw SeriesError(error, context) }
    }

    package func metadata(of metric: String?) -> [String: [MetricMetadata]] {
        var result: [String: [MetricMetadata]] = [:]
        for family in families where metric == nil || metric == family.name {
            result[family.name] = [MetricMetadata(family.kind, help: family.help, unit: family.unit)]
        }
        return result
    }

    /// Whether any family has a series of a name that passes, before anything is read.
    package func mayHold(_ matchers: [SeriesMatcher]) -> Bool {
        let names = matchers.filter { $0.name == SeriesLabels.metricName }
        return totals.table.strands.contains { strand in strand.aspects.contains { aspect in names.allSatisfy { $0.matches(aspect.name) } } }
    }

    func seriesContext() throws(SeriesError) -> ReadingContext {
        do throws(QueryError) { return try context() } catch { throw SeriesError(error, nil) }
    }
}
