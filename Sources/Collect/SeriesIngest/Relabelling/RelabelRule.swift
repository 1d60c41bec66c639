package import GatewayModel

/// One step by which labels are changed, or their bearer dropped.
///
/// Source: Prometheus documentation "Configuration", `relabel_config`; prometheus/prometheus `model/relabel/relabel.go`.
package struct RelabelRule: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal
    }

    package var action = Action.replace
    /// Labels whose values, joined by `separator`, are looked at.
    package var sourceLabels: [String] = []
    package var separator = ";"
    package var pattern: LabelPattern
    /// Where the result goes; may refer to the pattern's groups.
    package var targetLabel = ""
    package var replacement = "$1"
    /// Of ``Action/hashmod``, greater than 0.
    package var modulus: UInt64 = 0

    package init(pattern: LabelPattern) { self.pattern = pattern }

    /// Whether the rule keeps the bearer of the labels; the labels are changed in place.
    package func apply(to labels: inout RelabelLabels) -> Bool {
        let value = sourceLabels.map { labels[$0] }.joined(separator: separator)
        switch action {
        case .keep: return pattern.matches(value)
        case .drop: return !pattern.matches(value)
        case .keepequal: return labels[targetLabel] == value
        case .dropequal: return labels[targetLabel] != value
        case .replace:
            if let target = pattern.expanding(targetLabel, with: value), !target.isEmpty, let result = pattern.expanding(replacement, with: value) {
                labels[target] = result
            }
        case .lowercase: labels[targetLabel] = value.lowercased()
        case .uppercase: labels[targetLabel] = value.uppercased()
        case .hashmod: labels[targetLabel] = String(MD5.lastWord(Array(value.utf8)) % modulus)
        case .labelmap:
            for label in labels.all { if let name = pattern.expanding(replacement, with: label.name), !name.isEmpty { labels[name] = label.value } }
        case .labeldrop: for label in labels.all where pattern.matches(label.name) { labels[label.name] = "" }
        case .labelkeep: for label in labels.all where !pattern.matches(label.name) { labels[label.name] = "" }
        }
        return true
    }
}

/// Labels being changed: each name once, in no order. An empty value means that a label is not there.
package struct RelabelLabels: Sendable {
    package private(set) var all: [SeriesLabel]

    package init(_ labels: [SeriesLabel] = []) {
        all = []
        for label in labels { self[label.name] = label.value }
    }

    package subscript(name: String) -> String {
        get { all.first { $0.name == name }?.value ?? "" }
        set {
            if let index = all.firstIndex(where: { $0.name == name }) {
                if newValue.isEmpty { all.remove(at: index) } else { all[index] = SeriesLabel(name, newValue) }
            } else if !newValue.isEmpty {
                all.append(SeriesLabel(name, newValue))
            }
        }
    }

    package var isEmpty: Bool { all.isEmpty }

    /// Applies rules one after another; false as soon as one drops the labels' bearer.
    package mutating func apply(_ rules: [RelabelRule]) -> Bool {
        for rule in rules where !rule.apply(to: &self) { return false }
        return true
    }

    /// The labels as a series has them.
    package var series: SeriesLabels { SeriesLabels(sorted: all.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) }
}
