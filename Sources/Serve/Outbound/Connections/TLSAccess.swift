internal import ConfigurationText
internal import NIOSSL

extension HTTPAccess.TLS {
    /// What a client's connections are encrypted with. Reads files.
    ///
    /// - Throws: ``ConfigurationFault`` when a certificate or key cannot be read.
    func clientConfiguration() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = caFile {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file)) } catch {
                throw ConfigurationFault("unable to read the CA file \(file): \(error)")
            }
        }
        if let certificate = certificateFile, let key = keyFile {
            do {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch { throw ConfigurationFault("unable to read the client certificate \(certificate) or its key \(key): \(error)") }
        }
        if skipsVerification { tls.certificateVerification = .none }
        return tls
    }
}
