package import GatewayModel

/// Matchers as Alertmanager writes them.
///
/// Source: prometheus/alertmanager, `pkg/labels/matcher.go`.
extension SeriesMatcher {
    /// `name="value"`; a name that could be misread is quoted too.
    package var alertmanagerText: String {
        if name.unicodeScalars.contains(where: MatcherReader.isReserved) { return name.goQuoted + comparison.rawValue + value.goQuoted }
        let escaped = value.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
        return "\(name)\(comparison.rawValue)\"\(escaped)\""
    }

    /// Alertmanager's order of matchers: name, value, comparison.
    package static func precedes(_ left: SeriesMatcher, _ right: SeriesMatcher) -> Bool {
        if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        if left.value != right.value { return left.value.utf8.lexicographicallyPrecedes(right.value.utf8) }
        return left.comparison.rank < right.comparison.rank
    }

    /// A matcher of a comparison that is known only now.
    package static func make(_ name: String, _ comparison: Comparison, _ value: String) throws(LabelPatternError) -> SeriesMatcher {
        switch comparison {
        case .equal: SeriesMatcher(name, equals: value)
        case .notEqual: SeriesMatcher(name, equals: value, negated: true)
        case .matches: try SeriesMatcher(name, pattern: value)
        case .matchesNot: try SeriesMatcher(name, pattern: value, negated: true)
        }
    }
}

extension SeriesMatcher.Comparison {
    /// Alertmanager's number of the comparison.
    var rank: Int {
        switch self {
        case .equal: 0
        case .notEqual: 1
        case .matches: 2
        case .matchesNot: 3
        }
    }
}

extension Sequence<SeriesMatcher> {
    /// `{a="b",c=~"d"}`
    package var alertmanagerText: String { "{" + map(\.alertmanagerText).joined(separator: ",") + "}" }

    /// Whether all of them match.
    package func matches(_ labels: SeriesLabels) -> Bool { allSatisfy { $0.matches(labels) } }
}
