internal import GatewayModel

/// `label_join(v, name, separator, source...)`: sets a label to the values of others.
///
/// Rows that have become the same are joined or refused by the engine.
struct LabelJoinFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let (name, separator) = (arguments[1].text, arguments[2].text)
        let sources = arguments.dropFirst(3).map(\.text)
        for source in sources where !SeriesLabels.isLabelName(source) { throw .execution("invalid source label name in label_join(): \(source)") }
        guard SeriesLabels.isLabelName(name) else { throw .execution("invalid destination label name in label_join(): \(name)") }
        var rows = arguments[0].rows
        for index in rows.indices {
            let labels = rows[index].labels
            rows[index].setLabel(name, to: sources.map { labels[$0] ?? "" }.joined(separator: separator))
        }
        return .vector(rows)
    }
}

/// `label_replace(v, name, template, source, pattern)`: sets a label to a template, into which parts of another label's value are put, where the pattern
/// matches that value.
///
/// Rows that have become the same are joined or refused by the engine.
struct LabelReplaceFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let (name, template, source, text) = (arguments[1].text, arguments[2].text, arguments[3].text, arguments[4].text)
        let pattern: LabelPattern
        do { pattern = try LabelPattern(text) } catch { throw .execution("invalid regular expression in label_replace(): \(text)") }
        guard SeriesLabels.isLabelName(name) else { throw .execution("invalid destination label name in label_replace(): \(name)") }
        var rows = arguments[0].rows
        for index in rows.indices {
            if let value = pattern.expanding(template, with: rows[index].labels[source] ?? "") { rows[index].setLabel(name, to: value) }
        }
        return .vector(rows)
    }
}

extension StepRow {
    /// Sets a label; one that names the metric stays to the end of the query.
    mutating func setLabel(_ name: String, to value: String) {
        labels = labels.setting(name, to: value)
        if name == SeriesLabels.metricName { dropsName = false }
    }
}

extension SeriesLabels {
    /// Whether a label may have the name: any text that is not empty, in UTF-8. What was no UTF-8 in the query came in as U+FFFD.
    static func isLabelName(_ name: String) -> Bool { !name.isEmpty && !name.unicodeScalars.contains("\u{FFFD}") }
}
