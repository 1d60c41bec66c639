package import ConfigurationText

/// `webhook_configs`: the alerts as JSON, as Alertmanager posts them.
package struct WebhookSettings: Sendable, Equatable {
    package var access = HTTPAccess()
    /// A URL, which may be a template.
    package var url: SecretText
    /// Alerts in one message; 0 for all.
    package var alertsMax = 0
    /// Seconds; nil for the transport's.
    package var timeoutSeconds: Double?
    /// What is posted instead of the usual body.
    package var payload: TemplateTree?

    package init(url: SecretText) { self.url = url }
}

/// Ours, `standard_webhook_configs`: signed messages.
///
/// Source: Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks
package struct StandardWebhookSettings: Sendable, Equatable {
    package var access = HTTPAccess()
    package var url: SecretText
    /// `whsec_` and base64: the first signs, those behind it sign too while receivers change over.
    package var secrets: [SecretText]
    package var alertsMax = 0
    package var timeoutSeconds: Double?

    package init(url: SecretText, secrets: [SecretText]) {
        self.url = url
        self.secrets = secrets
    }
}

/// `msteams_configs` (Office 365 connectors) and `msteamsv2_configs` (workflows).
package struct TeamsSettings: Sendable, Equatable {
    package var access = HTTPAccess()
    package var url: SecretText
    /// Templates.
    package var title: String
    /// Only connectors have it.
    package var summary: String
    package var text: String

    package init(url: SecretText, title: String, summary: String, text: String) {
        self.url = url
        self.title = title
        self.summary = summary
        self.text = text
    }
}
