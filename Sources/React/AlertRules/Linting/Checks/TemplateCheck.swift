internal import GatewayModel
internal import PromQL

/// Labels that texts ask for and the expression no longer has, and labels of alerts that change with every value.
enum TemplateCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        guard let alert = rule.alert else { return [] }
        var findings: [RuleFinding] = []
        let labels = ResultLabels(rule.expression)
        var told: Set<String> = []
        for annotation in alert.annotations + rule.rule.labels {
            for label in labelsUsed(annotation.value) where !labels.canHave(label) && told.insert(label).inserted {
                findings.append(rule.finding(.templateLabel, .warning, dropped(label, labels, in: annotation.name, rule), at: rule.expression.range))
            }
        }
        for label in rule.rule.labels where label.value.contains("$value") || label.value.contains(".Value") {
            if isConditional(label.value) { continue }
            let message =
                "the label \(label.name) changes with the value, and labels are what an alert is: each new value resolves the alert and begins another one, which waits for its \"for\" anew; "
                + "put the value into an annotation"
            findings.append(rule.finding(.valueInLabel, .error, message))
        }
        return findings
    }

    /// A severity chosen by the value has few values.
    private static func isConditional(_ template: String) -> Bool {
        guard template.contains("{{"), template.contains("if ") else { return false }
        let outputs = template.split(separator: "{{").dropFirst().map { $0.drop { $0 == "-" || $0 == " " } }
        return !outputs.contains { $0.hasPrefix("$value") || $0.hasPrefix(".Value") || $0.hasPrefix("printf") || $0.hasPrefix("humanize") }
    }

    private static func dropped(_ label: String, _ labels: ResultLabels, in name: String, _ rule: LintedRule) -> String {
        let kept = labels.only.map { $0.isEmpty ? "has no labels at all" : "has only \($0.sorted().joined(separator: ", "))" } ?? "has dropped it"
        return
            "\(name) asks for $labels.\(label), but the result of the expression \(kept), so that nothing stands there in the message: keep the label by by (...), or leave it out of the text"
    }

    /// Names after `$labels.` and `.Labels.`; the latter only where no query is made, since there they are labels of its samples.
    static func labelsUsed(_ template: String) -> [String] {
        guard template.contains("{{") else { return [] }
        let hasQuery = template.contains("query")
        var names: [String] = []
        for prefix in hasQuery ? ["$labels."] : ["$labels.", ".Labels."] {
            var rest = template[...]
            while let place = rest.firstRange(of: prefix) {
                rest = rest[place.upperBound...]
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                if !name.isEmpty { names.append(String(name)) }
            }
        }
        return names
    }
}
