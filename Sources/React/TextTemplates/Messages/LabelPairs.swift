package import GatewayModel

/// Labels or annotations in a notification: a map with methods, `template.KV` of Alertmanager.
///
/// Source: Alertmanager's documentation, "Notification template reference", "KV".
package struct LabelPairs: TemplateObject {
    let labels: SeriesLabels

    package init(_ labels: SeriesLabels) { self.labels = labels }

    /// The alert's name first, the others by their names.
    private var sorted: [SeriesLabel] {
        labels.labels.filter { $0.name == Alert.nameLabel } + labels.labels.filter { $0.name != Alert.nameLabel }
    }

    package func member(_ name: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue? {
        switch (name, arguments.count) {
        case ("SortedPairs", 0): return .object(Pairs(pairs: sorted))
        case ("Names", 0): return .list(sorted.map { .string($0.name) })
        case ("Values", 0): return .list(sorted.map { .string($0.value) })
        case ("String", 0): return .string(text)
        case ("Remove", _):
            guard arguments.count == 1 else { throw TemplateFailure("wrong number of args for Remove: want 1 got \(arguments.count)") }
            guard TemplateType.texts.takes(arguments[0]), case .list(let names) = arguments[0] else {
                throw TemplateFailure("wrong type for value; expected []string; got \(arguments[0].typeName)")
            }
            return .object(LabelPairs(labels.dropping(Set(names.compactMap { if case .string(let name) = $0 { name } else { nil } }))))
        default: return nil
        }
    }

    package var contents: TemplateValue? { .labels(labels) }
    private var text: String { Pairs(pairs: sorted).text }
    package var printed: String? { text }
    package var typeName: String { "template.KV" }

    /// Labels in an order.
    private struct Pairs: TemplateObject {
        let pairs: [SeriesLabel]

        func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
            switch (name, arguments.count) {
            case ("Names", 0): .list(pairs.map { .string($0.name) })
            case ("Values", 0): .list(pairs.map { .string($0.value) })
            case ("String", 0): .string(text)
            default: nil
            }
        }

        var contents: TemplateValue? { .list(pairs.map { .object(Pair(label: $0)) }) }
        var text: String { pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") }
        var printed: String? { text }
        var typeName: String { "template.Pairs" }
    }

    private struct Pair: TemplateObject {
        let label: SeriesLabel

        func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
            arguments.isEmpty ? fields.first { $0.name == name }?.value : nil
        }

        var fields: [(name: String, value: TemplateValue)] { [("Name", .string(label.name)), ("Value", .string(label.value))] }
        var typeName: String { "template.Pair" }
    }
}
