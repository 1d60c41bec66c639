internal import Crypto
internal import Foundation
package import GatewayModel

/// Lets the picture of one alert at one time be fetched without credentials, by whoever was sent its address: chat programs fetch pictures for their users.
///
/// HMAC-SHA256 over the alert and the time, with a key that nobody else has and that a restart forgets, as it forgets the alerts of which pictures are made.
package struct ChartSignature: Sendable, Equatable {
    /// Of this process.
    package static let process = ChartSignature()

    /// Of the code's 32 bytes: nobody tries out 2^128 addresses.
    private static let bytes = 16

    private let key: SymmetricKey

    package init() { key = SymmetricKey(size: .bits256) }

    /// - Parameter time: to the second.
    package func text(_ fingerprint: AlertFingerprint, at time: Timestamp) -> String {
        code(fingerprint, time).prefix(Self.bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether a signature is the one of these; takes as long for each that is not.
    package func isValid(_ text: String, _ fingerprint: AlertFingerprint, at time: Timestamp) -> Bool {
        let (given, expected) = (Array(text.utf8), Array(self.text(fingerprint, at: time).utf8))
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func code(_ fingerprint: AlertFingerprint, _ time: Timestamp) -> [UInt8] {
        let message = "chart \(fingerprint) \(time.microseconds / Timestamp.microsecondsPerSecond)"
        return Array(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: key))
    }
}

extension ChartSignature: CustomReflectable, CustomStringConvertible {
    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
