/// `host:port`, with an IPv6 address in brackets.
///
/// Source: https://pkg.go.dev/net#SplitHostPort.
struct HostAndPort {
    let host: String
    let port: String

    /// - Returns: nil when there is no port, or too many colons.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let name = text[..<colon]
        port = String(text[text.index(after: colon)...])
        if name.hasPrefix("[") {
            guard name.hasSuffix("]"), name.dropFirst().firstIndex(of: "]") == name.index(before: name.endIndex) else { return nil }
            host = String(name.dropFirst().dropLast())
        } else {
            if name.contains(":") || name.contains("]") { return nil }
            host = String(name)
        }
        if host.contains("[") || port.contains("[") || port.contains("]") { return nil }
    }

    /// The first part of a host's name, and the port; addresses stay whole.
    static func withoutDomain(_ text: String) -> String {
        let parsed = HostAndPort(text)
        let host = parsed?.host ?? text
        if isAddress(host) { return text }
        let name = host.prefix { $0 != "." }
        guard let port = parsed?.port, !port.isEmpty else { return String(name) }
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return isVersion6(host) }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil && (part == "0" || !part.hasPrefix("0")) }
    }

    /// Up to eight groups, one run of which may be left out.
    private static func isVersion6(_ host: String) -> Bool {
        let halves = host.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for half in halves where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1, part.contains(".") {
                    guard isAddress(String(part)) else { return false }
                    groups += 1
                } else {
                    guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else { return false }
                }
                groups += 1
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }
}
