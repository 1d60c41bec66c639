internal import GatewayModel

/// How a target's labels and those it exposes come together.
enum ScrapedLabels {
    /// - Parameter honorsTarget: whether an exposed label wins over the target's; otherwise it is renamed to `exported_...`.
    static func merged(_ exposed: [SeriesLabel], _ target: SeriesLabels, honorsTarget: Bool) -> RelabelLabels {
        var labels = RelabelLabels(exposed)
        if honorsTarget {
            for label in target.labels where labels[label.name].isEmpty { labels[label.name] = label.value }
            return labels
        }
        var conflicts: [SeriesLabel] = []
        for label in target.labels {
            let value = labels[label.name]
            if !value.isEmpty { conflicts.append(SeriesLabel(label.name, value)) }
            labels[label.name] = label.value
        }
        // The shorter name first, so that the result does not depend on the order.
        for conflict in conflicts.sorted(by: { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }) {
            var name = "exported_" + conflict.name
            while !labels[name].isEmpty { name = "exported_" + name }
            labels[name] = conflict.value
        }
        return labels
    }

    /// Which of the job's limits the labels exceed; nil when none.
    static func excess(_ labels: RelabelLabels, _ limits: ScrapeLimits) -> String? {
        let metric = labels[SeriesLabels.metricName]
        if limits.labels > 0, labels.all.count > limits.labels {
            return "label_limit exceeded (metric: \(metric.prefix(50)), number of labels: \(labels.all.count), limit: \(limits.labels))"
        }
        for label in labels.all {
            if limits.labelNameLength > 0, label.name.utf8.count > limits.labelNameLength {
                return "label_name_length_limit exceeded (metric: \(metric.prefix(50)), label name: \(label.name.prefix(50)), limit: \(limits.labelNameLength))"
            }
            if limits.labelValueLength > 0, label.value.utf8.count > limits.labelValueLength {
                return "label_value_length_limit exceeded (metric: \(metric.prefix(50)), label name: \(label.name.prefix(50)), limit: \(limits.labelValueLength))"
            }
        }
        return nil
    }
}
