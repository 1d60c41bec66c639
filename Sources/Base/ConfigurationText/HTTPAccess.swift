/// How a server is authenticated to, and it to us.
package struct HTTPAccess: Sendable, Equatable {
    package enum Authorization: Sendable, Equatable {
        case none
        case basic(username: String, password: SecretText)
        /// The word in front (`Bearer`) and the credentials.
        case credentials(type: String, SecretText)
    }

    package struct TLS: Sendable, Hashable {
        package var caFile: String?
        package var certificateFile: String?
        package var keyFile: String?
        package var serverName: String?
        package var skipsVerification = false

        package init() {}
    }

    /// A header that every request carries.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: SecretText

        package init(name: String, value: SecretText) {
            self.name = name
            self.value = value
        }
    }

    package var authorization = Authorization.none
    package var tls = TLS()
    /// Who passes requests on, `http://host:port`; nil for the server itself. May hold a password.
    package var proxyURL: String?
    package var headers: [Header] = []

    package init() {}
}
