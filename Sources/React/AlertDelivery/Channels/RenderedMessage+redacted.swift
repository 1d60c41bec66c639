internal import ConfigurationText
internal import Foundation

extension RenderedMessage {
    /// The message for people to look at, its secrets hidden.
    package var redactedText: String {
        switch self {
        case .http(let request):
            var lines = ["POST \(Self.redacted(url: request.url))"]
            lines += request.headers.map { "\($0.name): \($0.name == "webhook-signature" ? "<secret>" : $0.value)" }
            if request.access.authorization != .none { lines.append("Authorization: <secret>") }
            lines += request.access.headers.map { "\($0.name): <secret>" }
            return lines.joined(separator: "\n") + "\n\n" + Self.redacted(body: request.body)
        case .mail(let mail):
            let head = ["to \(mail.smartHost)", "MAIL FROM:<\(mail.from)>"] + mail.recipients.map { "RCPT TO:<\($0)>" }
            return head.joined(separator: "\n") + "\n\n" + String(decoding: mail.message, as: UTF8.self)
        }
    }

    /// Of a URL what is no secret: whom it leads to. Paths, queries and users of webhooks are keys.
    package static func redacted(url: String) -> String {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else { return "<secret>" }
        let port = parts.port.map { ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)/" + (parts.path.count > 1 || parts.query != nil ? "<secret>" : "")
    }

    /// Keys that stand in a body.
    private static func redacted(body: [UInt8]) -> String {
        var text = String(decoding: body, as: UTF8.self)
        for name in ["routing_key", "service_key"] {
            guard let key = text.range(of: "\"\(name)\":\""), let end = text[key.upperBound...].firstIndex(of: "\"") else { continue }
            text.replaceSubrange(key.upperBound..<end, with: "<secret>")
        }
        return text
    }
}
