internal import ConfigurationText
internal import GatewayModel

/// Reads a receiver with all its integrations.
struct ReceiverReader {
    let global: GlobalDefaults
    let http: NotifierAccessReader

    /// Integrations of one receiver at most.
    static let integrationsMax = 256

    /// Alertmanager's kinds that are not there.
    private static let lacking = [
        "discord_configs", "incidentio_configs", "jira_configs", "mattermost_configs", "opsgenie_configs", "pushover_configs", "rocketchat_configs", "sns_configs",
        "telegram_configs", "victorops_configs", "webex_configs", "wechat_configs",
    ]

    func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> ReceiverConfiguration {
        guard let name = try fields.text("name"), !name.isEmpty else { throw fields.failure("missing name in receiver") }
        try fields.refuse(Self.lacking, "use webhook_configs, or hand all alerts to an Alertmanager that has it")
        var receiver = ReceiverConfiguration(name: name, integrations: [])
        receiver.labels = SeriesLabels(try fields.pairs("labels").map { SeriesLabel($0.name, $0.value) })
        for kind in IntegrationKind.allCases {
            for (index, var settings) in try fields.fieldsList(kind.key).enumerated() { receiver.integrations.append(try integration(kind, index, &settings)) }
        }
        guard receiver.integrations.count <= Self.integrationsMax else { throw fields.failure("more than \(Self.integrationsMax) integrations in a receiver") }
        if var limit = try fields.fields("rate_limit") {
            guard let messages = try limit.count("messages"), messages > 0 else { throw limit.failure("rate_limit needs messages, a number above 0") }
            guard let interval = try limit.duration("interval"), interval > 0 else { throw limit.failure("rate_limit needs an interval such as 1m") }
            receiver.rateLimit = ReceiverRateLimit(messages: messages, interval: interval)
            try limit.finish()
        }
        try fields.finish()
        return receiver
    }

    private func integration(_ kind: IntegrationKind, _ index: Int, _ fields: inout YAMLFields) throws(ConfigurationFault) -> ReceiverIntegration {
        let sendsResolved: Bool
        switch kind {
        case .email, .slack: sendsResolved = try fields.bool("send_resolved", default: false)
        case .webhook, .standardWebhook, .pagerDuty, .teamsConnector, .teamsWorkflow: sendsResolved = try fields.bool("send_resolved", default: true)
        }
        let settings: IntegrationSettings = switch kind {
        case .webhook: .webhook(try webhook(&fields))
        case .standardWebhook: .standardWebhook(try standardWebhook(&fields))
        case .email: .email(try EmailReader(global: global, http: http).read(&fields))
        case .pagerDuty: .pagerDuty(try PagerDutyReader(global: global, http: http).read(&fields))
        case .slack: .slack(try SlackReader(global: global, http: http).read(&fields))
        case .teamsConnector: .teamsConnector(try teams(&fields, "msteams"))
        case .teamsWorkflow: .teamsWorkflow(try teams(&fields, "msteamsv2"))
        }
        try fields.finish()
        return ReceiverIntegration(index: index, sendsResolved: sendsResolved, settings: settings)
    }

    private func webhook(_ fields: inout YAMLFields) throws(ConfigurationFault) -> WebhookSettings {
        guard let url = try http.secretURL(&fields, "url", mayBeTemplate: true) else { throw fields.failure("one of url or url_file must be configured") }
        var settings = WebhookSettings(url: url)
        settings.access = try http.access(&fields) ?? global.access
        settings.alertsMax = try fields.count("max_alerts") ?? 0
        settings.timeoutSeconds = try http.seconds(&fields, "timeout")
        settings.payload = try fields.take("payload").map { node throws(ConfigurationFault) in try TemplateTreeReader.read(node) }
        return settings
    }

    private func standardWebhook(_ fields: inout YAMLFields) throws(ConfigurationFault) -> StandardWebhookSettings {
        guard let url = try http.secretURL(&fields, "url") else { throw fields.failure("one of url or url_file must be configured") }
        guard let secret = try http.secret(&fields, "secret") else { throw fields.failure("one of secret or secret_file must be configured") }
        let previous = try http.secret(&fields, "previous_secret")
        for secret in [secret, previous] { if case .text(let text)? = secret { try checkSigningSecret(text, fields) } }
        var settings = StandardWebhookSettings(url: url, secrets: [secret] + (previous.map { [$0] } ?? []))
        settings.access = try http.access(&fields) ?? global.access
        settings.alertsMax = try fields.count("max_alerts") ?? 0
        settings.timeoutSeconds = try http.seconds(&fields, "timeout")
        return settings
    }

    /// Only the form: what cannot be decoded would be noticed with the first message, too late.
    private func checkSigningSecret(_ text: String, _ fields: YAMLFields) throws(ConfigurationFault) {
        let key = text.hasPrefix("whsec_") ? text.dropFirst(6) : text[...]
        let isBase64 = key.drop(while: { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "/") }).allSatisfy { $0 == "=" }
        guard isBase64, (32...88).contains(key.count) else { throw fields.failure("secret must be whsec_ and 24 to 64 bytes in base64", at: "secret") }
    }

    private func teams(_ fields: inout YAMLFields, _ name: String) throws(ConfigurationFault) -> TeamsSettings {
        guard let url = try http.secretURL(&fields, "webhook_url") else { throw fields.failure("one of webhook_url or webhook_url_file must be configured") }
        var settings = TeamsSettings(
            url: url, title: try fields.text("title") ?? #"{{ template "\#(name).default.title" . }}"#, summary: "",
            text: try fields.text("text") ?? #"{{ template "\#(name).default.text" . }}"#)
        if name == "msteams" { settings.summary = try fields.text("summary") ?? #"{{ template "msteams.default.summary" . }}"# }
        settings.access = try http.access(&fields) ?? global.access
        return settings
    }
}
