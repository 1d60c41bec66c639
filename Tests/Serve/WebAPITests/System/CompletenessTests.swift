import ByteCoding
import Foundation
import GatewayModel
import HTTPTransport
import Ingest
import Testing

@testable import WebAPI

@Suite struct CompletenessTests {
    private func document(secondsAgo: Int64 = 5) -> String {
        let start = Timestamp.now().microseconds / 1_000 - secondsAgo * 1_000
        return #"{"request":{"uri":"/v1/chat/completions","method":"POST","headers":{}},"response":{"status":200},"server":{"hostname":"a","version":"3.18.0"},"start_time":\#(start),"latency":10,"route_id":"r"}"#
    }

    private func source(_ answer: JSONValue, _ name: String) -> JSONValue? {
        answer.at("sources")?.elements?.first { $0["source"]?.string == name }
    }

    @Test func whatCameIsToldBySource() async throws {
        let server = try TestServer()
        _ = try await server.send("POST", "/ingest/apisix", "[\(document()),\(document(secondsAgo: 900)),{\"no\":1}]")
        let bulk = #"{"create":{"_index":"logs","_id":"1"}}"# + "\n" + document() + "\n"
        for _ in 0..<2 { _ = try await server.send("POST", "/_bulk", bulk) }
        _ = try await server.send("POST", "/_bulk", "{\"nonsense\":{}}\n")
        let answer = try await server.get("/api/v1/completeness?from=now-5m").json()
        let door = try #require(source(answer, "apisix"))
        #expect(door["received"]?.integer == 3 && door["stored"]?.integer == 2 && door["late"]?.integer == 1)
        #expect(door.at("rejected_by_reason", "unknown_shape")?.integer == 1 && door["completeness"]?.double == 2.0 / 3)
        #expect(try #require(door["lag_max"]?.double) >= 899 && door["expected"] == .null)
        let elastic = try #require(source(answer, "elasticsearch/apisix"))
        #expect(elastic["received"]?.integer == 2 && elastic["stored"]?.integer == 1 && elastic["completeness"]?.double == 1)
        #expect(source(answer, "elasticsearch")?.at("refused_by_reason", "unreadable")?.integer == 1)
        #expect(answer.at("total", "received")?.integer == 5 && answer.at("total", "completeness")?.double == 0.8)
        let notes = answer.at("notes")?.elements?.compactMap(\.string) ?? []
        #expect(notes.contains { $0.contains("1 of 3 documents were rejected (unknown_shape 1)") } && notes.contains { $0.contains("1 requests were refused (unreadable 1)") })
    }

    @Test func bucketsAddUpToTheTotal() async throws {
        let server = try TestServer()
        _ = try await server.send("POST", "/ingest/apisix", "[\(document()),\(document())]")
        let answer = try await server.get("/api/v1/completeness?from=now-1h&every=1m").json()
        #expect(answer["every_seconds"]?.integer == 60)
        let buckets = try #require(answer.at("buckets")?.elements)
        #expect(buckets.reduce(0) { $0 + ($1["received"]?.integer ?? 0) } == 2)
        #expect(buckets.allSatisfy { $0["source"]?.string == "apisix" && ($0["time"]?.integer ?? 1) % 60_000 == 0 })
    }

    @Test(arguments: [
        ("every=10s", "invalid_time"), ("from=nonsense", "invalid_time"), ("from=now&to=now-1h", "invalid_time"), ("from=now-90d&every=1m", "query_limit"),
    ])
    func questionsThatCannotBeAnsweredAreRefused(_ query: String, _ code: String) async throws {
        let server = try TestServer()
        #expect(try await server.get("/api/v1/completeness?\(query)").apiError().hasSuffix(code))
    }

    @Test func aGatewaysOwnCountIsTheMeasure() async throws {
        let server = try TestServer()
        let minute = Timestamp(microseconds: Timestamp.now().microseconds - 1_200_000_000)
        _ = try await server.send("POST", "/ingest/apisix", document(secondsAgo: 1_200))
        let report = #"[{"source":"apisix","minute":"\#(minute.iso8601)","count":3},{"source":"apisix","minute":"\#(minute.iso8601)","count":1,"reporter":"node-2"}]"#
        for _ in 0..<2 { #expect(try await server.send("POST", "/api/v1/completeness/expected", report).json()["accepted"]?.integer == 2) }
        let door = try #require(source(try await server.get("/api/v1/completeness?from=now-1h").json(), "apisix"))
        #expect(door["expected"]?.integer == 4 && door["arrived"]?.integer == 1 && door["completeness"]?.double == 0.25)
        let metrics = try await server.get("/metrics").text
        #expect(metrics.contains("gatewatch_ingest_expected_total{source=\"apisix\"} 4\n"))
        #expect(metrics.contains("gatewatch_ingest_completeness_ratio{source=\"apisix\"} 0.25\n"))
        #expect(metrics.contains("gatewatch_ingest_late_total{source=\"apisix\"} 1\n"))
    }

    @Test(arguments: [
        "", "nonsense", "[]", "{}", #"{"source":"a b","minute":"now","count":1}"#, #"{"source":"apisix","minute":"now","count":-1}"#,
        #"{"source":"apisix","minute":"now","count":1.5}"#, #"{"source":"apisix","count":1}"#, #"{"source":"apisix","from":"now","to":"now-1h","count":1}"#,
        #"{"source":"apisix","minute":"2001-01-01","count":1}"#, #"{"source":"apisix","minute":"now","count":1,"reporter":7}"#,
        #"[{"source":"apisix","minute":"now-10m","count":1},{"source":"apisix"}]"#,
    ])
    func aFaultyReportChangesNothing(_ body: String) async throws {
        let server = try TestServer()
        let status = try await server.send("POST", "/api/v1/completeness/expected", body, headers: [("Content-Type", "application/json")]).apiError()
        #expect(status == "400 invalid_request" || status == "400 invalid_time")
        #expect(try await server.get("/api/v1/completeness?from=now-1h").json().at("sources")?.elements?.isEmpty == true)
    }

    @Test func credentialsAreNeededAsForIngest() async throws {
        let server = try TestServer(credentials: RequestGuard.Credentials(apiKeys: ["0123456789abcdef"]))
        #expect(try await server.send("POST", "/api/v1/completeness/expected", "{}").apiError() == "401 unauthorized")
        #expect(try await server.get("/api/v1/completeness").apiError() == "401 unauthorized")
    }

    @Test func whatTheStoreRefusesIsCountedAsRefused() async throws {
        let server = try TestServer(writer: RefusingWriter(error: .full(reason: "no space")))
        _ = try await server.send("POST", "/ingest/apisix", document())
        let door = try #require(source(try await server.get("/api/v1/completeness?from=now-5m").json(), "apisix"))
        #expect(door.at("refused_by_reason", "full")?.integer == 1 && door["received"]?.integer == 0 && door["completeness"] == .null)
        #expect(try #require(door["refused_bytes"]?.integer) > 100)
    }

    @Test(arguments: [
        ("/_bulk", "elasticsearch", RejectionReason.bodyTooLarge, "too_large"), ("/logs/_bulk?pretty", "elasticsearch", .bodyMemory, "overloaded"),
        ("/logs/_doc/1", "elasticsearch", .bodyTimeout, "unreadable"), ("/ingest/noveum", "noveum", .bodyTooLarge, "too_large"),
    ])
    func whatTheTransportRefusesIsCountedAtItsDoor(_ uri: String, _ name: String, _ reason: RejectionReason, _ word: String) throws {
        let ledger = CompletenessLedger(path: nil)
        _ = WebAPI.failureRenderer(ledger)(TransportFailure(reason: reason, sentence: "no", uri: uri, declaredBytes: 7))
        let cell = try #require(ledger.totals.first).cell
        let position = try #require(RefusalReason.allCases.first { $0.name == word }).rawValue
        #expect(ledger.totals.map(\.source.name) == [name] && cell.refused[Int(position)] == 1 && cell.refusedBytes == 7)
    }

    @Test(arguments: ["/api/v1/requests/query", "/", "/logs/_search", nil] as [String?]) func otherRefusedRequestsAreNoLoss(_ uri: String?) {
        let ledger = CompletenessLedger(path: nil)
        _ = WebAPI.failureRenderer(ledger)(TransportFailure(reason: .bodyTooLarge, sentence: "no", uri: uri))
        #expect(ledger.totals.isEmpty)
    }
}
