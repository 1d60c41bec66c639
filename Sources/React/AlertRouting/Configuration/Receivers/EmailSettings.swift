package import ConfigurationText

/// `email_configs`.
package struct EmailSettings: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        /// In its usual form: `Reply-To`.
        package var name: String
        /// A template.
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Addresses separated by commas; a template.
    package var to: String
    /// An address; a template.
    package var from: String
    /// What we call ourselves to the mail server.
    package var hello: String
    /// `host:port`.
    package var smartHost: String
    package var username: String
    package var password: SecretText?
    /// For CRAM-MD5.
    package var secret: SecretText?
    package var identity: String
    /// Each name once.
    package var headers: [Header]
    /// Templates; empty for no such part.
    package var html: String
    package var text: String
    package var requiresTLS: Bool
    package var tls: HTTPAccess.TLS
    /// Whether the connection begins with TLS; nil for what the port means (465: yes).
    package var usesImplicitTLS: Bool?
    package var threading: Threading?

    /// Messages of a group refer to one another.
    package enum Threading: String, Sendable { case forever = "none", daily }

    package init(
        to: String, from: String, hello: String, smartHost: String, username: String = "", password: SecretText? = nil, secret: SecretText? = nil, identity: String = "",
        headers: [Header] = [], html: String = EmailSettings.defaultHTML, text: String = "", requiresTLS: Bool = true, tls: HTTPAccess.TLS = HTTPAccess.TLS(),
        usesImplicitTLS: Bool? = nil, threading: Threading? = nil
    ) {
        self.to = to
        self.from = from
        self.hello = hello
        self.smartHost = smartHost
        self.username = username
        self.password = password
        self.secret = secret
        self.identity = identity
        self.headers = headers
        self.html = html
        self.text = text
        self.requiresTLS = requiresTLS
        self.tls = tls
        self.usesImplicitTLS = usesImplicitTLS
        self.threading = threading
    }

    package static let defaultHTML = #"{{ template "email.default.html" . }}"#
    /// The subject, unless `headers` has one.
    package static let defaultSubject = #"{{ template "email.default.subject" . }}"#
}
