internal import GatewayModel
internal import PromQL

/// The same rule twice.
enum DuplicateCheck {
    static func findings(_ rules: [LintedRule]) -> [RuleFinding] {
        var seen: [String: LintedRule] = [:]
        var findings: [RuleFinding] = []
        for rule in rules {
            let labels = SeriesLabels(rule.rule.labels).labels.map { "\($0.name)=\($0.value)" }.joined(separator: "\u{1}")
            let key = "\(rule.alert == nil ? "record" : "alert")\u{2}\(rule.rule.name)\u{2}\(labels)\u{2}\(rule.expression.text)"
            guard let first = seen[key] else {
                seen[key] = rule
                continue
            }
            let place = first.rule.line > 0 ? " in line \(first.rule.line)" : ""
            let consequence = rule.alert == nil ? "the series is computed twice" : "each alert comes twice, with the same labels"
            findings.append(rule.finding(.duplicateAlert, .warning, "the same rule stands\(place) in group \(first.group): \(consequence)"))
        }
        return findings
    }
}
