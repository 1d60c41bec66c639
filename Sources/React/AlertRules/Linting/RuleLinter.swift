internal import GatewayModel
package import PromQL

/// Reads rules as a careful colleague would: can this fire at all, does it mean what it says, will it fire all the time.
///
/// What can be seen without data comes from the expression's text: types, labels and ranges of values are followed through it (``ResultLabels``,
/// ``ValueInference``), names of metrics are taken at their word. What data tell comes from ``RuleKnowledge``. A finding is worth its place only when it is right
/// most of the time, so that what is only a matter of taste is left alone.
package struct RuleLinter: Sendable {
    /// Milliseconds between evaluations of groups that do not say; nil when it is not known, which is then taken to be Prometheus's default of a minute.
    package var evaluationInterval: Int64?
    /// Milliseconds between samples; nil when it is not known, which is then taken to be 15 s, and said less loudly.
    package var scrapeInterval: Int64?

    /// The scrape interval of most configurations.
    private static let scrapeIntervalUsual: Int64 = 15_000
    private static let evaluationIntervalUsual: Int64 = 60_000

    package init(evaluationInterval: Int64? = nil, scrapeInterval: Int64? = nil) {
        self.evaluationInterval = evaluationInterval
        self.scrapeInterval = scrapeInterval
    }

    /// What is to be said of files of rules, in their order, that of their rules and of the places within them.
    ///
    /// - Parameter knowledge: what is kept of the past; nil to judge by the text alone.
    package func findings(_ files: [RuleFile], knowledge: RuleKnowledge? = nil) -> [RuleFinding] {
        findings(files.map { LintSource(file: $0) }, knowledge: knowledge)
    }

    /// What is to be said of an expression alone.
    package func findings(expression: Expression, text: String, knowledge: RuleKnowledge? = nil) -> [RuleFinding] {
        let rule = Rule(
            kind: .alerting(AlertSpecification(name: "", holdDuration: evaluationInterval ?? Self.evaluationIntervalUsual)), expression: expression, text: text,
            line: 1, expressionLine: 1,
            expressionColumn: 1)
        let source = LintSource(file: RuleFile(path: "", groups: [RuleGroup(name: "", rules: [rule])]))
        return findings([source], knowledge: knowledge).filter { $0.code != .noHold && $0.code != .shortHold }
    }

    /// What is to be said of what was read for the linter, what could not be read included.
    package func findings(_ sources: [LintSource], knowledge: RuleKnowledge? = nil) -> [RuleFinding] {
        let all = sources.flatMap { $0.file.groups.flatMap(\.rules) }
        var surroundings = RuleSurroundings(all, scrapeInterval: scrapeInterval ?? Self.scrapeIntervalUsual, isScrapeIntervalKnown: scrapeInterval != nil)
        if let knowledge { surroundings.kinds = knowledge.kinds }
        var result: [RuleFinding] = []
        for source in sources {
            var findings = source.findings
            var linted: [LintedRule] = []
            for (groupIndex, group) in source.file.groups.enumerated() {
                for (ruleIndex, rule) in group.rules.enumerated() {
                    let places =
                        source.places[[groupIndex, ruleIndex]] ?? ExpressionPlaces(text: rule.text, line: rule.expressionLine, column: rule.expressionColumn)
                    linted.append(
                        LintedRule(
                            rule: rule, file: source.file.path, group: group.name,
                            interval: group.interval ?? evaluationInterval ?? Self.evaluationIntervalUsual,
                            isIntervalKnown: (group.interval ?? evaluationInterval) != nil, places: places, surroundings: surroundings))
                }
            }
            for rule in linted {
                for check in Self.checks { findings += check(rule) }
                if let knowledge { findings += KnowledgeCheck(knowledge: knowledge, recorded: Set(surroundings.recorded.keys)).findings(rule) }
            }
            findings += DuplicateCheck.findings(linted)
            result += findings.enumerated().sorted { ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset) }.map(
                \.element)
        }
        return result
    }

    private static let checks: [@Sendable (LintedRule) -> [RuleFinding]] = [
        ConditionCheck.findings, MatchingCheck.findings, NumberCheck.findings, RateUnitCheck.findings, CounterCheck.findings, WindowCheck.findings,
        HistogramCheck.findings, SelectorCheck.findings, TemplateCheck.findings, HoldCheck.findings,
    ]
}
