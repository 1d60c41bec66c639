package import GatewayModel

/// Where messages lead to.
package struct AlertLinks: Sendable, Equatable {
    /// Where people reach this server, without a slash at the end; empty when nobody said.
    package let externalURL: String
    /// Of pictures' addresses, so that they can be fetched without credentials; nil where nobody fetches them.
    package let signature: ChartSignature?

    /// How long before its beginning an alert's story is shown, in microseconds.
    static let before: Int64 = 30 * 60 * Timestamp.microsecondsPerSecond
    /// How long after its end.
    static let after: Int64 = 10 * 60 * Timestamp.microsecondsPerSecond

    package init(externalURL: String, signature: ChartSignature? = nil) {
        self.externalURL = externalURL.hasSuffix("/") ? String(externalURL.dropLast()) : externalURL
        self.signature = signature
    }

    /// The dashboard at the time of an alert, restricted to the requests it is about.
    ///
    /// - Parameters:
    ///   - filter: in the filter language.
    ///   - until: the end of the alert, or now.
    /// - Returns: nil when it is not known where the server is reached.
    package func dashboard(since: Timestamp, until: Timestamp, filter: String) -> String? {
        let range = [("from", Self.instant(since.microseconds - Self.before)), ("to", Self.instant(max(since, until).microseconds + Self.after))]
        return page(range + (filter.isEmpty ? [] : [("where", filter)]))
    }

    /// The form for a silence of exactly these labels.
    package func silence(_ labels: SeriesLabels) -> String? {
        let matchers = labels.labels.map { "\($0.name)=\(RecordConditions.quoted($0.value))" }.joined(separator: ",")
        return page([("page", "alerts"), ("view", "silences"), ("silence", "{\(matchers)}")])
    }

    /// The page of all alerts.
    package var alerts: String? { page([("page", "alerts")]) }

    /// The picture of an alert's values at a time, for channels that fetch pictures; nil unless the server is reached by https.
    package func chart(_ fingerprint: AlertFingerprint, at time: Timestamp) -> String? {
        guard externalURL.hasPrefix("https://") else { return nil }
        let address = "\(externalURL)/api/v1/alerting/chart.png?fingerprint=\(fingerprint)&at=\(time.microseconds / Timestamp.microsecondsPerSecond)"
        return signature.map { "\(address)&signature=\($0.text(fingerprint, at: time))" } ?? address
    }

    /// An address that an annotation or an alert gives, as far as it can be followed: `http` and `https`, or a path of this server. Anything else (`javascript:`) is nil.
    package func followable(_ address: String) -> String? {
        guard address.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), address.utf8.count <= Self.addressBytesMax else { return nil }
        let lower = address.lowercased()
        if lower.hasPrefix("https://") || lower.hasPrefix("http://") { return address }
        return address.hasPrefix("/") && !address.hasPrefix("//") && !externalURL.isEmpty ? externalURL + address : nil
    }

    /// Longer addresses are cut off by mail readers.
    private static let addressBytesMax = 4_000

    private func page(_ parameters: [(String, String)]) -> String? {
        externalURL.isEmpty ? nil : "\(externalURL)/?" + parameters.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
    }

    /// ISO 8601 to the second: `2026-03-05T16:03:20Z`.
    private static func instant(_ microseconds: Int64) -> String { Timestamp(microseconds: microseconds).iso8601.prefix(19) + "Z" }

    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:".utf8)

    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if unreserved.contains(byte) { result.unicodeScalars.append(Unicode.Scalar(byte)) } else { result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
        }
        return result
    }
}
