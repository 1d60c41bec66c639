internal import ByteCoding
internal import GatewayModel

/// Makes of objectives the rules that watch over them: recorded error ratios, what is left of the budgets, and alerts while one burns too fast.
///
/// The rules are an ordinary file that every Prometheus since 2.42 loads. Labels: `slo` is the objective's name, `sli` what it measures, `window` the long time of a
/// burn rate.
package enum ObjectiveRules {
    private static let minute: Int64 = 60_000
    private static let hour = 60 * minute
    private static let day = 24 * hour
    /// Recorded often: alerts of the hour depend on them.
    private static let shortWindows = [5 * minute, 30 * minute, hour, 2 * hour]
    private static let longWindows = [6 * hour, day, 3 * day]
    package static let remainingName = "slo:error_budget_remaining:ratio"
    package static let budgetName = "slo:error_budget:ratio"
    package static let burnAlert = "ErrorBudgetBurn"
    package static let spentAlert = "ErrorBudgetSpent"

    /// The rules as a file in Prometheus's YAML.
    package static func yaml(_ objectives: [Objective]) -> String { RuleFileWriter.yaml(objectives.flatMap(groups)) }

    /// The rules, read as a file of this path would be.
    ///
    /// - Throws: when a condition on labels makes an expression that cannot be read.
    package static func file(_ objectives: [Objective], path: String) throws(RuleFileRefusal) -> RuleFile { try RuleFileReader().read(yaml(objectives), path: path) }

    private static func groups(_ objective: Objective) -> [WrittenGroup] {
        let expressions = ObjectiveExpressions(objective: objective)
        let labels = [SeriesLabel("sli", objective.indicatorName), SeriesLabel("slo", objective.name)]
        func ratio(_ window: Int64) -> WrittenRule {
            WrittenRule(record: ObjectiveExpressions.ratioName(window), expression: expressions.errorRatio(over: window), labels: labels)
        }
        let burns = BurnRate.applying(to: objective)
        let long = longWindows.filter { $0 < objective.window } + [objective.window]
        let budget = WrittenRule(record: budgetName, expression: "vector(\(PrometheusNumber.of(objective.errorBudget, .plain)))", labels: labels)
        let remaining = WrittenRule(record: remainingName, expression: expressions.remaining, labels: labels)
        let spent = spent(objective, labels)
        return [
            // The long ratios first: the alerts of the short ones read them.
            WrittenGroup(name: "objective \(objective.name), long", interval: 2 * minute, rules: long.map(ratio) + [budget, remaining, spent]),
            WrittenGroup(name: "objective \(objective.name), short", interval: minute / 2, rules: shortWindows.map(ratio) + burns.map { burn($0, expressions, labels) }),
        ]
    }

    private static func burn(_ rate: BurnRate, _ expressions: ObjectiveExpressions, _ labels: [SeriesLabel]) -> WrittenRule {
        let (long, short) = (DurationText.text(milliseconds: rate.long), DurationText.text(milliseconds: rate.short))
        let window = DurationText.text(milliseconds: expressions.objective.window)
        return WrittenRule(
            alert: burnAlert, expression: expressions.isBurning(rate), labels: labels + [SeriesLabel("severity", rate.severity), SeriesLabel("window", long)],
            annotations: links + [
                SeriesLabel("summary", "\(escaped(expressions.objective.name)): the error budget burns {{ $value | humanize }} times as fast as it may"),
                SeriesLabel(
                    "description",
                    "For \(long), and still within the last \(short), \(subject(expressions.objective)) at more than "
                        + "\(PrometheusNumber.of(rate.factor, .plain)) times the pace that would use the budget of \(window) up exactly."),
            ])
    }

    private static func spent(_ objective: Objective, _ labels: [SeriesLabel]) -> WrittenRule {
        let window = DurationText.text(milliseconds: objective.window)
        return WrittenRule(
            alert: spentAlert, expression: "\(remainingName){slo=\(objective.name.goQuoted)} <= 0", labels: labels + [SeriesLabel("severity", "warning")],
            annotations: links + [
                SeriesLabel("summary", "\(escaped(objective.name)): nothing is left of the error budget of \(window)"),
                SeriesLabel("description", "Over the last \(window) \(subject(objective)) to more than was promised: {{ $value | humanizePercentage }} of the budget is left."),
            ])
    }

    private static let links = [
        SeriesLabel("runbook_url", "{{ $externalURL }}/runbooks/ErrorBudgetBurn"), SeriesLabel("dashboard", "{{ $externalURL }}/?page=alerts"),
    ]

    private static func subject(_ objective: Objective) -> String {
        switch objective.indicator {
        case .availability: "requests failed"
        case .latency(let threshold): "requests took longer than \(DurationText.text(milliseconds: threshold))"
        case .ttft(let threshold): "first tokens took longer than \(DurationText.text(milliseconds: threshold))"
        case .cost: "money was spent"
        }
    }

    /// A name as the text of a template.
    private static func escaped(_ name: String) -> String { name.contains("{{") ? "{{ \(name.goQuoted) }}" : name }
}
