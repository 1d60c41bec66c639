/// Reads how servers are authenticated to: the keys `basic_auth`, `authorization`, `bearer_token` and `tls_config` of Prometheus and Alertmanager.
package struct HTTPAccessReader {
    /// What relative paths start from.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// A path as written in the file, from the file's folder.
    package static func path(_ path: String, from folder: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

    package func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> HTTPAccess {
        var access = HTTPAccess()
        var kinds: [String] = []
        if var basic = try fields.fields("basic_auth") {
            kinds.append("basic_auth")
            let fileName = try basic.text("username_file")
            guard fileName == nil else { throw basic.failure("not supported: username_file; write the username", at: "username_file") }
            guard let password = try secret(&basic, "password", "password_file") else { throw basic.failure("basic_auth needs password or password_file") }
            access.authorization = .basic(username: try basic.text("username", default: ""), password: password)
            try basic.finish()
        }
        if var authorization = try fields.fields("authorization") {
            kinds.append("authorization")
            let type = try authorization.text("type", default: "Bearer")
            guard type.lowercased() != "basic" else { throw authorization.failure("the type Basic belongs into basic_auth", at: "type") }
            guard let credentials = try secret(&authorization, "credentials", "credentials_file") else {
                throw authorization.failure("authorization needs credentials or credentials_file")
            }
            access.authorization = .credentials(type: type, credentials)
            try authorization.finish()
        }
        if let token = try secret(&fields, "bearer_token", "bearer_token_file") {
            kinds.append("bearer_token")
            access.authorization = .credentials(type: "Bearer", token)
        }
        guard kinds.count <= 1 else { throw fields.failure("only one of \(kinds.joined(separator: " and ")) can be used", at: kinds[1]) }
        if var tls = try fields.fields("tls_config") { access.tls = try readTLS(&tls) }
        return access
    }

    /// Reads what is in `tls_config`, to its end.
    package func readTLS(_ fields: inout YAMLFields) throws(ConfigurationFault) -> HTTPAccess.TLS {
        var tls = HTTPAccess.TLS()
        tls.caFile = try fields.text("ca_file").map { Self.path($0, from: folder) }
        tls.certificateFile = try fields.text("cert_file").map { Self.path($0, from: folder) }
        tls.keyFile = try fields.text("key_file").map { Self.path($0, from: folder) }
        tls.serverName = try fields.text("server_name")
        tls.skipsVerification = try fields.bool("insecure_skip_verify", default: false)
        guard (tls.certificateFile == nil) == (tls.keyFile == nil) else { throw fields.failure("cert_file and key_file belong together") }
        try fields.refuse(["ca", "cert", "key", "ca_ref", "cert_ref", "key_ref"], "use the keys that end with _file")
        fields.ignore(["min_version", "max_version"])
        try fields.finish()
        return tls
    }

    /// A secret given as text or as a file, not both.
    package func secret(_ fields: inout YAMLFields, _ key: String, _ fileKey: String) throws(ConfigurationFault) -> SecretText? {
        let text = try fields.text(key), file = try fields.text(fileKey)
        guard text == nil || file == nil else { throw fields.failure("only one of \(key) and \(fileKey) can be used", at: fileKey) }
        return text.map { SecretText(written: $0) } ?? file.map { .file(Self.path($0, from: folder)) }
    }
}
