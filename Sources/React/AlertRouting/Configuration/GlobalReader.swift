internal import ConfigurationText
internal import GatewayModel

/// What receivers do not say for themselves.
struct GlobalDefaults {
    /// Milliseconds.
    var resolveTimeout: Int64 = 300_000
    var access = HTTPAccess()
    var pagerDutyURL = PagerDutySettings.defaultURL
    var slackURL: SecretText?
    var slackToken: SecretText?
    var slackAppURL = SlackSettings.webAPI
    var smtpFrom = ""
    var smtpHello = "localhost"
    var smtpSmartHost = ""
    var smtpUsername = ""
    var smtpPassword: SecretText?
    var smtpSecret: SecretText?
    var smtpIdentity = ""
    var smtpRequiresTLS = true
    var smtpTLS = HTTPAccess.TLS()
    var smtpImplicitTLS: Bool?
}

/// Reads `global`.
struct GlobalReader {
    let http: NotifierAccessReader

    /// Keys of receivers that are not there: they say nothing until such a receiver is used, and that is refused.
    private static let ofOthers = [
        "jira_api_url", "opsgenie_api_url", "wechat_api_url", "wechat_api_corp_id", "victorops_api_url", "telegram_api_url", "webex_api_url", "rocketchat_api_url",
    ]
    private static let secretsOfOthers = [
        "opsgenie_api_key", "wechat_api_secret", "victorops_api_key", "telegram_bot_token", "rocketchat_token", "rocketchat_token_id", "mattermost_webhook_url",
    ]

    func read(_ top: inout YAMLFields) throws(ConfigurationFault) -> GlobalDefaults {
        var defaults = GlobalDefaults()
        guard var fields = try top.fields("global") else { return defaults }
        defaults.resolveTimeout = try fields.duration("resolve_timeout") ?? defaults.resolveTimeout
        defaults.access = try http.access(&fields) ?? defaults.access
        defaults.pagerDutyURL = try http.url(&fields, "pagerduty_url") ?? defaults.pagerDutyURL
        try readSlack(&fields, &defaults)
        try readMail(&fields, &defaults)
        for key in Self.secretsOfOthers { _ = try http.secret(&fields, key) }
        for key in Self.ofOthers { _ = try fields.text(key) }
        try fields.finish()
        return defaults
    }

    private func readSlack(_ fields: inout YAMLFields, _ defaults: inout GlobalDefaults) throws(ConfigurationFault) {
        defaults.slackURL = try http.secretURL(&fields, "slack_api_url")
        defaults.slackToken = try http.secret(&fields, "slack_app_token")
        defaults.slackAppURL = try http.url(&fields, "slack_app_url") ?? defaults.slackAppURL
        guard let url = defaults.slackURL, defaults.slackToken != nil, url != .text(defaults.slackAppURL) else { return }
        throw fields.failure("at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured", at: "slack_api_url")
    }

    private func readMail(_ fields: inout YAMLFields, _ defaults: inout GlobalDefaults) throws(ConfigurationFault) {
        defaults.smtpFrom = try fields.text("smtp_from", default: "")
        defaults.smtpHello = try fields.text("smtp_hello") ?? defaults.smtpHello
        defaults.smtpSmartHost = try EmailReader.smartHost(&fields, "smtp_smarthost")
        defaults.smtpUsername = try fields.text("smtp_auth_username", default: "")
        defaults.smtpPassword = try http.secret(&fields, "smtp_auth_password")
        defaults.smtpSecret = try http.secret(&fields, "smtp_auth_secret")
        defaults.smtpIdentity = try fields.text("smtp_auth_identity", default: "")
        defaults.smtpRequiresTLS = try fields.bool("smtp_require_tls", default: true)
        defaults.smtpImplicitTLS = fields.has("smtp_force_implicit_tls") ? try fields.bool("smtp_force_implicit_tls", default: false) : nil
        if var tls = try fields.fields("smtp_tls_config") { defaults.smtpTLS = try HTTPAccessReader(folder: http.folder).readTLS(&tls) }
    }
}
