import Foundation
import HTTPTransport
import NIOHTTP1
import Testing

@testable import WebAPI

private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

private let credentials = RequestGuard.Credentials(passwords: ["ops": "s3:cret", "ada": "pässword"], apiKeys: ["plain-key", "id:key"])

private func verdict(_ guardian: RequestGuard, _ method: String, _ headers: [(String, String)]) throws -> RequestGuard.Verdict {
    guardian.verdict(on: try ServerRequest(method: method, uri: "/", headers: HTTPHeaders(headers)))
}

private func isForbidden(_ verdict: RequestGuard.Verdict) -> Bool { if case .forbidden = verdict { true } else { false } }

struct RequestGuardTests {
    private let open = RequestGuard(credentials: RequestGuard.Credentials(), hosts: ["Gateway.Internal"])
    private let closed = RequestGuard(credentials: credentials)

    @Test(arguments: [
        "localhost", "localhost:7600", "LOCALHOST:7600", "app.localhost:7600", "127.0.0.1", "127.0.0.1:7600", "127.8.9.1:80", "[::1]", "[::1]:7600", "gateway.internal",
        "GATEWAY.internal:443",
    ]) func openServerAnswersThisMachine(_ host: String) throws {
        #expect(try verdict(open, "GET", [("Host", host)]) == .allowed(user: nil))
    }

    /// What a page of an attacker sends once its name points to 127.0.0.1.
    @Test(arguments: [
        "attacker.example", "attacker.example:7600", "127.0.0.1.attacker.example", "localhost.attacker.example", "notlocalhost", "192.168.1.5:7600", "127.0.0", "127.0.0.256",
        "127.0.0.1.2", "[::2]:7600", "[fe80::1]", "0.0.0.0", "", ":7600", "[::1", "127.0.0.-1", "0x7f.0.0.1",
    ]) func openServerRefusesForeignHostNames(_ host: String) throws {
        #expect(isForbidden(try verdict(open, "GET", [("Host", host)])))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"]) func writesOfForeignPagesAreRefused(_ method: String) throws {
        for origin in ["https://attacker.example", "http://localhost:8080", "http://localhost", "http://127.0.0.1:7600", "null", "", "http://attacker.example/localhost:7601"] {
            #expect(isForbidden(try verdict(open, method, [("Host", "localhost:7600"), ("Origin", origin)])), "\(origin)")
        }
        #expect(try verdict(open, method, [("Host", "localhost:7600"), ("Origin", "http://localhost:7600")]) == .allowed(user: nil))
        #expect(try verdict(open, method, [("Host", "localhost:7600")]) == .allowed(user: nil))
    }

    @Test func askersAreUsersWhereTheyAreNamedAndAddressesElsewhere() throws {
        func asker(_ guardian: RequestGuard, _ headers: [(String, String)]) throws -> String {
            guardian.asker(of: try ServerRequest(method: "GET", uri: "/", headers: HTTPHeaders([("Host", "localhost")] + headers), remoteAddress: "10.0.0.7"))
        }
        #expect(try asker(closed, [("Authorization", "Basic " + base64("ops:s3:cret"))]) == "user ops")
        #expect(try asker(closed, [("Authorization", "ApiKey plain-key")]) == "10.0.0.7")
        #expect(try asker(open, []) == "10.0.0.7")
    }

    @Test func credentialsDoNotExcuseAForeignPage() throws {
        let headers = [("Host", "gw:7600"), ("Origin", "https://attacker.example"), ("Authorization", "Bearer plain-key")]
        #expect(isForbidden(try verdict(closed, "POST", headers)))
        #expect(try verdict(closed, "GET", headers) == .allowed(user: "api-key"))
    }

    /// `Authorization` and the user; nil for refused.
    static let authorizations: [NamedCase<String?>] = [
        NamedCase("Basic " + base64("ops:s3:cret"), "ops"), NamedCase("basic " + base64("ada:pässword"), "ada"), NamedCase("Basic " + base64("ops:wrong!!"), nil),
        NamedCase("Basic " + base64("ops:s3:cre"), nil), NamedCase("Basic " + base64("ops"), nil), NamedCase("Basic " + base64("eve:s3:cret"), nil),
        NamedCase("Basic " + base64(":"), nil), NamedCase("Basic ???", nil), NamedCase("Basic", nil), NamedCase("", nil),
        NamedCase("ApiKey plain-key", "api-key"), NamedCase("apikey " + base64("id:key"), "api-key"), NamedCase("ApiKey id:key", "api-key"),
        NamedCase("ApiKey " + base64("id:other"), nil), NamedCase("ApiKey plain-ke", nil), NamedCase("ApiKey ", nil), NamedCase("Bearer plain-key", "api-key"),
        NamedCase("Bearer plain-key2", nil), NamedCase("Bearer s3:cret", nil), NamedCase("Digest plain-key", nil), NamedCase("plain-key", nil),
    ]

    @Test(arguments: authorizations) func credentialsDecide(_ expected: NamedCase<String?>) throws {
        let found = try verdict(closed, "GET", [("Host", "anything.example"), ("Authorization", expected.name)])
        #expect(found == expected.value.map { .allowed(user: $0) } ?? .unauthorized)
    }

    @Test func withoutAuthorizationAServerWithCredentialsRefuses() throws {
        #expect(try verdict(closed, "GET", [("Host", "localhost")]) == .unauthorized)
    }
}

struct AccessTests {
    private static let authorized = [("Authorization", "Bearer plain-key")]

    /// A path of each part of the server.
    static let doors = ["/_search", "/_cluster/health", "/logs", "/", "/nothing/at/all/here"]
    static let own = ["/api/v1/status", "/api/v1/requests", "/metrics", "/api/v1/nothing", "/ingest/apisix", "/app/main.js"]

    private func server() throws -> (TestServer, TemporaryFolder) {
        let page = try TemporaryFolder()
        try page.write("<html></html>", to: "index.html")
        try page.write("export {}", to: "app/main.js")
        return (try TestServer(credentials: credentials, page: page.url), page)
    }

    @Test(arguments: doors) func doorAsksForCredentialsInElasticsearchsWords(_ path: String) async throws {
        let (server, _) = try server()
        let answer = try await server.get(path)
        #expect(try answer.elasticError() == "401 security_exception")
        #expect(answer.headers["WWW-Authenticate"] == [#"Basic realm="security", charset="UTF-8""#, "ApiKey"])
        #expect(try await server.get(path, headers: Self.authorized).status != 401)
    }

    @Test(arguments: own) func ownPathsAskForCredentialsInTheirOwn(_ path: String) async throws {
        let (server, _) = try server()
        let answer = try await server.get(path)
        #expect(try answer.apiError() == "401 unauthorized")
        #expect(answer.header("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
        #expect(try await server.get(path, headers: Self.authorized).status != 401)
    }

    @Test func refusedWriteStoresNothing() async throws {
        let (server, _) = try server()
        let document = Documents.call(at: 0)
        #expect(try await server.send("POST", "/ingest/apisix", document).status == 401)
        #expect(try await server.send("POST", "/a/_doc", document, headers: [("Authorization", "Bearer wrong")]).status == 401)
        let foreign = Self.authorized + [("Origin", "https://attacker.example"), ("Host", "localhost")]
        #expect(try await server.send("POST", "/a/_doc", document, headers: foreign).elasticError() == "403 security_exception")
        #expect(try await server.send("POST", "/ingest/apisix", document, headers: foreign).apiError() == "403 forbidden")
        #expect(server.store.statistics.records == 0)
    }

    @Test(arguments: ["/health", "/ready"]) func healthIsOpenToEveryone(_ path: String) async throws {
        let (server, _) = try server()
        #expect(try await server.get(path, headers: [("Host", "attacker.example")]).status == 200)
    }

    @Test(arguments: doors + own) func openServerRefusesRebindingEverywhere(_ path: String) async throws {
        let (server, page) = try server()
        let open = try TestServer(page: page.url)
        #expect(try await open.get(path, headers: [("Host", "attacker.example:7600")]).status == 403)
        // With credentials any name may be used: nobody gets in by a name alone.
        #expect(try await server.get(path, headers: [("Host", "attacker.example:7600")]).status == 401)
    }

    @Test func callersNameIsTold() async throws {
        let (server, _) = try server()
        let answer = try await server.get("/_security/_authenticate", headers: [("Authorization", "Basic " + base64("ops:s3:cret"))])
        #expect(try answer.json().at("username")?.string == "ops")
        #expect(try await server.get("/_security/enabled", headers: Self.authorized).json().at("enabled")?.bool == true)
    }
}
