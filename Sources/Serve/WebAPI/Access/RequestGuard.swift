internal import Foundation
package import HTTPTransport
internal import NIOHTTP1

/// Who may call: credentials where they are configured, and protection of a server without them from pages in the user's own browser.
///
/// Without credentials the server listens on loopback only, and a request must then name a loopback host (a foreign page that re-binds its
/// DNS name to 127.0.0.1 is refused) and, when it comes from a page (`Origin`), come from our own (no cross-site writes).
package struct RequestGuard: Sendable {
    /// What a client must present; empty sets mean that the server is open.
    package struct Credentials: Sendable {
        /// User name to password, for `Authorization: Basic`.
        package var passwords: [String: String]
        /// Keys for `Authorization: ApiKey` (as given, or base64 of `id:key`) and `Authorization: Bearer`.
        package var apiKeys: Set<String>

        package init(passwords: [String: String] = [:], apiKeys: Set<String> = []) {
            self.passwords = passwords
            self.apiKeys = apiKeys
        }

        package var isEmpty: Bool { passwords.isEmpty && apiKeys.isEmpty }
    }

    /// What is decided about a request.
    package enum Verdict: Sendable, Equatable {
        /// Let through; the user's name, nil where none is needed.
        case allowed(user: String?)
        /// No or wrong credentials.
        case unauthorized
        /// A foreign page or host name.
        case forbidden(reason: String)
    }

    /// The user of a request that presents a key.
    private static let keyUser = "api-key"

    private let credentials: Credentials
    private let hosts: Set<String>
    private let origins: Set<String>

    /// - Parameters:
    ///   - hosts: further host names by which an open server may be called, for example that of a reverse proxy on this machine.
    ///   - origins: origins (`https://grafana.example.com`) whose pages may call the Prometheus API from a browser; `*` for all.
    package init(credentials: Credentials, hosts: Set<String> = [], origins: Set<String> = []) {
        self.credentials = credentials
        self.hosts = Set(hosts.map { $0.lowercased() })
        self.origins = Set(origins.map { $0.lowercased() })
    }

    /// - Parameter admitsForeignPages: whether pages of the configured origins may call this route.
    package func verdict(on request: ServerRequest, admitsForeignPages: Bool = false) -> Verdict {
        if !(admitsForeignPages && admittedOrigin(of: request) != nil), let refusal = crossSiteRefusal(request) { return .forbidden(reason: refusal) }
        guard !credentials.isEmpty else {
            let host = Self.hostName(request.headers.first(name: "Host") ?? "localhost")
            guard Self.isLoopback(host) || hosts.contains(host.lowercased()) else {
                return .forbidden(reason: "without configured credentials only requests to localhost are answered, not to '\(host)' (setting: hosts)")
            }
            return .allowed(user: nil)
        }
        guard let header = request.headers.first(name: "Authorization") else { return .unauthorized }
        let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return .unauthorized }
        switch parts[0].lowercased() {
        case "basic": return basic(parts[1])
        case "apikey", "bearer": return key(parts[1])
        default: return .unauthorized
        }
    }

    /// Who asks, for taking turns in the queue of questions: the user; where none is named, the peer's address. Keys have no names of their own, so those
    /// who present one are told apart by their addresses.
    func asker(of request: ServerRequest) -> String {
        switch verdict(on: request) {
        case .allowed(let user?) where user != Self.keyUser: "user " + user
        default: request.remoteAddress
        }
    }

    /// The origin of the page that calls, when it is one of those that are configured: what `Access-Control-Allow-Origin` says.
    func admittedOrigin(of request: ServerRequest) -> String? {
        guard let origin = request.headers.first(name: "Origin") else { return nil }
        if origins.contains("*") { return "*" }
        return origins.contains(origin.lowercased()) ? origin : nil
    }

    private func basic(_ encoded: String) -> Verdict {
        guard let data = Data(base64Encoded: encoded) else { return .unauthorized }
        let text = String(decoding: data, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return .unauthorized }
        let user = String(text[..<colon])
        guard let password = credentials.passwords[user], Self.isSame(password, String(text[text.index(after: colon)...])) else { return .unauthorized }
        return .allowed(user: user)
    }

    private func key(_ presented: String) -> Verdict {
        let decoded = Data(base64Encoded: presented).map { String(decoding: $0, as: UTF8.self) }
        for key in credentials.apiKeys where Self.isSame(key, presented) || decoded.map({ Self.isSame(key, $0) }) == true {
            return .allowed(user: Self.keyUser)
        }
        return .unauthorized
    }

    /// A comparison whose time does not depend on where the texts differ.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func crossSiteRefusal(_ request: ServerRequest) -> String? {
        // `Origin: null` is what sandboxed frames and files send: any page can make one, and our own page never does.
        guard let origin = request.headers.first(name: "Origin"), request.method != "GET", request.method != "HEAD" else { return nil }
        let host = request.headers.first(name: "Host") ?? ""
        let originHost = origin.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
        return originHost.lowercased() == host.lowercased() ? nil : "a page from '\(origin)' may not write here"
    }

    private static func hostName(_ host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[host.index(after: host.startIndex)..<end]) }
        return host.split(separator: ":", maxSplits: 1).first.map(String.init) ?? host
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || isLoopbackAddress(name)
    }

    private static func isLoopbackAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension RequestGuard {
    /// The response with what lets a page of a configured origin read it, in the Prometheus API.
    ///
    /// Source: prometheus/prometheus `util/httputil/cors.go`; other than there no origin is admitted unless it is configured.
    func admitting(_ request: ServerRequest, to response: ServerResponse, _ dialect: RouteAdder.Dialect) -> ServerResponse {
        guard dialect == .prometheus, let origin = admittedOrigin(of: request) else { return response }
        var response = response
        response.headers.replaceOrAdd(name: "Access-Control-Allow-Origin", value: origin)
        response.headers.replaceOrAdd(name: "Access-Control-Allow-Headers", value: "Accept, Authorization, Content-Type, Origin")
        response.headers.replaceOrAdd(name: "Access-Control-Allow-Methods", value: "GET, POST, OPTIONS")
        response.headers.replaceOrAdd(name: "Access-Control-Expose-Headers", value: "Date")
        response.headers.add(name: "Vary", value: "Origin")
        return response
    }
}
