internal import GatewayModel
internal import PromQL
internal import TextTemplates
internal import Yams

extension RuleFileReading {
    /// Everything that a rule's keys say, before it is known whether that makes a rule.
    private struct Draft {
        var record: (text: String, node: Node)?
        var alert: (text: String, node: Node)?
        var expression: (text: String, node: Node)?
        var holdDuration: Int64 = 0
        var keepFiringFor: Int64 = 0
        var labels: [SeriesLabel] = []
        var labelNodes: [(name: String, value: String, node: Node)] = []
        var annotations: [(name: String, value: String, node: Node)] = []
    }

    /// Reads one rule.
    ///
    /// - Returns: nil when something is wrong with it, which has been told.
    mutating func rule(_ node: Node, _ groupLabels: [SeriesLabel]) -> Rule? {
        let problemsBefore = problems.problems.count
        guard var fields = CheckedMapping(node, "a rule", &problems) else { return nil }
        var draft = Draft()
        draft.record = fields.text("record", &problems).flatMap { $0.text.isEmpty ? nil : $0 }
        draft.alert = fields.text("alert", &problems).flatMap { $0.text.isEmpty ? nil : $0 }
        problems.ruleName = draft.alert?.text ?? draft.record?.text
        draft.expression = fields.text("expr", &problems).flatMap { $0.text.isEmpty ? nil : $0 }
        draft.holdDuration = fields.duration("for", &problems) ?? 0
        draft.keepFiringFor = fields.duration("keep_firing_for", &problems) ?? 0
        draft.labelNodes = fields.pairs("labels", &problems)
        draft.labels = labels(draft.labelNodes)
        draft.annotations = fields.pairs("annotations", &problems)
        finish(fields, "a rule")
        checkKind(draft, node)
        let expression = expression(draft, node)
        if draft.record != nil { checkRecording(draft) }
        for pair in draft.annotations where !options.names.isLabelName(pair.name) { problems.add("invalid annotation name: \(pair.name)", at: pair.node) }
        if let alert = draft.alert?.text { checkTemplates(draft, of: alert) }
        guard problems.problems.count == problemsBefore, let expression, let written = draft.expression else { return nil }
        return rule(draft, node, expression, written, groupLabels)
    }

    private mutating func checkKind(_ draft: Draft, _ node: Node) {
        if draft.record != nil, let alert = draft.alert { problems.add("only one of 'record' and 'alert' must be set", at: alert.node) }
        if draft.record == nil, draft.alert == nil { problems.add("one of 'record' or 'alert' must be set", at: node) }
    }

    private mutating func expression(_ draft: Draft, _ node: Node) -> Expression? {
        guard let (text, place) = draft.expression else {
            problems.add("field 'expr' must be set in rule", at: node)
            return nil
        }
        do throws(PromQLSyntaxError) { return try PromQLParser.parse(text) } catch {
            var inFile: TextPlace?
            if case .scalar(let scalar) = place { inFile = source.place(of: error.range.start, in: scalar) }
            problems.add("could not parse expression: \(error.description)", at: TextPlace(of: place), expressionPlace: inFile)
            return nil
        }
    }

    private mutating func checkRecording(_ draft: Draft) {
        guard let (name, node) = draft.record else { return }
        if !draft.annotations.isEmpty { problems.add("invalid field 'annotations' in recording rule", at: node) }
        if draft.holdDuration != 0 { problems.add("invalid field 'for' in recording rule", at: node) }
        if draft.keepFiringFor != 0 { problems.add("invalid field 'keep_firing_for' in recording rule", at: node) }
        if !options.names.isMetricName(name) { problems.add("invalid recording rule name: \(name)", at: node) }
        // Such a name is valid in UTF-8, and always the expression in the wrong place.
        if name.contains("{") || name.contains("}") {
            problems.add("braces present in the recording rule name; should it be in expr?: \(name)", at: node)
        }
    }

    /// Whether the templates of labels and annotations can be read; what they give is known only when the alert is there.
    private mutating func checkTemplates(_ draft: Draft, of alert: String) {
        for (kind, pairs) in [("label", draft.labelNodes), ("annotation", draft.annotations)] {
            for pair in pairs where AlertFieldTemplate.isNeeded(for: pair.value) {
                do throws(TemplateSyntaxError) { _ = try AlertFieldTemplate(pair.value, alert: alert) } catch {
                    problems.add("\(kind) \(pair.name.goQuoted): \(error.message)", at: pair.node)
                }
            }
        }
    }

    private func rule(
        _ draft: Draft, _ node: Node, _ expression: Expression, _ written: (text: String, node: Node), _ groupLabels: [SeriesLabel]
    ) -> Rule {
        let annotations = draft.annotations.map { SeriesLabel($0.name, $0.value) }.sortedByName
        let kind: Rule.Kind =
            if let alert = draft.alert?.text {
                .alerting(
                    AlertSpecification(name: alert, holdDuration: draft.holdDuration, keepFiringFor: draft.keepFiringFor, annotations: annotations))
            } else { .recording(draft.record?.text ?? "") }
        var start = TextPlace(of: written.node)
        if case .scalar(let scalar) = written.node { start = source.place(of: 0, in: scalar) ?? start }
        return Rule(
            kind: kind, expression: expression, text: written.text, labels: groupLabels.overlaid(by: draft.labels), line: TextPlace(of: node)?.line ?? 0,
            expressionLine: start?.line ?? 0, expressionColumn: start?.column ?? 0)
    }
}
