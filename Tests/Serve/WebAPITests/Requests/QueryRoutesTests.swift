import ByteCoding
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

private let path = "/api/v1/requests/query"
private let range = #""from":"2026-03-05T12:00","to":"2026-03-05T12:10""#

/// Calls at 12:00:01 to 12:00:06, two models, every second one failed, 100 to 600 ms.
func filledQueryServer(limits: QueryLimits = .standard) async throws -> TestServer {
    let server = try TestServer(limits: limits)
    try await server.store(
        (1...6).map { Documents.call(at: $0, status: $0 % 2 == 0 ? 500 : 200, model: $0 < 3 ? "gpt-4o" : "gpt-4o-mini", client: "c\($0 % 3)", latency: $0 * 100, tokens: $0) })
    return server
}

struct QueryRoutesTests {
    @Test func singleQueryAnswersColumnsAndRows() async throws {
        let server = try await filledQueryServer()
        let answer = try await server.send(
            "POST", path, #"{\#(range),"measures":["count","ratio(status >= 500) as failures","sum(input_tokens)","max(duration)","p50(duration)"],"by":["model"]}"#)
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json.at("from")?.string == "2026-03-05T12:00:00.000000Z")
        #expect(json.at("time_zone")?.string == "UTC")
        #expect(
            try json.at("columns") == .parsed(
                """
                [{"name":"model","kind":"dimension","unit":""},{"name":"count","kind":"measure","unit":"1"},{"name":"failures","kind":"measure","unit":"ratio"},
                 {"name":"sum(input_tokens)","kind":"measure","unit":"{token}"},{"name":"max(duration)","kind":"measure","unit":"s"},{"name":"p50(duration)","kind":"measure","unit":"s"}]
                """))
        #expect(try json.at("rows") == .parsed(#"[["gpt-4o-mini",4,0.5,18,0.6,0.45],["gpt-4o",2,0.5,3,0.2,0.15]]"#))
        #expect(json.at("groups_total")?.integer == 2)
        #expect(json.at("stats", "records_matched")?.integer == 6)
        #expect(json.at("completeness", "complete")?.bool == true)
        #expect(json.at("completeness", "newest")?.string == "2026-03-05T12:00:06.000000Z")
    }

    @Test func bucketsHoldTimesInMilliseconds() async throws {
        let server = try await filledQueryServer()
        let json = try await server.send("POST", path, #"{"from":"2026-03-05T12:00","to":"2026-03-05T12:03","every":"1m","where":"status: 5xx"}"#).json()
        #expect(try json.at("rows") == .parsed("[[1772712000000,3],[1772712060000,0],[1772712120000,0]]"))
        #expect(json.at("every_seconds")?.integer == 60)
    }

    @Test func batchSharesDefaultsAndAFaultCostsItself() async throws {
        let server = try await filledQueryServer()
        let json = try await server.send(
            "POST", path, #"{\#(range),"where":"status: 500","queries":[{},{"where":"model: gpt-4o"},{"where":"model:"},{"measures":["mode(duration)"]},{"by":["nobody"]}]}"#
        ).json()
        #expect(json.at("results", "0", "rows", "0", "0")?.integer == 3)
        #expect(json.at("results", "1", "rows", "0", "0")?.integer == 1)
        #expect(json.at("results", "2", "error", "code")?.string == "invalid_filter")
        #expect(json.at("results", "3", "error", "code")?.string == "invalid_measure")
        #expect(json.at("results", "4", "error", "code")?.string == "unknown_field")
        #expect(json.at("results")?.elements?.count == 5)
    }

    @Test func csvAndTableHoldTheSameRows() async throws {
        let server = try await filledQueryServer()
        let body = #"{\#(range),"measures":["count","sum(cost)"],"by":["client"],"order":"client"}"#
        let csv = try await server.send("POST", path + "?format=csv", body)
        #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
        #expect(csv.header("Content-Disposition")?.contains("gatewatch-query.csv") == true)
        let lines = csv.text.split(whereSeparator: \.isNewline)
        #expect(lines.first == "client,count,sum(cost)")
        #expect(lines.dropFirst().map { $0.split(separator: ",").prefix(2).joined(separator: " ") } == ["c0 2", "c1 2", "c2 2"])
        let table = try await server.send("POST", path + "?format=table", body)
        #expect(table.header("Content-Type") == "text/plain; charset=utf-8")
        for word in ["client", "count", "c0", "c1", "c2"] { #expect(table.text.contains(word)) }
    }

    /// Body, and code, field and position of the error.
    static let errors: [NamedCase<(body: String, told: String)>] = [
        NamedCase("no body", ("", "400 invalid_request")),
        NamedCase("no JSON", ("{", "400 invalid_request")),
        NamedCase("an array", ("[]", "400 invalid_request")),
        NamedCase("text behind the body", (#"{\#(range)} x"#, "400 invalid_request")),
        NamedCase("unknown key", (#"{\#(range),"wher":""}"#, "400 invalid_request wher")),
        NamedCase("value of a wrong type", (#"{\#(range),"limit":"ten"}"#, "400 invalid_request limit")),
        NamedCase("filter without value", (#"{\#(range),"where":"provider: openai and\n status >= "}"#, "400 invalid_filter where 2:12")),
        NamedCase("filter of an unknown field", (#"{\#(range),"where":"provder: openai"}"#, "400 invalid_filter where 1:1")),
        NamedCase("time", (#"{"from":"yesterday"}"#, "400 invalid_time from")),
        NamedCase("range that ends before it begins", (#"{"from":"2026-03-05","to":"2026-03-04"}"#, "400 invalid_time")),
        NamedCase("time zone", (#"{\#(range),"time_zone":"Mars/Olympus"}"#, "400 invalid_time time_zone")),
        NamedCase("measure", (#"{\#(range),"measures":["count","p95(duraton)"]}"#, "400 unknown_field measures[1]")),
        NamedCase("measure's function", (#"{\#(range),"measures":["mode(duration)"]}"#, "400 invalid_measure measures[0]")),
        NamedCase("by", (#"{\#(range),"by":["nobody"]}"#, "400 unknown_field by[0]")),
        NamedCase("limit", (#"{\#(range),"limit":0}"#, "400 invalid_request limit")),
        NamedCase("buckets", (#"{"from":"2020-01-01","to":"2026-01-01","every":"1s"}"#, "422 query_limit every")),
        NamedCase("too many queries", (#"{"queries":[\#(Array(repeating: "{}", count: 51).joined(separator: ","))]}"#, "400 invalid_request queries")),
    ]

    @Test(arguments: errors) func errorNamesCodeFieldAndPlace(_ expected: NamedCase<(body: String, told: String)>) async throws {
        let server = try await filledQueryServer()
        let answer = try await server.send("POST", path, expected.value.body)
        var told = try answer.apiError()
        let error = try answer.json().at("error")
        let words = expected.value.told.split(separator: " ")
        if words.count > 2 { told += " " + (error?.at("field")?.string ?? "-") }
        if let line = error?.at("position", "line")?.integer, let column = error?.at("position", "column")?.integer, words.count > 3 { told += " \(line):\(column)" }
        #expect(told == expected.value.told, "\(answer.text)")
    }

    @Test func formatsAreALimitedList() async throws {
        let server = try await filledQueryServer()
        #expect(try await server.send("POST", path + "?format=xml", "{}").apiError() == "400 invalid_request")
        #expect(try await server.send("POST", path + "?format=csv", #"{"queries":[{}]}"#).apiError() == "400 invalid_request")
    }

    @Test func limitsAreToldAsLimits() async throws {
        var limits = QueryLimits()
        limits.groupsMax = 1
        let server = try await filledQueryServer(limits: limits)
        let answer = try await server.send("POST", path, #"{\#(range),"by":["client"]}"#)
        #expect(try answer.apiError() == "422 query_limit")
        #expect(try answer.json().at("error", "message")?.string?.contains("1") == true)
    }

    @Test(arguments: ["GET", "PUT", "DELETE"]) func otherMethodsAreNotAllowed(_ method: String) async throws {
        let answer = try await TestServer().send(method, path)
        #expect(try answer.apiError() == "405 method_not_allowed")
        #expect(answer.header("Allow") == "POST")
    }

    @Test(arguments: ["/api/v1/nothing", "/api/v2/requests", "/ingest/kong", "/api/v1"]) func unknownPathsOfTheAPIAreNotFound(_ path: String) async throws {
        #expect(try await TestServer().get(path).apiError() == "404 not_found")
    }
}

struct FieldRoutesTests {
    private func fields(_ query: String) async throws -> [JSONValue] {
        let server = try await filledQueryServer()
        let answer = try await server.get("/api/v1/fields?from=2026-03-05&to=2026-03-06" + query)
        return try #require(answer.json().at("fields")?.elements)
    }

    @Test func everyFieldOfTheSchemaIsThere() async throws {
        let all = try await fields("")
        #expect(all.compactMap { $0.at("name")?.string } == RequestSchema.definitions.map(\.name))
        let model = try #require(all.first { $0.at("name")?.string == "model" })
        #expect(model.names == ["name", "attribute", "type", "role", "unit", "summary", "aliases", "values", "values_total"])
        #expect(try model.at("values") == .parsed(#"[{"value":"gpt-4o-mini","count":4},{"value":"gpt-4o","count":2}]"#))
        #expect(model.at("values_total")?.integer == 2)
        let types = Dictionary(uniqueKeysWithValues: all.compactMap { field in field.at("name")?.string.map { ($0, field.at("type")?.string ?? "") } })
        for (name, type) in [("time", "time"), ("duration", "number"), ("cost", "number"), ("status", "integer"), ("stream", "boolean"), ("model", "string")] {
            #expect(types[name] == type, "\(name)")
        }
    }

    @Test func prefixCompletesOneField() async throws {
        let model = try await fields("&field=model&prefix=GPT-4o-")
        #expect(model.count == 1)
        #expect(try model[0].at("values") == .parsed(#"[{"value":"gpt-4o-mini","count":4}]"#))
        #expect(try await fields("&field=gen_ai.provider.name&prefix=x")[0].at("values_total")?.integer == 0)
    }

    @Test func topBoundsTheValues() async throws {
        let clients = try await fields("&field=client&top=2")[0]
        #expect(clients.at("values")?.elements?.count == 2)
        #expect(clients.at("values_total")?.integer == 3)
        #expect(try await fields("&field=client&top=0")[0].at("values")?.elements?.isEmpty == true)
    }

    @Test func rangeWithoutRecordsHasNoValues() async throws {
        let answer = try await filledQueryServer().get("/api/v1/fields?field=model&from=2024-01-01&to=2024-02-01")
        #expect(try answer.json().at("fields", "0", "values")?.elements?.isEmpty == true)
    }

    static let errors: [NamedCase<String>] = [
        NamedCase("field=nobody", "400 unknown_field"), NamedCase("top=1001", "400 invalid_request"), NamedCase("top=-1", "400 invalid_request"),
        NamedCase("top=many", "400 invalid_request"), NamedCase("from=yesterday", "400 invalid_time"), NamedCase("time_zone=Mars/Olympus", "400 invalid_time"),
    ]

    @Test(arguments: errors) func wrongParametersAreRefused(_ expected: NamedCase<String>) async throws {
        #expect(try await TestServer().get("/api/v1/fields?" + expected.name).apiError() == expected.value)
    }
}

struct PriceRoutesTests {
    @Test func bookIsListedWithItsDay() async throws {
        let json = try await TestServer().get("/api/v1/prices").json()
        #expect(json.at("as_of")?.string?.count == 10)
        let models = try #require(json.at("models")?.elements)
        #expect(models.count == PriceBook.builtin.entries.count)
        #expect(models.allSatisfy { $0.names == ["provider", "model", "valid_from", "input", "output", "cached_input", "cache_write"] })
        let model = try #require(models.first { $0.at("provider")?.string == "openai" && $0.at("model")?.string == "gpt-4o" })
        #expect(model.at("input")?.double == 2.5)
        #expect(model.at("output")?.double == 10)
    }

    @Test func modelsWithoutAPriceAreListedWithWhatTheyUsed() async throws {
        let server = try TestServer()
        try await server.store([
            Documents.call(at: 1), Documents.call(at: 2, model: "house-model", tokens: 7), Documents.call(at: 3, model: "house-model", tokens: 5),
            Documents.call(at: 4, model: "house-model", tokens: 0),
        ])
        let json = try await server.get("/api/v1/prices/missing?from=2026-03-05&to=2026-03-06").json()
        #expect(json.at("models", "0", "model")?.string == "house-model")
        #expect(json.at("models", "0", "provider")?.string == "openai")
        #expect(json.at("models", "0", "input_tokens")?.integer == 12)
        #expect(json.at("models", "0", "output_tokens")?.integer == 12)
        #expect(json.at("models")?.elements?.count == 1)
        #expect(try await server.get("/api/v1/prices/missing?from=2025-03-05&to=2025-03-06").json().at("models")?.elements?.isEmpty == true)
    }
}
