internal import GatewayModel

/// Reckons figures from the stretches in which alerts fire.
struct FiringSummary {
    let question: BacktestQuestion

    /// Within this time after its end a firing counts as the same trouble coming back.
    private static let flapMilliseconds: Int64 = 3_600_000
    private static let weekMilliseconds = 604_800_000.0

    /// - Parameter firings: labels and stretches of each alert, ascending.
    func summary(_ firings: [(labels: SeriesLabels, spans: [TimeSpan])]) -> BacktestSummary {
        var summary = BacktestSummary()
        var groups: [SeriesLabels: [TimeSpan]] = [:]
        var all: [TimeSpan] = []
        for (labels, spans) in firings where !spans.isEmpty {
            summary.alerts += 1
            summary.firings += spans.count
            for (previous, next) in zip(spans, spans.dropFirst()) where next.from - previous.to <= Self.flapMilliseconds { summary.flaps += 1 }
            groups[labels.keeping(Set(question.groupBy)), default: []] += spans
            all += spans
        }
        let pages = groups.values.flatMap { Self.joined($0) }
        let firing = Self.joined(all)
        summary.firingSeconds = Double(firing.reduce(0) { $0 + $1.milliseconds }) / 1000
        summary.pages = pages.count
        let span = Double(question.grid.end - question.grid.start + question.grid.step)
        summary.pagesPerWeek = span > 0 ? Double(pages.count) / (span / Self.weekMilliseconds) : 0
        compare(&summary, pages: pages, firing: firing)
        return summary
    }

    private func compare(_ summary: inout BacktestSummary, pages: [TimeSpan], firing: [TimeSpan]) {
        let range = TimeSpan(from: question.grid.start, to: question.grid.end + question.grid.step)
        let incidents = question.incidents.filter { $0.overlaps(range) }
        guard !incidents.isEmpty else { return }
        if !pages.isEmpty { summary.precision = Double(pages.count { page in incidents.contains { $0.overlaps(page) } }) / Double(pages.count) }
        var delays: [Int64] = []
        for incident in incidents {
            guard let first = firing.first(where: { $0.overlaps(incident) }) else { continue }
            delays.append(max(0, first.from - incident.from))
        }
        summary.recall = Double(delays.count) / Double(incidents.count)
        if !delays.isEmpty { summary.detectionDelaySeconds = Double(delays.reduce(0, +)) / Double(delays.count) / 1000 }
    }

    /// Stretches joined where they overlap or touch, ascending.
    static func joined(_ spans: [TimeSpan]) -> [TimeSpan] {
        var result: [TimeSpan] = []
        for span in spans.sorted() {
            if let last = result.last, span.from <= last.to {
                result[result.count - 1].to = max(last.to, span.to)
            } else {
                result.append(span)
            }
        }
        return result
    }
}
