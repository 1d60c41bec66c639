package import GatewayModel

/// Which alerts are not told because others fire.
///
/// For each source of each rule it keeps the alerts that match, by the values of the labels that must be equal, so that one look tells whether a target has a source.
///
/// Source: prometheus/alertmanager, `inhibit/inhibit.go`.
package struct Inhibitor: Sendable {
    private struct Source: Sendable {
        let source: InhibitRule.Source
        /// Alerts by the values of ``InhibitRule/Source/equal``, in its order.
        var alerts: [[String]: Set<AlertFingerprint>] = [:]

        func key(_ labels: SeriesLabels) -> [String] { source.equal.map { labels[$0] ?? "" } }
    }

    private let rules: [InhibitRule]
    private var sources: [[Source]]

    package init(_ rules: [InhibitRule]) {
        self.rules = rules
        sources = rules.map { $0.sources.map { Source(source: $0) } }
    }

    /// Takes note of an alert that routing knows from now on.
    package mutating func add(_ fingerprint: AlertFingerprint, _ labels: SeriesLabels) {
        change(labels) { source, key in source.alerts[key, default: []].insert(fingerprint) }
    }

    package mutating func remove(_ fingerprint: AlertFingerprint, _ labels: SeriesLabels) {
        change(labels) { source, key in
            source.alerts[key]?.remove(fingerprint)
            if source.alerts[key]?.isEmpty ?? false { source.alerts[key] = nil }
        }
    }

    private mutating func change(_ labels: SeriesLabels, _ body: (inout Source, [String]) -> Void) {
        for rule in sources.indices {
            for index in sources[rule].indices where sources[rule][index].source.matchers.matches(labels) {
                let key = sources[rule][index].key(labels)
                body(&sources[rule][index], key)
            }
        }
    }

    /// The alerts that keep one with these labels from being told: of the first rule that does, one per source. Empty when nothing does.
    ///
    /// - Parameter firing: the labels of an alert while it fires; nil once it is resolved.
    package func sources(muting labels: SeriesLabels, firing: (AlertFingerprint) -> SeriesLabels?) -> [AlertFingerprint] {
        for (rule, sources) in zip(rules, sources) where rule.targetMatchers.matches(labels) {
            var found: [AlertFingerprint] = []
            for source in sources {
                // What is source and target at once is not muted by others of that kind, or two of them would mute each other.
                let isTwoSided = source.source.matchers.matches(labels)
                let muting = (source.alerts[source.key(labels)] ?? []).filter { fingerprint in
                    guard let candidate = firing(fingerprint) else { return false }
                    return !(isTwoSided && rule.targetMatchers.matches(candidate))
                }
                guard let first = muting.min() else { break }
                found.append(first)
            }
            if found.count == sources.count { return found }
        }
        return []
    }
}
