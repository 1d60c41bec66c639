internal import ConfigurationText
internal import GatewayModel

/// Reads an entry of `email_configs`.
struct EmailReader {
    let global: GlobalDefaults
    let http: NotifierAccessReader

    func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> EmailSettings {
        guard let to = try fields.text("to"), !to.isEmpty else { throw fields.failure("missing to address in email config") }
        let headers = try headers(&fields)
        let smartHost = try Self.smartHost(&fields, "smarthost").orWhenEmpty(global.smtpSmartHost)
        guard !smartHost.isEmpty else { throw fields.failure("no global SMTP smarthost set") }
        let from = try fields.text("from", default: "").orWhenEmpty(global.smtpFrom)
        guard !from.isEmpty else { throw fields.failure("no global SMTP from set") }
        var settings = EmailSettings(
            to: to, from: from, hello: try fields.text("hello", default: "").orWhenEmpty(global.smtpHello), smartHost: smartHost, headers: headers)
        settings.username = try fields.text("auth_username", default: "").orWhenEmpty(global.smtpUsername)
        settings.password = try http.secret(&fields, "auth_password") ?? global.smtpPassword
        settings.secret = try http.secret(&fields, "auth_secret") ?? global.smtpSecret
        settings.identity = try fields.text("auth_identity", default: "").orWhenEmpty(global.smtpIdentity)
        settings.html = try fields.text("html") ?? settings.html
        settings.text = try fields.text("text") ?? settings.text
        settings.requiresTLS = try fields.bool("require_tls", default: global.smtpRequiresTLS)
        settings.usesImplicitTLS = fields.has("force_implicit_tls") ? try fields.bool("force_implicit_tls", default: false) : global.smtpImplicitTLS
        settings.tls = global.smtpTLS
        if var tls = try fields.fields("tls_config") { settings.tls = try HTTPAccessReader(folder: http.folder).readTLS(&tls) }
        settings.threading = try threading(&fields, headers)
        return settings
    }

    private func headers(_ fields: inout YAMLFields) throws(ConfigurationFault) -> [EmailSettings.Header] {
        var headers: [EmailSettings.Header] = []
        for pair in try fields.pairs("headers") {
            let name = Self.canonical(pair.name)
            guard !headers.contains(where: { $0.name == name }) else { throw fields.failure("duplicate header \(name.goQuoted) in email config", at: "headers") }
            headers.append(EmailSettings.Header(name: name, value: pair.value))
        }
        return headers
    }

    /// A header's name with each part's first letter in upper case: `reply-to` is `Reply-To`.
    static func canonical(_ name: String) -> String {
        name.split(separator: "-", omittingEmptySubsequences: false).map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "-")
    }

    private func threading(_ fields: inout YAMLFields, _ headers: [EmailSettings.Header]) throws(ConfigurationFault) -> EmailSettings.Threading? {
        guard var threading = try fields.fields("threading") else { return nil }
        let isEnabled = try threading.bool("enabled", default: false)
        let date = try threading.text("thread_by_date", default: "")
        try threading.finish()
        guard isEnabled else { return nil }
        for name in ["References", "In-Reply-To"] where headers.contains(where: { $0.name == name }) {
            throw threading.failure("conflicting configuration: threading.enabled conflicts with custom \(name) header", at: "enabled")
        }
        guard let kind = EmailSettings.Threading(rawValue: date) else { throw threading.failure("threading.thread_by_date must be either 'none' or 'daily'", at: "thread_by_date") }
        return kind
    }

    /// `host:port`; empty when the key is not there.
    static func smartHost(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> String {
        guard let text = try fields.text(key), !text.isEmpty else { return "" }
        guard let colon = text.lastIndex(of: ":") else { throw fields.failure("address \(text): missing port in address", at: key) }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(":") else { throw fields.failure("address \(text): too many colons in address", at: key) }
        guard isBracketed || !host.contains("[") && !host.contains("]") else { throw fields.failure("address \(text): unexpected bracket in address", at: key) }
        guard colon < text.index(before: text.endIndex) else { throw fields.failure("address \(text.goQuoted): port cannot be empty", at: key) }
        return text
    }
}

extension String {
    fileprivate func orWhenEmpty(_ other: String) -> String { isEmpty ? other : self }
}
