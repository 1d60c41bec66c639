internal import ByteCoding
internal import Foundation
internal import GatewayModel

/// `histogram_quantile(q, v)`.
struct HistogramQuantileFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let (sharePlace, vectorPlace) = (call.arguments[0].range, call.arguments[1].range)
        notes.checkQuantile(arguments[0], context, at: sharePlace)
        let histograms = HistogramRows(arguments[1].rows, place: vectorPlace, notes: &notes)
        var fixes = MonotonicityFixes()
        let rows = histograms.quantiles(
            arguments[0], places: (share: sharePlace, vector: vectorPlace), context: context, fixes: &fixes, notes: &notes)
        fixes.tell(at: vectorPlace, &notes)
        return .vector(rows)
    }
}

/// `histogram_quantiles(v, label, q...)`: a row for each of several quantiles, told apart by a label.
struct HistogramQuantilesFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let place = call.arguments[0].range
        for index in arguments.indices.dropFirst(2) { notes.checkQuantile(arguments[index], context, at: call.arguments[index].range) }
        let histograms = HistogramRows(arguments[0].rows, place: place, notes: &notes)
        var fixes = MonotonicityFixes()
        var results: [StepRow] = []
        for share in arguments.dropFirst(2) {
            let rows = histograms.quantiles(share, places: (share: place, vector: place), context: context, fixes: &fixes, notes: &notes)
            results += rows.flatMap { Self.label($0, arguments[1].text, share, context) }
        }
        fixes.tell(at: place, &notes)
        return .vector(results)
    }

    /// The row with the quantile as a label; several rows when the quantile changes from instant to instant.
    private static func label(_ row: StepRow, _ name: String, _ share: StepValue, _ context: FunctionContext) -> [StepRow] {
        var rows: [String: StepRow] = [:]
        for step in 0..<context.grid.count {
            let text = labelValue(share.number(at: step))
            var labelled = rows[text] ?? StepRow(row.labels.setting(name, to: text), count: row.values.count)
            labelled.dropsName = row.dropsName
            labelled.values[step] = row.values[step]
            rows[text] = labelled
        }
        return rows.keys.sorted().compactMap { rows[$0] }
    }

    /// As OpenMetrics writes numbers in labels: whole ones with `.0`.
    private static func labelValue(_ number: Double) -> String {
        let text = PrometheusNumber.of(number, .general)
        return !number.isFinite || text.contains { $0 == "e" || $0 == "." } ? text : text + ".0"
    }
}

/// `histogram_fraction(lower, upper, v)`.
struct HistogramFractionFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let (place, vectorPlace) = (call.arguments[0].range, call.arguments[2].range)
        let histograms = HistogramRows(arguments[2].rows, place: vectorPlace, notes: &notes)
        return .vector(
            histograms.map(place: vectorPlace, context: context, notes: &notes) { histogram, metric, step, notes in
                histogram.fraction(
                    from: arguments[0].number(at: step), to: arguments[1].number(at: step), metric: metric, place: place, notes: &notes)
            } classic: { histogram, _, step, _ in
                histogram.fraction(from: arguments[0].number(at: step), to: arguments[1].number(at: step))
            })
    }
}

extension HistogramRows {
    /// One row for each histogram with the quantile of each instant.
    fileprivate func quantiles(
        _ share: StepValue, places: (share: SourceRange, vector: SourceRange), context: FunctionContext, fixes: inout MonotonicityFixes,
        notes: inout QueryNotes
    ) -> [StepRow] {
        var seen = fixes
        let rows = map(place: places.vector, context: context, notes: &notes) { histogram, metric, step, notes in
            histogram.quantile(share.number(at: step), metric: metric, place: places.share, notes: &notes)
        } classic: { histogram, metric, step, _ in
            var histogram = histogram
            let (value, fix) = histogram.quantile(share.number(at: step))
            if let fix { seen.add(fix, metric: context.delaysNameRemoval ? metric : "", at: context.grid[step]) }
            return value
        }
        fixes = seen
        return rows
    }
}

extension QueryNotes {
    fileprivate mutating func checkQuantile(_ share: StepValue, _ context: FunctionContext, at place: SourceRange) {
        for step in 0..<context.grid.count where !(0...1).contains(share.number(at: step)) { add(.invalidQuantile(share.number(at: step)), at: place) }
    }
}

/// What had to be fixed in the counts of classic histograms over a whole call, told once for each metric.
private struct MonotonicityFixes {
    private struct Summary {
        var fix: MonotonicityFix
        var count = 1
        /// Milliseconds since 1970.
        var first: Int64
        var last: Int64
    }

    private var byMetric: [String: Summary] = [:]

    mutating func add(_ fix: MonotonicityFix, metric: String, at instant: Int64) {
        guard var summary = byMetric[metric] else {
            byMetric[metric] = Summary(fix: fix, first: instant, last: instant)
            return
        }
        summary.fix.lowest = min(summary.fix.lowest, fix.lowest)
        summary.fix.highest = max(summary.fix.highest, fix.highest)
        summary.fix.difference = max(summary.fix.difference, fix.difference)
        summary.first = min(summary.first, instant)
        summary.last = max(summary.last, instant)
        summary.count += 1
        byMetric[metric] = summary
    }

    func tell(at place: SourceRange, _ notes: inout QueryNotes) {
        for (metric, summary) in byMetric.sorted(by: { $0.key < $1.key }) {
            let address = "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile"
            let name = metric.isEmpty ? "" : " for metric name \(metric.goQuoted)"
            let (lowest, highest) = (PrometheusNumber.of(summary.fix.lowest, .general), PrometheusNumber.of(summary.fix.highest, .general))
            notes.add(
                .info,
                "input to histogram_quantile needed to be fixed for monotonicity (see \(address))\(name), from buckets \(lowest) to \(highest), "
                    + "with a max diff of \(String(format: "%.2g", summary.fix.difference)), over \(summary.count) samples "
                    + "from \(Self.text(summary.first)) to \(Self.text(summary.last))",
                at: place)
        }
    }

    /// RFC 3339 with whole seconds.
    private static func text(_ instant: Int64) -> String {
        Timestamp(microseconds: instant / 1_000 * 1_000_000).iso8601.replacing(".000000Z", with: "Z")
    }
}
