package import GatewayModel

/// A name and labels that several rules of a file have: whatever they record or alert of is one and the same thing to those who read it.
///
/// Source: prometheus/prometheus `cmd/promtool/main.go`, checkDuplicates.
package struct DuplicateRule: Sendable, Hashable {
    package let name: String
    /// The group's included, sorted by name.
    package let labels: [SeriesLabel]

    /// As promtool writes it, over several lines.
    package var description: String {
        (["Metric: \(name)", "Label(s):"] + labels.map { "\t\($0.name): \($0.value)" }).joined(separator: "\n")
    }
}

extension RuleFile {
    /// Each once, in the order of names and labels.
    package var duplicateRules: [DuplicateRule] {
        var counts: [DuplicateRule: Int] = [:]
        for rule in groups.flatMap(\.rules) { counts[DuplicateRule(name: rule.name, labels: rule.labels), default: 0] += 1 }
        return counts.filter { $0.value > 1 }.keys.sorted { left, right in
            left.name == right.name
                ? SeriesLabels(sorted: left.labels) < SeriesLabels(sorted: right.labels) : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    package var ruleCount: Int { groups.reduce(0) { $0 + $1.rules.count } }
}
