package import GatewayModel
package import PromQL

/// Replays an alert over the kept past: when it would have fired, how often it would have called somebody, and what other thresholds would have done.
///
/// The expression is evaluated once, without its comparison; each threshold is then a walk over the values in memory.
package struct Backtest: Sendable {
    private let reader: any SeriesReader
    private let options: PromQLOptions

    /// Seconds that the evaluation of one stretch may take.
    private static let stretchSeconds = 120.0
    /// Halvings between the last threshold that keeps to the budget and the first that does not: the distance shrinks to a thousandth.
    private static let halvings = 10

    package init(reader: any SeriesReader, options: PromQLOptions = .standard) {
        self.reader = reader
        var options = options
        options.timeoutSeconds = max(options.timeoutSeconds, Self.stretchSeconds)
        self.options = options
    }

    /// Blocks the calling thread; to be called off the event loops.
    ///
    /// - Parameters:
    ///   - isCancelled: is asked often, from several threads; true ends it.
    ///   - progress: is told the share of the work that is done, 0 to 1.
    package func run(
        _ question: BacktestQuestion, isCancelled: (@Sendable () -> Bool)? = nil, progress: (Double) -> Void = { _ in }
    ) throws(BacktestError) -> BacktestReport {
        let started = ContinuousClock.now
        try check(question)
        let (tunable, shown) = try subject(question)
        let threshold = question.limit.flatMap { tunable.threshold?.with($0) } ?? tunable.threshold
        let tracks = try collect(tunable, question, isCancelled, progress)
        let replay = Replay(question: question, tracks: tracks)
        let firings = replay.firings(threshold)
        var report = BacktestReport(
            grid: question.grid, threshold: threshold ?? shown, summary: replay.summary(firings), alerts: [], furtherAlerts: 0, curve: [], suggestion: nil,
            series: tracks.count,
            elapsedSeconds: 0)
        (report.alerts, report.furtherAlerts) = replay.alerts(firings)
        if let threshold {
            let limits = ThresholdCandidates(tracks, threshold).limits
            if question.wantsCurve || question.pagesPerWeekMax != nil {
                for limit in limits {
                    if isCancelled?() == true { throw .cancelled }
                    report.curve.append(replay.point(threshold.with(limit)))
                }
            }
            if let budget = question.pagesPerWeekMax { report.suggestion = Self.suggestion(report.curve, budget, threshold, replay) }
        }
        report.elapsedSeconds = (ContinuousClock.now - started) / .seconds(1)
        return report
    }

    private func check(_ question: BacktestQuestion) throws(BacktestError) {
        guard question.expression.type == .vector || question.expression.type == .scalar else {
            throw .question("an alert's expression gives a vector or a scalar")
        }
        guard question.grid.step > 0, question.grid.start <= question.grid.end else {
            throw .question("the time must end after it begins, and the step be longer than 0")
        }
        // The difference of two times may be more than a count can hold.
        let (span, overflows) = question.grid.end.subtractingReportingOverflow(question.grid.start)
        guard !overflows, span / question.grid.step < Int64(BacktestQuestion.instantsMax) else {
            throw .question("the time has more than \(BacktestQuestion.instantsMax) steps: take a longer step or a shorter time")
        }
    }

    /// What is to be evaluated, and the threshold that is not tried but shown: of `x == 5` another number is put into the text.
    private func subject(_ question: BacktestQuestion) throws(BacktestError) -> (TunableExpression, shown: AlertThreshold?) {
        let tunable = TunableExpression(question.expression)
        let found = ThresholdSearch.threshold(of: question.expression)
        guard let limit = question.limit, tunable.threshold == nil else { return (tunable, found?.threshold) }
        guard let found else { throw .question("the expression does not end in a comparison with a number, so that there is no threshold to replace") }
        let text = ThresholdSearch.replacing(found, with: limit, in: question.text)
        do throws(PromQLSyntaxError) { return (TunableExpression(try PromQLParser.parse(text)), found.threshold.with(limit)) } catch {
            throw .question("with \(limit) in it the expression cannot be read: \(error.message)")
        }
    }

    private func collect(
        _ tunable: TunableExpression, _ question: BacktestQuestion, _ isCancelled: (@Sendable () -> Bool)?, _ progress: (Double) -> Void
    ) throws(BacktestError) -> [AlertTrack] {
        var collection = TrackCollection(PromQLEngine(reader: reader, options: options), question.grid, isCancelled: isCancelled)
        let parts = tunable.conditions.count + (tunable.values == nil ? 0 : 1)
        var done = 0
        if let values = tunable.values {
            try collection.collect(values, isFixed: false) { progress($0 / Double(parts)) }
            done = 1
        }
        for condition in tunable.conditions {
            let before = done
            try collection.collect(condition, isFixed: true) { progress((Double(before) + $0) / Double(parts)) }
            done += 1
        }
        return collection.tracks
    }

    /// The most sensitive threshold with no more pages than allowed, seen from the strict end.
    ///
    /// Going the other way would find the threshold that is always exceeded: it pages once, and never stops.
    private static func suggestion(_ curve: [BacktestPoint], _ budget: Double, _ threshold: AlertThreshold, _ replay: Replay) -> BacktestPoint? {
        var best: BacktestPoint?
        var tooMany: BacktestPoint?
        for point in curve.reversed() {
            if point.summary.pagesPerWeek > budget {
                tooMany = point
                break
            }
            best = point
        }
        guard var good = best, let bad = tooMany?.limit else { return best }
        var worse = bad
        for _ in 0..<halvings {
            let middle = ThresholdCandidates.rounded((good.limit + worse) / 2)
            if middle == good.limit || middle == worse { break }
            let point = replay.point(threshold.with(middle))
            if point.summary.pagesPerWeek <= budget { good = point } else { worse = middle }
        }
        return good
    }
}

/// The values of a backtest, replayed with one threshold after another.
private struct Replay {
    let question: BacktestQuestion
    let tracks: [AlertTrack]

    typealias Firing = (labels: SeriesLabels, spans: [TimeSpan])

    func firings(_ threshold: AlertThreshold?) -> [Firing] {
        let simulation = AlertSimulation(grid: question.grid, holdDuration: question.holdDuration, keepFiringFor: question.keepFiringFor)
        return tracks.map { ($0.labels, simulation.spans($0, threshold)) }
    }

    func summary(_ firings: [Firing]) -> BacktestSummary { FiringSummary(question: question).summary(firings) }

    func point(_ threshold: AlertThreshold) -> BacktestPoint { BacktestPoint(limit: threshold.limit, summary: summary(firings(threshold))) }

    func alerts(_ firings: [Firing]) -> (alerts: [BacktestAlert], further: Int) {
        let fired = firings.filter { !$0.spans.isEmpty }.map { (firing: $0, total: $0.spans.reduce(0) { $0 + $1.milliseconds }) }
            .sorted { ($1.total, $0.firing.labels) < ($0.total, $1.firing.labels) }
        let added = question.labels.filter { !$0.value.contains("{{") }
        let alerts = fired.prefix(BacktestReport.alertsMax).map { entry in
            let spans = Array(entry.firing.spans.suffix(BacktestReport.spansMax))
            return BacktestAlert(
                labels: SeriesLabels(entry.firing.labels.labels + added), spans: spans,
                isIncident: spans.map { span in question.incidents.contains { $0.overlaps(span) } })
        }
        return (alerts, fired.count - alerts.count)
    }
}
