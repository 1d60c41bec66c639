package import AlertRouting
internal import ByteCoding
internal import ConfigurationText
internal import Crypto
internal import Foundation
package import GatewayModel

/// Posts signed messages.
///
/// Source: Standard Webhooks 1.0.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
package enum StandardWebhook {
    /// - Parameter time: of the attempt; receivers refuse what is more than five minutes off.
    package static func render(_ notification: AlertRouting.Notification, _ settings: StandardWebhookSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        var secrets: [String] = []
        for secret in settings.secrets { secrets.append(try secret.revealed()) }
        let data = MessageJSON(notification: notification, externalURL: context.links.externalURL)
        var writer = JSONWriter(reserving: 4_096)
        writer.object { object in
            object.member("type", notification.reason == .test ? "test" : "alert.\(data.status)")
            object.member("timestamp", MessageJSON.time(notification.createdAt))
            object.object("data") { data.writeMembers(to: &$0, alertsMax: settings.alertsMax) }
        }
        let id = identifier(notification.id), timestamp = context.now.microseconds / Timestamp.microsecondsPerSecond
        let headers = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", try signature(id: id, timestamp: timestamp, body: writer.bytes, secrets: secrets)),
        ]
        return DeliveryRequest(
            url: try settings.url.revealed(), headers: headers.map { (name: $0.0, value: $0.1) }, body: writer.bytes, access: settings.access,
            timeoutSeconds: settings.timeoutSeconds ?? 15)
    }

    /// `v1,` and the signature in base64, one for each secret, separated by blanks.
    ///
    /// - Parameter secrets: `whsec_` and 24 to 64 bytes in base64.
    package static func signature(id: String, timestamp: Int64, body: [UInt8], secrets: [String]) throws(DeliveryFailure) -> String {
        var signatures: [String] = []
        for secret in secrets {
            guard let key = Data(base64Encoded: secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret), (24...64).contains(key.count) else {
                throw DeliveryFailure("the secret of a signed webhook must be whsec_ and 24 to 64 bytes in base64", isRetryable: false)
            }
            let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(timestamp).".utf8) + body, using: SymmetricKey(data: key))
            signatures.append("v1," + Data(code).base64EncodedString())
        }
        return signatures.joined(separator: " ")
    }

    /// The same for every attempt, without a dot, which separates the parts that are signed.
    private static func identifier(_ id: String) -> String { "msg_" + String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" }) }
}
