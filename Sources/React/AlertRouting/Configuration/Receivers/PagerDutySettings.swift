package import ConfigurationText

/// `pagerduty_configs`. All texts are templates.
package struct PagerDutySettings: Sendable, Equatable {
    package struct Link: Sendable, Equatable {
        package var href: String
        package var text: String

        package init(href: String, text: String) {
            self.href = href
            self.text = text
        }
    }

    package struct Image: Sendable, Equatable {
        package var source: String
        package var alternative: String
        package var href: String

        package init(source: String, alternative: String, href: String) {
            self.source = source
            self.alternative = alternative
            self.href = href
        }
    }

    package var access = HTTPAccess()
    /// Of Events API v2.
    package var routingKey: SecretText?
    /// Of the older API; used when there is no routing key.
    package var serviceKey: SecretText?
    package var url: String
    package var client = #"{{ template "pagerduty.default.client" . }}"#
    package var clientURL = #"{{ template "pagerduty.default.clientURL" . }}"#
    package var description = #"{{ template "pagerduty.default.description" .}}"#
    /// Alertmanager's four (`firing`, `resolved`, `num_firing`, `num_resolved`) among them, unless the file says otherwise. Sorted by name.
    package var details: [TemplateTree.Entry] = []
    package var images: [Image] = []
    package var links: [Link] = []
    package var source = ""
    package var severity = ""
    /// `class`.
    package var kind = ""
    package var component = ""
    package var group = ""
    package var timeoutSeconds: Double?

    package init(url: String) { self.url = url }

    package static let defaultURL = "https://events.pagerduty.com/v2/enqueue"
    package static let defaultDetails: [TemplateTree.Entry] = [
        TemplateTree.Entry("firing", .text("{{ .Alerts.Firing | toJson }}")), TemplateTree.Entry("num_firing", .text("{{ .Alerts.Firing | len }}")),
        TemplateTree.Entry("num_resolved", .text("{{ .Alerts.Resolved | len }}")), TemplateTree.Entry("resolved", .text("{{ .Alerts.Resolved | toJson }}")),
    ]
}
