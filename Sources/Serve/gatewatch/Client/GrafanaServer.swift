import AsyncHTTPClient
import ByteCoding
import Dashboards
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why dashboards did not reach a Grafana. Never tells the token.
enum GrafanaServerError: Error, CustomStringConvertible {
    case unreachable(address: String, reason: String)
    /// Grafana's status and its own words.
    case refused(what: String, status: Int, message: String)
    case notUnderstood(what: String)

    var description: String {
        switch self {
        case .unreachable(let address, let reason): "no Grafana answers at \(address): \(reason)"
        case .refused(let what, let status, let message): "Grafana refused \(what) with status \(status): \(message.isEmpty ? Self.meaning(status) : message)\(Self.advice(status))"
        case .notUnderstood(let what): "Grafana's answer to \(what) is not what its API promises"
        }
    }

    private static func meaning(_ status: Int) -> String { (300..<400).contains(status) ? "it redirects elsewhere" : "it says nothing more" }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401: " (the token is not valid)"
        case 403: " (the token's account needs the role Editor, or the permissions dashboards:write and folders:create)"
        case 300..<400: " (give the address to which it leads)"
        default: ""
        }
    }
}

/// A Grafana, spoken to by its HTTP API.
///
/// Source: https://grafana.com/docs/grafana/latest/developers/http_api/ (dashboard, folder).
struct GrafanaServer: Sendable {
    private static let timeoutSeconds: Int64 = 30
    /// Folder lists are the largest answers; a thousand folders have some hundred kilobytes.
    private static let answerBytesMax = 4 << 20
    /// Folders asked for at once: the most that Grafana gives.
    private static let foldersMax = 1_000

    /// Without a trailing slash.
    private let address: String
    private let authorization: String

    /// - Returns: nil unless the address is of the form `http(s)://host[:port][/path]`, without user and password.
    init?(_ address: String, token: String) {
        guard let components = URLComponents(string: address), ["http", "https"].contains(components.scheme?.lowercased()), let host = components.host, !host.isEmpty,
            components.user == nil, components.password == nil, components.query == nil, components.fragment == nil
        else { return nil }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        authorization = token.contains(":") ? "Basic " + Data(token.utf8).base64EncodedString() : "Bearer " + token
    }

    /// The uid of the folder of this title, which is made when it is not there.
    func folder(titled title: String) async throws(GrafanaServerError) -> String {
        let listed = try await ask(.GET, "/api/folders?limit=\(Self.foldersMax)", nil, what: "the list of folders")
        for folder in listed.elements ?? [] where folder["title"]?.string == title {
            if let uid = folder["uid"]?.string { return uid }
        }
        let made = try await ask(.POST, "/api/folders", .object([.init(name: "title", value: .string(title))]), what: "the folder '\(title)'")
        guard let uid = made["uid"]?.string, !uid.isEmpty else { throw .notUnderstood(what: "the folder '\(title)'") }
        return uid
    }

    /// Stores a dashboard, in place of one with the same uid.
    ///
    /// - Returns: its path in Grafana, as `/d/gatewatch-overview/overview`.
    func put(_ file: GrafanaFile, folderUID: String?, message: String) async throws(GrafanaServerError) -> String {
        var members: [JSONValue.Member] = [.init(name: "dashboard", value: file.json), .init(name: "overwrite", value: .bool(true)), .init(name: "message", value: .string(message))]
        if let folderUID { members.append(.init(name: "folderUid", value: .string(folderUID))) }
        let answer = try await ask(.POST, "/api/dashboards/db", .object(members), what: "the dashboard \(file.uid)")
        guard let path = answer["url"]?.string else { throw .notUnderstood(what: "the dashboard \(file.uid)") }
        return path
    }

    private func ask(_ method: HTTPMethod, _ path: String, _ body: JSONValue?, what: String) async throws(GrafanaServerError) -> JSONValue {
        let answer = try await exchange(method, path, body)
        let document = try? JSONValue.parse(answer.text)
        guard (200..<300).contains(answer.status) else {
            throw .refused(what: what, status: answer.status, message: String((document?["message"]?.string ?? "").prefix(500)))
        }
        guard let document else { throw .notUnderstood(what: what) }
        return document
    }

    private func exchange(_ method: HTTPMethod, _ path: String, _ body: JSONValue?) async throws(GrafanaServerError) -> (status: Int, text: String) {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers = ["Authorization": authorization, "Accept": "application/json", "User-Agent": "gatewatch/\(Gatewatch.version)"]
        if let body {
            var writer = JSONWriter()
            body.write(to: &writer)
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: writer.bytes))
        }
        do {
            // A redirect would take the token elsewhere.
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
            let result: Result<(Int, String), any Error>
            do {
                let response = try await client.execute(request, timeout: .seconds(Self.timeoutSeconds))
                let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
                result = .success((Int(response.status.code), String(buffer: bytes)))
            } catch { result = .failure(error) }
            try? await client.shutdown()
            return try result.get()
        } catch { throw .unreachable(address: address, reason: Self.reason(error)) }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError: error.connectionErrors.first.map { "\($0.error)" } ?? "connection refused"
        default: "\(error)"
        }
    }
}
