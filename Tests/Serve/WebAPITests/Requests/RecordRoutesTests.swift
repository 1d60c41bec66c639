import ByteCoding
import Foundation
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

private let range = "from=2026-03-05&to=2026-03-06"

struct RecordRoutesTests {
    @Test func pageHoldsTheNewestRecordsFirst() async throws {
        let server = try await filledQueryServer()
        let json = try await server.get("/api/v1/requests?\(range)&limit=2&fields=time,status,duration,stream,error_message").json()
        #expect(json.names == ["records", "next_cursor", "matched", "stats", "completeness"])
        let records = try #require(json.at("records")?.elements)
        #expect(records.count == 2)
        #expect(records[0].names == ["id", "time", "status", "duration", "stream"])
        #expect(records[0].at("time")?.string == "2026-03-05T12:00:06.000000Z")
        #expect(records[0].at("duration")?.double == 0.6)
        #expect(records[0].at("stream")?.bool == false)
    }

    /// Query, and the pages' records as completion seconds.
    static let walks: [NamedCase<[[Int]]>] = [
        NamedCase("limit=4", [[6, 5, 4, 3], [2, 1]]),
        NamedCase("limit=3", [[6, 5, 4], [3, 2, 1]]),
        NamedCase("limit=2&sort=duration", [[1, 2], [3, 4], [5, 6]]),
        NamedCase("limit=2&sort=-status", [[6, 4], [2, 5], [3, 1]]),
        NamedCase("limit=2&sort=client", [[3, 6], [1, 4], [2, 5]]),
        NamedCase("limit=2&where=status%3A%20500", [[6, 4], [2]]),
        NamedCase("limit=5&sort=error_type", [[2, 4, 6, 1, 3], [5]]),
    ]

    @Test(arguments: walks) func cursorsWalkThroughAllRecordsOnce(_ expected: NamedCase<[[Int]]>) async throws {
        let server = try await filledQueryServer()
        var pages: [[Int]] = []
        var cursor = ""
        repeat {
            let json = try await server.get("/api/v1/requests?\(range)&\(expected.name)&cursor=\(cursor)").json()
            let records = try #require(json.at("records")?.elements)
            pages.append(records.compactMap { $0.at("time")?.string.flatMap { Int($0.dropFirst(17).prefix(2)) } })
            cursor = json.at("next_cursor")?.string ?? ""
        } while !cursor.isEmpty && pages.count < 10
        #expect(pages == expected.value)
    }

    @Test func cursorBelongsToItsFilterAndSort() async throws {
        let server = try await filledQueryServer()
        let cursor = try #require(try await server.get("/api/v1/requests?\(range)&limit=1").json().at("next_cursor")?.string)
        for query in ["sort=duration", "where=status:500", "sort=time"] {
            let answer = try await server.get("/api/v1/requests?\(range)&limit=1&\(query)&cursor=\(cursor)")
            #expect(try answer.apiError() == "400 invalid_request")
            #expect(try answer.json().at("error", "field")?.string == "cursor")
        }
    }

    static let errors: [NamedCase<String>] = [
        NamedCase("limit=0", "400 invalid_request limit"), NamedCase("limit=1001", "400 invalid_request limit"), NamedCase("limit=x", "400 invalid_request limit"),
        NamedCase("sort=nobody", "400 unknown_field sort"), NamedCase("fields=time,nobody", "400 unknown_field fields"), NamedCase("cursor=zz", "400 invalid_request cursor"),
        NamedCase("cursor=00", "400 invalid_request cursor"), NamedCase("where=status%20%3E", "400 invalid_filter where"), NamedCase("to=never", "400 invalid_time to"),
    ]

    @Test(arguments: errors) func wrongParametersAreNamed(_ expected: NamedCase<String>) async throws {
        let server = try await filledQueryServer()
        for path in ["/api/v1/requests", "/api/v1/requests/export"] where !(path.hasSuffix("export") && expected.name == "limit=1001") {
            let answer = try await server.get(path + "?" + expected.name)
            #expect(try answer.apiError() + " " + (answer.json().at("error", "field")?.string ?? "-") == expected.value, "\(path)")
        }
    }

    @Test func oneRecordIsToldWhole() async throws {
        let server = try await filledQueryServer()
        let listed = try await server.records("status: 500")[0]
        let id = try #require(listed.at("id")?.string)
        #expect(try await server.get("/api/v1/requests/\(id)").json() == listed)
    }

    @Test(arguments: ["GW000000000000009999", "nonsense", "1", "GWVVVVVVVVVVVVVVVVVV"]) func missingRecordIsNotFound(_ id: String) async throws {
        #expect(try await filledQueryServer().get("/api/v1/requests/\(id)").apiError() == "404 not_found")
    }

    @Test func moneyIsExactDecimals() async throws {
        let server = try TestServer()
        try await server.store([Documents.apisixChat])
        // 23 input tokens at 2.5 and 8 output tokens at 10 dollars a million.
        #expect(try await server.get("/api/v1/requests?from=2025-12-25&to=2025-12-26&fields=cost").text.contains(#""cost":0.0001375}"#))
    }
}

struct ExportTests {
    @Test func formatsHoldTheSameRecordsOldestFirst() async throws {
        let server = try await filledQueryServer()
        let query = "/api/v1/requests/export?\(range)&fields=time,model,status&where=status%3A%20500"
        let (ndjson, json, csv) = try await withLiveServer(server) { port in
            (await fetch(query, port: port), await fetch(query + "&format=json", port: port), await fetch(query + "&format=csv", port: port))
        }
        for (answer, type, name) in [(ndjson, "application/x-ndjson", "ndjson"), (json, "application/json", "json"), (csv, "text/csv; charset=utf-8", "csv")] {
            #expect(answer.head.hasPrefix("HTTP/1.1 200"))
            #expect(answer.head.lowercased().contains("content-type: \(type)"))
            #expect(answer.head.contains("gatewatch-requests.\(name)"))
        }
        let lines = try ndjson.body.split(separator: "\n").map { try JSONValue.parsed(String($0)) }
        #expect(lines.compactMap { $0.at("time")?.string?.dropFirst(17).prefix(2) } == ["02", "04", "06"])
        #expect(lines[0].names == ["id", "time", "model", "status"])
        #expect(try JSONValue.parsed(json.body).elements == lines)
        let rows = csv.body.split(whereSeparator: \.isNewline)
        #expect(rows.first == "id,time,model,status")
        #expect(rows.dropFirst().map { $0.split(separator: ",").dropFirst().joined(separator: " ") } == lines.map {
            "\($0.at("time")?.string ?? "") \($0.at("model")?.string ?? "") \($0.at("status")?.integer ?? 0)"
        })
    }

    @Test func emptyExportIsStillOfItsFormat() async throws {
        let server = try TestServer()
        let (json, csv) = try await withLiveServer(server) { port in
            (await fetch("/api/v1/requests/export?format=json", port: port), await fetch("/api/v1/requests/export?format=csv&fields=time", port: port))
        }
        #expect(json.body == "[]\n")
        #expect(csv.body.trimmingCharacters(in: .whitespacesAndNewlines) == "id,time")
    }

    @Test func limitEndsTheExport() async throws {
        let server = try await filledQueryServer()
        let answer = try await withLiveServer(server) { await fetch("/api/v1/requests/export?\(range)&limit=4", port: $0) }
        #expect(answer.body.split(separator: "\n").count == 4)
    }

    @Test func unknownFormatIsRefused() async throws {
        #expect(try await TestServer().get("/api/v1/requests/export?format=parquet").apiError() == "400 invalid_request")
    }
}
