package import GatewayModel

/// Someone who is told: a name, and the ways that lead there.
package struct ReceiverConfiguration: Sendable, Equatable {
    package var name: String
    /// In Alertmanager's order: by kind, then as written.
    package var integrations: [ReceiverIntegration]
    /// Names for those who ask for receivers.
    package var labels = SeriesLabels.none
    /// Ours: how many messages each integration of the receiver takes.
    package var rateLimit: ReceiverRateLimit?

    package init(name: String, integrations: [ReceiverIntegration]) {
        self.name = name
        self.integrations = integrations
    }
}

/// Ours: at most so many messages in so long; what is more waits.
package struct ReceiverRateLimit: Sendable, Equatable {
    package var messages: Int
    /// Milliseconds.
    package var interval: Int64

    package init(messages: Int, interval: Int64) {
        self.messages = messages
        self.interval = interval
    }
}

/// One way to a receiver.
package struct ReceiverIntegration: Sendable, Equatable {
    /// Its number among those of its kind, from 0.
    package var index: Int
    /// Whether it hears of the end of alerts.
    package var sendsResolved: Bool
    package var settings: IntegrationSettings

    package init(index: Int, sendsResolved: Bool, settings: IntegrationSettings) {
        self.index = index
        self.sendsResolved = sendsResolved
        self.settings = settings
    }

    /// Alertmanager's word for the kind: `slack`, `email`, ...
    package var name: String { settings.kind.rawValue }
}

/// The kinds of integrations, in the order in which a receiver's are numbered.
package enum IntegrationKind: String, Sendable, CaseIterable {
    case webhook
    /// Ours: Standard Webhooks 1.0.0.
    case standardWebhook = "standard_webhook"
    case email
    case pagerDuty = "pagerduty"
    case slack
    case teamsConnector = "msteams"
    case teamsWorkflow = "msteamsv2"

    /// The receiver's key with the settings of this kind: `slack_configs`.
    package var key: String { rawValue + "_configs" }
}

package enum IntegrationSettings: Sendable, Equatable {
    case webhook(WebhookSettings)
    case standardWebhook(StandardWebhookSettings)
    case email(EmailSettings)
    case pagerDuty(PagerDutySettings)
    case slack(SlackSettings)
    case teamsConnector(TeamsSettings)
    case teamsWorkflow(TeamsSettings)

    package var kind: IntegrationKind {
        switch self {
        case .webhook: .webhook
        case .standardWebhook: .standardWebhook
        case .email: .email
        case .pagerDuty: .pagerDuty
        case .slack: .slack
        case .teamsConnector: .teamsConnector
        case .teamsWorkflow: .teamsWorkflow
        }
    }
}

/// A tree of a configuration whose texts are templates: PagerDuty's details, a webhook's payload.
package indirect enum TemplateTree: Sendable, Equatable {
    case text(String)
    /// A number, `true`, `false` or `null`, as JSON writes it.
    case literal(String)
    case list([TemplateTree])
    /// In the order of the file.
    case map([Entry])

    package struct Entry: Sendable, Equatable {
        package var name: String
        package var value: TemplateTree

        package init(_ name: String, _ value: TemplateTree) {
            self.name = name
            self.value = value
        }
    }
}
