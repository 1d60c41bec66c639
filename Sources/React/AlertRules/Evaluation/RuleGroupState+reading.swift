package import GatewayModel
package import PromQL

/// A rule as those see it who look at it from outside.
package struct RuleStatus: Sendable {
    package let rule: Rule
    package let health: RuleHealth
    /// Empty unless the rule fails.
    package let lastError: String
    /// Seconds that the last evaluation took, and when it was in milliseconds since 1970; nil before the first.
    package let evaluationSeconds: Double
    package let lastEvaluation: Int64?
    /// What the expression compares with; nil for rules that record, or compare with no number.
    package let threshold: AlertThreshold?
    /// Pending and firing alerts in ascending order of their labels; nil for rules that record.
    package let alerts: [ActiveAlert]?
    /// Since when none of the rule's selectors finds anything, milliseconds since 1970.
    package let noDataSince: Int64?
    /// Whether anything was ever found.
    package let hasFoundData: Bool
    /// Whether an alert is told as firing until it holds still.
    package let isFlapping: Bool
    /// The most changes that one alert had within the window of flapping.
    package let transitions: Int

    /// The worst state that any alert has; nil for rules that record, and before the first evaluation.
    package var state: ActiveAlert.State? {
        guard let alerts, lastEvaluation != nil else { return nil }
        return alerts.contains { $0.state == .firing } ? .firing : alerts.isEmpty ? .inactive : .pending
    }
}

extension RuleGroupState {
    package var ruleCount: Int { rules.count }

    /// All rules in their order.
    package func status(_ options: RuleOptions) -> [RuleStatus] { rules.map { $0.status(options) } }

    /// Pending and firing alerts of the rule at a place, ascending by their labels; empty for rules that record.
    package func activeAlerts(ofRule index: Int) -> [ActiveAlert] { rules[index].alerting?.shown ?? [] }

    /// Evaluates the whole group where samples are stored at once, as tests of rules do.
    package mutating func evaluate(at time: Int64, in store: SampleStore, _ options: RuleOptions) -> Outcome {
        begin(at: time)
        while let batch = advance(store, options) { stored(store.append(batch)) }
        return finish()
    }
}

extension RuleState {
    func status(_ options: RuleOptions) -> RuleStatus {
        RuleStatus(
            rule: rule, health: health, lastError: lastError, evaluationSeconds: evaluationSeconds, lastEvaluation: lastEvaluation, threshold: threshold,
            alerts: alerting?.shown, noDataSince: data.missingSince, hasFoundData: data.hasFound, isFlapping: isFlapping(options), transitions: alerting?.flaps.countMax ?? 0)
    }

    func isFlapping(_ options: RuleOptions) -> Bool {
        guard let alerting, options.flapping.transitions > 0 else { return false }
        return alerting.flaps.countMax >= options.flapping.transitions
    }
}

extension AlertingState {
    /// What is pending or fires, ascending by labels.
    var shown: [ActiveAlert] { active.values.filter { $0.state != .inactive }.sorted { $0.labels < $1.labels } }
}

extension SampleStore {
    /// Keeps a batch as a real store would.
    func append(_ batch: SampleBatch) -> SampleReceipt {
        var receipt = SampleReceipt()
        var histograms = batch.histograms[...]
        for index in batch.series.indices {
            var samples = SampleColumns()
            for sample in batch.sampleRange(index) {
                if let next = histograms.first, next.sample == sample {
                    samples.append(batch.times[sample], next.histogram)
                    histograms.removeFirst()
                } else {
                    samples.append(batch.times[sample], batch.values[sample])
                }
            }
            if let labels = SeriesKey.labels(of: Array(batch.keys[batch.keyRange(index)])) { append(labels, samples) }
            receipt.references.append(SeriesReference(UInt64(index) + 1))
            receipt.stored += samples.count
        }
        return receipt
    }
}
