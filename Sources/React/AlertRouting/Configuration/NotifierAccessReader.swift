internal import ConfigurationText
internal import GatewayModel

/// Reads `http_config` and the URLs, secrets and durations of receivers.
///
/// Source: prometheus/common, `config/http_config.go`; prometheus/alertmanager, `config/common/url.go`.
struct NotifierAccessReader {
    let folder: String

    init(folder: String) { self.folder = folder }

    /// - Returns: nil when the key is not there.
    func access(_ fields: inout YAMLFields) throws(ConfigurationFault) -> HTTPAccess? {
        guard var config = try fields.fields("http_config") else { return nil }
        try config.refuse(["oauth2"], "use authorization with credentials_file")
        var access = try HTTPAccessReader(folder: folder).read(&config)
        access.proxyURL = try config.text("proxy_url").flatMap { $0.isEmpty ? nil : $0 }
        let usesEnvironment = try config.bool("proxy_from_environment", default: false)
        let exceptions = try config.text("no_proxy", default: "")
        if access.proxyURL != nil, usesEnvironment { throw config.failure("if proxy_from_environment is configured, proxy_url must not be configured", at: "proxy_url") }
        if access.proxyURL == nil, !exceptions.isEmpty { throw config.failure("if no_proxy is configured, proxy_url must also be configured", at: "no_proxy") }
        try config.refuse(["proxy_connect_header"], "")
        if usesEnvironment || !exceptions.isEmpty { throw config.failure("not supported: proxies of the environment and exceptions from proxies; use proxy_url") }
        if var headers = try config.fields("http_headers") { access.headers = try self.headers(&headers) }
        // Redirects are never followed: a message that arrives elsewhere has not arrived. HTTP/2 says nothing about what is sent.
        config.ignore(["follow_redirects", "enable_http2"])
        try config.finish()
        return access
    }

    private func headers(_ fields: inout YAMLFields) throws(ConfigurationFault) -> [HTTPAccess.Header] {
        var headers: [HTTPAccess.Header] = []
        for name in fields.names {
            guard var header = try fields.fields(name) else { continue }
            let values = try header.texts("values").map { SecretText.text($0) } + header.texts("secrets").map { SecretText(written: $0) }
            let files = try header.texts("files").map { SecretText.file(HTTPAccessReader.path($0, from: folder)) }
            try header.finish()
            headers += (values + files).map { HTTPAccess.Header(name: name, value: $0) }
        }
        return headers
    }

    // MARK: Secrets and URLs

    /// A secret given as text or as a file, not both; empty text is none.
    func secret(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> SecretText? {
        let text = try fields.text(key).flatMap { $0.isEmpty ? nil : $0 }
        let file = try fields.text(key + "_file").flatMap { $0.isEmpty ? nil : $0 }
        guard text == nil || file == nil else { throw fields.failure("at most one of \(key) & \(key)_file must be configured", at: key + "_file") }
        return text.map { SecretText(written: $0) } ?? file.map { .file(HTTPAccessReader.path($0, from: folder)) }
    }

    /// A URL that is a secret, given as text or as a file.
    ///
    /// - Parameter mayBeTemplate: whether a text with braces is taken as it is.
    func secretURL(_ fields: inout YAMLFields, _ key: String, mayBeTemplate: Bool = false) throws(ConfigurationFault) -> SecretText? {
        let secret = try secret(&fields, key)
        if case .text(let text)? = secret, !(mayBeTemplate && text.contains("{{")), let problem = Self.problem(ofURL: text) { throw fields.failure(problem, at: key) }
        return secret
    }

    func url(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> String? {
        guard let text = try fields.text(key) else { return nil }
        if let problem = Self.problem(ofURL: text) { throw fields.failure(problem, at: key) }
        return text
    }

    /// Why a text is no URL of a receiver; nil when it is. Says nothing of the text itself, which may be a secret.
    static func problem(ofURL text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return "the URL holds a space or a control character" }
        guard let colon = text.firstIndex(of: ":") else { return "unsupported scheme \"\" for URL" }
        let scheme = text[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return "unsupported scheme \(String(scheme.prefix(20)).goQuoted) for URL" }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { return "missing host for URL" }
        let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty else { return "missing host for URL" }
        if let port = host.split(separator: ":", omittingEmptySubsequences: false).dropFirst().last, !host.hasSuffix("]"), !port.allSatisfy(\.isWholeNumber) {
            return "invalid port after host"
        }
        return nil
    }

    /// Seconds of a duration as Go writes it (`1m30s`, `1.5s`, `500ms`); nil when the key is not there or 0, which is no limit of its own.
    func seconds(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> Double? {
        guard let text = try fields.text(key) else { return nil }
        guard let seconds = GoDurationText.seconds(text), seconds >= 0 else { throw fields.failure("\(key) must be a duration such as 10s", at: key) }
        return seconds == 0 ? nil : seconds
    }
}

/// Durations of Go's standard library: numbers with fractions and units, in any order.
enum GoDurationText {
    private static let units: [String: Double] = ["ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]

    static func seconds(_ text: String) -> Double? {
        if text == "0" { return 0 }
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            let unit = rest.dropFirst(number.count).prefix { !("0"..."9").contains($0) && $0 != "." }
            guard let value = Double(number), let factor = units[String(unit)] else { return nil }
            total += value * factor
            rest = rest.dropFirst(number.count + unit.count)
        }
        return total
    }
}
