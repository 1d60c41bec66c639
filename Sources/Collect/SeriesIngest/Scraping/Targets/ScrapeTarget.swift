package import GatewayModel

/// One address that is scraped.
package struct ScrapeTarget: Sendable, Equatable {
    package let job: String
    /// What its series get: `job`, `instance` and the labels of its group, after relabelling.
    package let labels: SeriesLabels
    /// What it was found with, before relabelling.
    package let discoveredLabels: SeriesLabels
    package let url: String
    /// Milliseconds.
    package let interval: Int64
    package let timeout: Int64

    /// Tells targets apart: what is scraped and under which labels.
    package var identity: String { url + "\u{0}" + labels.labels.map { $0.name + "\u{1}" + $0.value }.joined(separator: "\u{2}") }

    /// Where in its interval the target is scraped, in milliseconds: spread by a hash, so that not all are asked at once.
    package var offset: Int64 {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in identity.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(hash % UInt64(interval))
    }
}

/// What becomes of an address that was found.
package enum FoundTarget: Sendable, Equatable {
    case active(ScrapeTarget)
    /// Dropped by relabelling; its labels before that.
    case dropped(SeriesLabels)
    /// Not to be scraped, with the reason.
    case invalid(SeriesLabels, String)
}

extension ScrapeJob {
    /// The targets of a group, in its order.
    package func targets(of group: TargetGroup) -> [FoundTarget] { group.addresses.map { target($0, group.labels) } }

    /// Source: prometheus/prometheus `scrape/target.go`, PopulateLabels.
    private func target(_ address: String, _ groupLabels: [SeriesLabel]) -> FoundTarget {
        var labels = RelabelLabels(groupLabels)
        labels["__address__"] = address
        let defaults = [
            ("job", name), ("__scrape_interval__", DurationText.text(milliseconds: interval)), ("__scrape_timeout__", DurationText.text(milliseconds: timeout)),
            ("__metrics_path__", metricsPath),
            ("__scheme__", scheme),
        ]
        for (name, value) in defaults + parameters.map({ ("__param_" + $0.name, $0.values.first ?? "") }) where labels[name].isEmpty { labels[name] = value }
        let discovered = labels.series
        guard labels.apply(relabelRules) else { return .dropped(discovered) }
        let target = labels["__address__"]
        if target.isEmpty { return .invalid(discovered, "no address") }
        if target.contains("/") { return .invalid(discovered, "'\(target)' is not a valid host name") }
        guard let interval = try? DurationText.milliseconds(labels["__scrape_interval__"]), interval > 0 else {
            return .invalid(discovered, "the scrape interval is no duration greater than 0")
        }
        guard let timeout = try? DurationText.milliseconds(labels["__scrape_timeout__"]), timeout > 0 else {
            return .invalid(discovered, "the scrape timeout is no duration greater than 0")
        }
        if timeout > interval { return .invalid(discovered, "the scrape timeout is longer than the interval") }
        let scheme = labels["__scheme__"]
        guard scheme == "http" || scheme == "https" else { return .invalid(discovered, "the scheme must be http or https, not '\(scheme)'") }
        if labels["instance"].isEmpty { labels["instance"] = target }
        let url = scheme + "://" + target + URLText.path(labels["__metrics_path__"]) + query(labels)
        let visible = labels.series.labels.filter { !$0.name.hasPrefix("__") }
        return .active(ScrapeTarget(job: name, labels: SeriesLabels(sorted: visible), discoveredLabels: discovered, url: url, interval: interval, timeout: timeout))
    }

    /// The parameters, the first value of each as relabelling left it.
    private func query(_ labels: RelabelLabels) -> String {
        var values: [String: [String]] = [:]
        for parameter in parameters { values[parameter.name] = parameter.values }
        for label in labels.all where label.name.hasPrefix("__param_") {
            let name = String(label.name.dropFirst(8))
            values[name] = [label.value] + (values[name] ?? []).dropFirst()
        }
        let pairs = values.sorted { $0.key < $1.key }.flatMap { name, values in values.map { URLText.parameter(name) + "=" + URLText.parameter($0) } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}

/// Percent-encoding (RFC 3986).
enum URLText {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let pathAllowed = unreserved.union("/:@!$&'()*+,;=%".utf8)

    static func parameter(_ text: String) -> String { encode(text, unreserved) }

    static func path(_ text: String) -> String { (text.hasPrefix("/") ? "" : "/") + encode(text, pathAllowed) }

    private static func encode(_ text: String, _ allowed: Set<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if allowed.contains(byte) { encoded.append(byte) } else { encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
