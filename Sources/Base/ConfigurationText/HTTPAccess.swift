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

    package var authorization = Authorization.none
    package var tls = TLS()

    package init() {}
}
