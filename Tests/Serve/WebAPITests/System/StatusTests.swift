import ByteCoding
import GatewayModel
import Testing

@testable import WebAPI

struct StatusTests {
    @Test func healthNamesTheServiceAndReadyTheStore() async throws {
        let server = try TestServer()
        #expect(try await server.get("/health").json() == .parsed(#"{"status":"healthy","service":"gatewatch","version":"0.0.1"}"#))
        #expect(try await server.get("/ready").json() == .parsed(#"{"ready":true,"reason":null}"#))
    }

    @Test func unwritableStoreIsNotReadyAndSaysWhy() async throws {
        let answer = try await TestServer(unwritable: "less than 64 MiB are free").get("/ready")
        #expect(answer.status == 503)
        #expect(try answer.json() == .parsed(#"{"ready":false,"reason":"less than 64 MiB are free"}"#))
    }

    @Test func statusTellsStoreSourcesAndPrices() async throws {
        let server = try TestServer()
        _ = try await server.send("POST", "/ingest/apisix", "[\(Documents.call(at: 0)),{\"a\":1}]")
        try await server.store([Documents.call(at: 60)])
        let json = try await server.get("/api/v1/status").json()
        #expect(json.names == ["version", "started", "uptime_seconds", "demo", "store", "sources", "prices"])
        #expect(json.at("demo")?.bool == false)
        #expect(json.at("started")?.string == "2026-03-05T12:00:00.000000Z")
        #expect(json.at("store")?.names == ["records", "bytes", "parts", "oldest", "newest", "retention_days", "writable", "reason", "disk_bytes_max", "dropped_by_budget", "clock_doubted", "merging"])
        #expect(json.at("store", "records")?.integer == 2)
        #expect(json.at("store", "oldest")?.string == "2026-03-05T12:00:00.000000Z")
        #expect(json.at("store", "newest")?.string == "2026-03-05T12:01:00.000000Z")
        #expect(json.at("store", "retention_days")?.integer == 20_000)
        let sources = try #require(json.at("sources")?.elements)
        #expect(sources.map { "\($0.at("source")?.string ?? "") \($0.at("received")?.integer ?? 0) \($0.at("stored")?.integer ?? 0) \($0.at("rejected")?.integer ?? 0)" }
            == ["elasticsearch 1 1 0", "apisix 2 1 1"])
        #expect(sources[0].names == ["source", "received", "stored", "rejected", "last_received", "lag_seconds"])
        #expect(json.at("prices", "models")?.integer == Int64(PriceBook.builtin.entries.count))
    }

    @Test func conflictsCountAsRejected() async throws {
        let server = try TestServer()
        try await server.store([Documents.call(at: 0)])
        _ = try await server.send("PUT", "/gateway/_create/1", Documents.call(at: 0))
        let source = try await server.get("/api/v1/status").json().at("sources", "0")
        #expect(source?.at("received")?.integer == 2)
        #expect(source?.at("rejected")?.integer == 1)
    }

    @Test func emptyStoreHasNoTimes() async throws {
        let store = try await TestServer().get("/api/v1/status").json().at("store")
        #expect(store?.at("records")?.integer == 0)
        #expect(store?.at("oldest") == .null)
        #expect(store?.at("newest") == .null)
    }
}

struct LiveRouteTests {
    @Test func firstTickTellsTheStateOfTheStore() async throws {
        let server = try await filledQueryServer()
        let answer = try await withLiveServer(server) { port in await fetch("/api/v1/live", port: port, until: { $0.contains("event: tick") && $0.hasSuffix("\n\n") }) }
        #expect(answer.head.lowercased().contains("content-type: text/event-stream"))
        #expect(answer.head.lowercased().contains("cache-control: no-store"))
        #expect(answer.body.hasPrefix("retry: 2000\n\n"))
        let data = try #require(answer.body.split(separator: "\n").first { $0.hasPrefix("data: ") })
        let tick = try JSONValue.parsed(String(data.dropFirst(6)))
        #expect(tick.names == ["time", "sequence", "records", "records_per_second", "newest", "ingest_lag_seconds", "rejected"])
        #expect(tick.at("records")?.integer == 6)
        #expect(tick.at("newest")?.string == "2026-03-05T12:00:06.000000Z")
    }
}
