internal import GatewayModel

/// What the engine says of a rule beside its own results, as series that ordinary rules can alert on: 1 while it is so, and none otherwise.
///
/// `gatewatch_rule_no_data`: the rule found something before, and nothing now. `gatewatch_rule_flapping`: an alert of it is told as firing until it holds still.
/// Labels: `rule_group` (`file;group`) and `alertname`, or `record`.
struct RuleSignals: Sendable {
    /// The series of the last evaluation.
    private(set) var written: Set<SeriesLabels> = []

    static let noDataName = "gatewatch_rule_no_data"
    static let flappingName = "gatewatch_rule_flapping"

    /// The series that exist now, and those that end.
    mutating func update(_ rules: [RuleState], _ key: RuleGroupKey, _ options: RuleOptions) -> (now: [SeriesLabels], ended: [SeriesLabels]) {
        var now: [SeriesLabels] = []
        for rule in rules {
            if rule.data.hasFound, rule.data.missingSince != nil { now.append(Self.labels(Self.noDataName, rule, key)) }
            if rule.isFlapping(options) { now.append(Self.labels(Self.flappingName, rule, key)) }
        }
        if now.isEmpty, written.isEmpty { return ([], []) }
        let present = Set(now)
        let ended = written.subtracting(present)
        written = present
        // Rules of the same name in a group share a series.
        return (Array(present), Array(ended))
    }

    private static func labels(_ name: String, _ rule: RuleState, _ key: RuleGroupKey) -> SeriesLabels {
        let label = rule.alerting == nil ? "record" : Alert.nameLabel
        return SeriesLabels([SeriesLabel(SeriesLabels.metricName, name), SeriesLabel("rule_group", key.label), SeriesLabel(label, rule.rule.name)])
    }
}
