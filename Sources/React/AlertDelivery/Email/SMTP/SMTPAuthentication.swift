internal import Crypto
internal import Foundation

/// Who one is to a mail server. Holds secrets: it is neither logged nor described.
package struct SMTPCredentials: Sendable {
    package var username: String
    package var password: String
    /// On whose behalf (RFC 4616's authorisation identity); empty for oneself.
    package var identity: String
    /// What CRAM-MD5 computes with; most have only the password.
    package var secret: String

    package init(username: String, password: String, identity: String = "", secret: String? = nil) {
        self.username = username
        self.password = password
        self.identity = identity
        self.secret = secret ?? password
    }

    /// Whether a text of the server repeats something that must not be logged.
    func occurs(in text: String) -> Bool {
        let hidden = [password, secret, Self.base64(password), Self.base64(secret), Self.base64("\(identity)\0\(username)\0\(password)")]
        return hidden.contains { !$0.isEmpty && text.contains($0) }
    }

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

extension SMTPCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One way to say who one is, step by step.
///
/// Source: RFC 4616 (PLAIN), the draft that everybody implements for LOGIN, RFC 2195 (CRAM-MD5).
struct SMTPAuthentication: Sendable {
    enum Mechanism: String, Sendable, CaseIterable { case plain = "PLAIN", login = "LOGIN", cramMD5 = "CRAM-MD5" }

    let mechanism: Mechanism
    private let credentials: SMTPCredentials
    /// Challenges of the server that were answered.
    private var steps = 0

    /// - Returns: nil when nothing that the server offers is known here.
    init?(offered: Set<String>, isSecured: Bool, _ credentials: SMTPCredentials) {
        // Under encryption the plain way is the one that works everywhere; in the clear, on loopback, the one that does not show the password.
        let order: [Mechanism] = isSecured ? [.plain, .login, .cramMD5] : [.cramMD5, .plain, .login]
        guard let mechanism = order.first(where: { offered.contains($0.rawValue) }) else { return nil }
        self.mechanism = mechanism
        self.credentials = credentials
    }

    /// The command to begin with, without its line end.
    var command: String {
        switch mechanism {
        case .plain: "AUTH PLAIN " + SMTPCredentials.base64("\(credentials.identity)\0\(credentials.username)\0\(credentials.password)")
        case .login, .cramMD5: "AUTH " + mechanism.rawValue
        }
    }

    /// The line to answer a challenge with; nil when the server asks for what there is not.
    mutating func answer(_ challenge: SMTPReply) -> String? {
        steps += 1
        guard let text = challenge.lines.first else { return nil }
        switch mechanism {
        case .plain: return nil
        case .login:
            guard steps <= 2 else { return nil }
            let prompt = Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
            // Servers word the prompts differently; where neither word is in it, the order decides.
            let wantsPassword = prompt.contains("pass") || (!prompt.contains("user") && steps == 2)
            return SMTPCredentials.base64(wantsPassword ? credentials.password : credentials.username)
        case .cramMD5:
            guard steps == 1, let bytes = Data(base64Encoded: text), !bytes.isEmpty else { return nil }
            let code = HMAC<Insecure.MD5>.authenticationCode(for: bytes, using: SymmetricKey(data: Data(credentials.secret.utf8)))
            let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return SMTPCredentials.base64("\(credentials.username) \(digits)")
        }
    }
}
