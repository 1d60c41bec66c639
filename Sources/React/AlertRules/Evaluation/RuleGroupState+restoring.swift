package import GatewayModel
internal import PromQL

extension RuleGroupState {
    /// Whether some rule does not know yet what was pending before the start.
    var needsRestoring: Bool { rules.contains { $0.alerting.map { !$0.isRestored } ?? false } }

    /// Notes at the start that what was pending is to be found in the kept series, once samples are there again: after the second evaluation.
    mutating func awaitRestoring(_ options: RuleOptions) {
        for index in rules.indices where (rules[index].alerting?.holdDuration ?? 0) >= options.forGracePeriod { rules[index].alerting?.isRestored = false }
    }

    /// Finds in `ALERTS_FOR_STATE` since when the conditions of pending alerts are true, so that a restart does not make them wait anew.
    ///
    /// The time that nothing was evaluated does not count as pending, and an alert waits for the grace period at least: somebody may have restarted the program
    /// because of what it is about. Blocks while it reads.
    /// Source: prometheus/prometheus `rules/group.go`, `RestoreForState`.
    mutating func restorePending(at time: Int64, _ reader: any SeriesReader, _ options: RuleOptions) {
        for index in rules.indices {
            guard let alerting = rules[index].alerting, !alerting.isRestored else { continue }
            rules[index].alerting?.isRestored = true
            let kept = rules[index].keptStates(until: time, reader, options)
            for alert in alerting.active.values where alert.state == .pending {
                guard let (downAt, activeAt) = kept[alert.labels] else { continue }
                if let restored = Self.restored(activeAt, downAt: downAt, now: time, hold: alerting.holdDuration, grace: options.forGracePeriod) {
                    rules[index].alerting?.restore(activeAt: restored, of: alert.labels)
                }
            }
        }
    }

    /// Since when an alert's condition is to count as true.
    ///
    /// - Parameters:
    ///   - downAt: when it was last evaluated.
    ///   - hold: the rule's `for`.
    static func restored(_ activeAt: Int64, downAt: Int64, now: Int64, hold: Int64, grace: Int64) -> Int64? {
        let remaining = hold - (downAt - activeAt)
        // It fired before: it fires again with the next evaluation.
        if remaining <= 0 { return activeAt }
        return remaining < grace ? now + grace - hold : activeAt + (now - downAt)
    }
}

extension RuleState {
    /// The last samples of the rule's `ALERTS_FOR_STATE`: when they were, and what they said, by the alerts' labels.
    fileprivate func keptStates(until time: Int64, _ reader: any SeriesReader, _ options: RuleOptions) -> [SeriesLabels: (downAt: Int64, activeAt: Int64)] {
        var matchers = [SeriesMatcher(SeriesLabels.metricName, equals: AlertSeries.forStateName), SeriesMatcher(Alert.nameLabel, equals: rule.name)]
        for label in rule.labels where !label.value.contains("{{") { matchers.append(SeriesMatcher(label.name, equals: label.value)) }
        let from = time - options.outageTolerance
        let request = SeriesRequest(matchers, from: from, through: time, grid: StepGrid(start: time, end: time, step: 1))
        var kept: [SeriesLabels: (downAt: Int64, activeAt: Int64)] = [:]
        // What cannot be read makes the alerts wait anew, which is what Prometheus does too.
        guard let found = try? reader.select(request), found.count <= options.promQL.seriesMax else { return [:] }
        for series in found {
            var samples = SampleColumns()
            guard (try? series.read(from: from, through: time, into: &samples)) != nil, let last = samples.times.last, let value = samples.values.last,
                !value.isNaN, let seconds = Int64(exactly: value.rounded())
            else { continue }
            kept[series.labels.dropping([SeriesLabels.metricName])] = (last, seconds * 1_000)
        }
        return kept
    }
}
