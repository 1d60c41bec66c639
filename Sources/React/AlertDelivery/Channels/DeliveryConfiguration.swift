package import AlertRouting
package import GatewayModel

/// Receivers, and what their messages are made with.
package struct DeliveryConfiguration: Sendable {
    package var receivers: [ReceiverConfiguration]
    package var templates: MessageTemplates
    /// Where people reach this server, without a slash at the end.
    package var externalURL: String
    /// In which times are told.
    package var zone: TimeZoneName
    /// This host's name, for what mails are called.
    package var host: String
    /// Of the addresses of pictures, for programs that fetch them without credentials; nil where nobody answers for them.
    package var chartSignature: ChartSignature?

    package init(receivers: [ReceiverConfiguration], templates: MessageTemplates, externalURL: String, zone: TimeZoneName = .utc, host: String) {
        self.receivers = receivers
        self.templates = templates
        self.externalURL = externalURL
        self.zone = zone
        self.host = host
    }

    func receiver(_ name: String) -> ReceiverConfiguration? { receivers.first { $0.name == name } }

    func integration(_ key: IntegrationKey) -> ReceiverIntegration? {
        receiver(key.receiver)?.integrations.first { $0.name == key.kind && $0.index == key.index }
    }

    /// All integrations, in the order of the configuration.
    package var integrations: [IntegrationKey] {
        receivers.flatMap { receiver in receiver.integrations.map { IntegrationKey(receiver: receiver.name, kind: $0.name, index: $0.index) } }
    }
}

extension IntegrationSettings {
    /// How the kind behaves, unless the receiver has a rate of its own.
    var traits: IntegrationTraits {
        switch self {
        // Signed messages carry an id, incidents a key, mails a Message-ID: a repetition is known for one.
        case .standardWebhook: IntegrationTraits(rate: .other, recognisesRepetitions: true)
        case .pagerDuty: IntegrationTraits(rate: .pagerDuty, recognisesRepetitions: true)
        case .email: IntegrationTraits(rate: .other, recognisesRepetitions: true)
        // Alertmanager's body names alerts by their fingerprints, and whoever reads it expects them again and again.
        case .webhook: IntegrationTraits(rate: .other, recognisesRepetitions: true)
        case .slack: IntegrationTraits(rate: .slack, recognisesRepetitions: false)
        case .teamsConnector, .teamsWorkflow: IntegrationTraits(rate: .teams, recognisesRepetitions: false)
        }
    }
}
