package import GatewayModel
package import PromQL
package import TextTemplates

/// What the templates of an alert's labels and annotations see.
package struct AlertTextContext: Sendable {
    /// The rule's name, for messages.
    package var alert: String
    /// Of the sample, its name included.
    package var labels: SeriesLabels
    package var externalLabels: SeriesLabels
    package var externalURL: String
    package var value: Double
    /// What the value is when the sample is a native histogram.
    package var histogram: NativeHistogram?
    /// The instant of the evaluation, milliseconds since 1970.
    package var time: Int64
    /// Answers the template function `query`.
    package var query: @Sendable (String) throws(TemplateFailure) -> [AnswerSample]

    package init(
        alert: String, labels: SeriesLabels, externalLabels: SeriesLabels, externalURL: String, value: Double, histogram: NativeHistogram? = nil, time: Int64,
        query: @escaping @Sendable (String) throws(TemplateFailure) -> [AnswerSample]
    ) {
        self.alert = alert
        self.labels = labels
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.value = value
        self.histogram = histogram
        self.time = time
        self.query = query
    }
}

/// Carries out the templates of alerts.
package protocol AlertTextExpander: Sendable {
    /// - Parameter text: one label's or annotation's value, which holds `{{`.
    func expand(_ text: String, _ context: AlertTextContext) throws(TemplateFailure) -> String
}

/// Leaves every text as it is.
package struct LiteralExpander: AlertTextExpander {
    package init() {}

    package func expand(_ text: String, _ context: AlertTextContext) -> String { text }
}

extension AlertTextExpander {
    /// A template's text; where it fails, a sentence that says so, so that the alert fires all the same.
    ///
    /// Source: prometheus/prometheus `rules/alerting.go`.
    func text(_ template: String, _ context: AlertTextContext) -> String {
        guard template.utf8.contains(UInt8(ascii: "{")) else { return template }
        do throws(TemplateFailure) { return try expand(template, context) } catch { return "<error expanding template: \(error.message)>" }
    }
}
