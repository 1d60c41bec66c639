internal import ConfigurationText
internal import GatewayModel

/// Reads `relabel_configs` and `metric_relabel_configs`.
enum RelabelRuleReader {
    static func read(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> [RelabelRule] {
        var rules: [RelabelRule] = []
        for var rule in try fields.fieldsList(key) { rules.append(try read(&rule)) }
        return rules
    }

    private static func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> RelabelRule {
        let expression = try fields.text("regex", default: "(.*)")
        let pattern: LabelPattern
        do throws(LabelPatternError) { pattern = try LabelPattern(expression) } catch { throw fields.failure("regex: \(error.message)", at: "regex") }
        var rule = RelabelRule(pattern: pattern)
        if let word = try fields.text("action") {
            guard let action = RelabelRule.Action(rawValue: word.lowercased()) else {
                throw fields.failure("action must be one of \(RelabelRule.Action.allCases.map(\.rawValue).joined(separator: ", "))", at: "action")
            }
            rule.action = action
        }
        rule.sourceLabels = try fields.texts("source_labels")
        rule.separator = fields.has("separator") ? (try fields.text("separator") ?? "") : rule.separator
        rule.targetLabel = try fields.text("target_label", default: "")
        // An empty replacement is meant: it takes the label away.
        rule.replacement = fields.has("replacement") ? (try fields.text("replacement") ?? "") : rule.replacement
        rule.modulus = UInt64(try fields.count("modulus") ?? 0)
        try check(rule, fields)
        try fields.finish()
        return rule
    }

    private static func check(_ rule: RelabelRule, _ fields: YAMLFields) throws(ConfigurationFault) {
        switch rule.action {
        case .replace, .hashmod, .lowercase, .uppercase, .keepequal, .dropequal:
            guard !rule.targetLabel.isEmpty else { throw fields.failure("the action \(rule.action.rawValue) needs a target_label") }
        case .keep, .drop, .labelmap, .labeldrop, .labelkeep: break
        }
        var forbidden: [String] = []
        switch rule.action {
        case .hashmod: guard rule.modulus > 0 else { throw fields.failure("the action hashmod needs a modulus greater than 0") }
        case .keepequal, .dropequal: forbidden = ["regex", "modulus", "separator", "replacement"]
        case .labeldrop, .labelkeep: forbidden = ["source_labels", "target_label", "modulus", "separator", "replacement"]
        case .replace, .keep, .drop, .labelmap, .lowercase, .uppercase: break
        }
        if let key = forbidden.first(where: { fields.has($0) }) { throw fields.failure("the action \(rule.action.rawValue) does not use \(key)", at: key) }
    }
}
