package import GatewayModel
package import RequestQuery
internal import Synchronization

/// The families as they stand now, for `/metrics` and the marketplace's endpoints.
extension RequestMetrics {
    /// Seconds for which gauges stay as they were computed: they look back a minute and more, and a page must cost milliseconds.
    static let gaugeSeconds = 5.0
    /// What is under way is known when it has completed, so a page tells of a minute ago.
    static let activeDelayMilliseconds: Int64 = 60_000

    /// Counts what has come and computes gauges that have become old, so that the next page only writes. Called in the background about once a second.
    package func refresh() throws(QueryError) {
        let context = try context()
        _ = try gauges(context)
    }

    /// Writes families, each whole: counters and histograms from the running totals, gauges as of at most ``gaugeSeconds`` ago. Families without series are left out.
    ///
    /// - Parameter names: only these; nil for all.
    package func write(to writer: inout ExpositionWriter, only names: Set<String>? = nil) throws(QueryError) {
        let context = try context()
        let gauges = try gauges(context)
        var strands: [Int: [Int]] = [:]
        for (index, strand) in context.table.strands.enumerated() { strands[strand.family, default: []].append(index) }
        for (number, family) in context.table.families.enumerated() where names?.contains(family.name) ?? true {
            var page = FamilyPage(family)
            for index in strands[number] ?? [] {
                let (lines, texts) = lines.page(index, context)
                if context.table.strands[index].isCounted {
                    page.write(index, lines, texts, context, &writer)
                } else {
                    page.write(gauges[index] ?? [], texts, &writer)
                }
            }
        }
    }

    /// By strand one value per line.
    private func gauges(_ context: ReadingContext) throws(QueryError) -> [Int: [Double]] {
        if let known = pageGauges.withLock({ $0 }), abs(Double(context.now - known.time)) < Self.gaugeSeconds * 1_000 { return known.values }
        var values: [Int: [Double]] = [:]
        for (index, strand) in context.table.strands.enumerated() {
            guard case .gauge(let formula) = strand.measure, let choice = StrandChoice(index, strand, [], lines: lines.lines(index, context)) else { continue }
            let instant = formula == .activeRequests ? context.now - Self.activeDelayMilliseconds : context.now
            values[index] = try GaugeRows(choice, context).values(at: [instant]).map { $0.first ?? SampleColumns.staleMarker }
        }
        let (now, found) = (context.now, values)
        pageGauges.withLock { $0 = PageGauges(time: now, values: found) }
        return values
    }
}

/// Gauges as a page last told them.
struct PageGauges: Sendable {
    /// Milliseconds since 1970.
    let time: Int64
    let values: [Int: [Double]]
}

/// Writes one family, its head only when there is a sample.
private struct FamilyPage {
    let family: MetricFamily
    private var hasHead = false

    init(_ family: MetricFamily) { self.family = family }

    private mutating func head(_ writer: inout ExpositionWriter) {
        guard !hasHead else { return }
        hasHead = true
        writer.family(family.name, family.kind, help: family.help, unit: family.unit)
    }

    /// Series of totals.
    mutating func write(_ index: Int, _ lines: StrandLines, _ texts: SeriesTexts, _ context: ReadingContext, _ writer: inout ExpositionWriter) {
        let strand = context.table.strands[index]
        let total = CubeTotal(context.table.cubes[strand.cube], context.state.cubes[strand.cube], strand.measure)
        if !lines.lines.isEmpty { head(&writer) }
        var series = 0
        for line in lines.lines {
            guard case .histogram(_, let limits) = strand.measure else {
                writer.sample(texts[series], Double(total.value(line.members, .value)) / strand.divisor)
                series += 1
                continue
            }
            let counts = total.cumulativeSlots(line.members, limits.slotCount)
            for (bucket, count) in counts.enumerated() { writer.sample(texts[series + bucket], Double(count)) }
            series += counts.count
            writer.sample(texts[series], Double(total.value(line.members, .sum)) / strand.divisor)
            writer.sample(texts[series + 1], Double(counts.last ?? 0))
            series += 2
        }
    }

    mutating func write(_ values: [Double], _ texts: SeriesTexts, _ writer: inout ExpositionWriter) {
        for (index, value) in values.enumerated() where !SampleColumns.isStale(value) {
            head(&writer)
            writer.sample(texts[index], value)
        }
    }
}

extension CubeTotal {
    /// Values up to each limit over combinations, the last ones up to infinity.
    fileprivate func cumulativeSlots(_ members: [Int], _ slotCount: Int) -> [Int64] {
        var counts = [Int64](repeating: 0, count: slotCount)
        for member in members { for (slot, count) in slots(member).enumerated() { counts[slot] += count } }
        for slot in 1..<slotCount { counts[slot] += counts[slot - 1] }
        return counts
    }
}
