package import GatewayModel

/// A label's or annotation's text in a rule, in which `$labels`, `$value`, `$externalLabels` and `$externalURL` are known.
///
/// Source: Prometheus's documentation, "Alerting rules", "Templating".
package struct AlertFieldTemplate: Sendable {
    private let template: TextTemplate
    private static let variables =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

    /// - Parameter alert: the alert's name, for error messages.
    /// - Throws: with the message that promtool shows: `template: __alert_NAME:1: ...`.
    package init(_ text: String, alert: String) throws(TemplateSyntaxError) {
        template = try TextTemplate.parse(name: "__alert_\(alert)", text: Self.variables + text, functions: .prometheus)
    }

    /// Whether a text is a template at all; most are not.
    package static func isNeeded(for text: String) -> Bool { text.contains("{{") }

    /// The text for one sample of the rule's expression; when it fails, a text that says why, with which the alert still fires.
    package func text(for sample: AlertFieldSample, in context: TemplateContext) -> (text: String, failure: TemplateFailure?) {
        do { return (try template.render(.object(sample.in(context)), in: context), nil) } catch {
            let failure = TemplateFailure("error executing template \(template.name): \(error.message)")
            return ("<error expanding template: \(failure.message)>", failure)
        }
    }

    /// What stands in a field whose template cannot be read, which a rule file that was checked does not have.
    package static func text(for error: TemplateSyntaxError) -> String { "<error expanding template: error parsing template \(error.name): \(error.message)>" }
}

/// What the dot of an alert's fields is.
package struct AlertFieldSample: Sendable {
    /// The sample's labels, its metric's name among them.
    package let labels: SeriesLabels
    package let externalLabels: SeriesLabels
    package let value: Double

    package init(labels: SeriesLabels, value: Double, externalLabels: SeriesLabels = .none) {
        self.labels = labels
        self.value = value
        self.externalLabels = externalLabels
    }

    func `in`(_ context: TemplateContext) -> some TemplateObject { Fields(sample: self, externalURL: context.externalURL) }

    private struct Fields: TemplateObject {
        let sample: AlertFieldSample
        let externalURL: String

        func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
            arguments.isEmpty ? fields.first { $0.name == name }?.value : nil
        }

        var fields: [(name: String, value: TemplateValue)] {
            [
                ("Labels", .labels(sample.labels)), ("ExternalLabels", .labels(sample.externalLabels)), ("ExternalURL", .string(externalURL)),
                ("Value", .float(sample.value)),
            ]
        }

        var typeName: String { "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }" }
    }
}
