package import GatewayModel
internal import PromQL

/// How a rule's last evaluation went.
package enum RuleHealth: String, Sendable {
    case unknown
    case ok
    case failing = "err"
}

/// One rule of a group with all that its evaluations left behind.
struct RuleState: Sendable {
    let rule: Rule
    /// Found once: the number that the expression compares with.
    let threshold: AlertThreshold?
    /// nil for rules that record.
    var alerting: AlertingState?
    var health = RuleHealth.unknown
    /// Empty unless ``health`` is failing.
    var lastError = ""
    /// Seconds that the last evaluation took, and when it was.
    var evaluationSeconds = 0.0
    var lastEvaluation: Int64?
    /// Series of the last evaluation that went well, by their labels: those that are missing next time ended.
    var written: [SeriesLabels: SeriesReference] = [:]
    var data: DataWatch
    var evaluations = 0
    var failures = 0
    /// Conditions on the names of the series that the rule reads, one list for each selector.
    private let names: [[SeriesMatcher]]
    /// Whether a template asks for series of its own, of which nothing is known before.
    private let asksInTemplates: Bool

    init(_ rule: Rule) {
        self.rule = rule
        data = DataWatch(rule.expression)
        names = rule.expression.selectors.map { $0.filter { $0.name == SeriesLabels.metricName } }
        switch rule.kind {
        case .recording:
            threshold = nil
            alerting = nil
            asksInTemplates = false
        case .alerting(let specification):
            threshold = ThresholdSearch.threshold(of: rule.expression)?.threshold
            alerting = AlertingState(specification)
            asksInTemplates = (rule.labels + specification.annotations).contains { $0.value.contains("query") }
        }
    }

    /// Whether the rule may read any series with one of the names.
    func mayRead(_ written: Set<String>) -> Bool {
        asksInTemplates || names.contains { matchers in written.contains { name in matchers.allSatisfy { $0.matches(name) } } }
    }

    /// What makes it the same rule after its file was read again, though its expression may have changed.
    var identity: String { rule.name + "\u{0}" + rule.labels.map { "\($0.name)\u{0}\($0.value)" }.sorted().joined(separator: "\u{0}") }
}
