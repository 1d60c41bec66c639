import ByteCoding
import Dispatch
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

private let path = "/api/v1/panels/query"
private let noon: Int64 = 1_772_712_000_000
private let range = #""from":"2026-03-05T12:00","to":"2026-03-05T12:10""#

/// A counter of ten seconds' distance from noon on, three gauges at noon, and values that JSON has no numbers for.
private func measuredSeries() -> SeriesDouble {
    var series = SeriesDouble()
    var counter = SampleColumns()
    for index in 0..<61 { counter.append(noon + Int64(index) * 10_000, Double(index) * 5) }
    series.add(["__name__": "requests_total", "model": "o3"], counter)
    for (name, value) in [("a", 1.0), ("b", 30), ("c", 2)] { series.add(["__name__": "level", "of": name], [noon: value]) }
    series.add(["__name__": "odd", "v": "a"], [noon: .infinity])
    series.add(["__name__": "odd", "v": "b"], [noon: .nan])
    series.add(["__name__": "odd", "v": "c"], [noon: -.infinity])
    series.add(["__name__": "speed"], [noon: 1, noon + 30_000: 2])
    series.add(["__name__": "latency"], oneHistogram())
    return series
}

private func oneHistogram() -> SampleColumns {
    var histogram = NativeHistogram()
    (histogram.count, histogram.sum, histogram.zeroCount, histogram.zeroThreshold) = (12.5, 42.1, 12.5, 0.001)
    var columns = SampleColumns()
    columns.append(noon, histogram)
    return columns
}

private func asked(_ body: String, of server: TestServer) async throws -> JSONValue {
    let answer = try await server.send("POST", path, body)
    #expect(answer.status == 200)
    return try answer.json()
}

struct PanelQueryTests {
    @Test func requestsAreAnsweredAsByTheirOwnRoute() async throws {
        let server = try await filledQueryServer()
        let question = #"{"measures":["count","p50(duration)"],"by":["model"],"every":"1m","where":"status: 200"}"#
        let body = #"{\#(range),"time_zone":"Europe/Berlin","where":"not client: c0","queries":[\#(question),{"measures":["rate"]}]}"#
        let json = try await asked(body, of: server)
        let own = try await server.send("POST", "/api/v1/requests/query", body).json()
        for index in ["0", "1"] {
            for name in ["from", "to", "every_seconds", "time_zone", "columns", "rows", "groups_total", "completeness"] {
                #expect(json.at("results", index, name) == own.at("results", index, name))
            }
            #expect(json.at("results", index, "stats", "records_matched") == own.at("results", index, "stats", "records_matched"))
            #expect(json.at("results", index, "hash")?.string?.count == 16)
        }
    }

    @Test func anAnswerOfAMomentAgoServesThoseWhoTakeIt() async throws {
        let server = try await filledQueryServer()
        func count(_ extra: String) async throws -> (count: Int64?, hasAge: Bool) {
            let json = try await asked(#"{\#(range),"queries":[{"measures":["count"]\#(extra)}]}"#, of: server)
            return (json.at("results", "0", "rows", "0", "0")?.integer, json.at("results", "0", "age_seconds") != nil)
        }
        #expect(try await count(#","max_age":"1m""#) == (6, false))
        try await server.store([Documents.call(at: 7, status: 200, model: "o3", client: "c9", latency: 5, tokens: 1)], index: "another")
        #expect(try await count(#","max_age":"1m""#) == (6, true))
        #expect(try await count("") == (7, false))
        #expect(try await count(#","max_age":"0""#) == (7, false))
        #expect(try await count(#","max_age":"1m","where":"status: *""#) == (7, false), "another question")
        // An answer of now that nobody may share is not kept.
        #expect(try await count(#","max_age":"1m""#) == (6, true))
    }

    @Test(.timeLimit(.minutes(1))) func whatWasAnsweredAMomentAgoNeedsNoTurn() async throws {
        let runner = QueryRunner(parallelQueries: 1)
        let server = try TestServer(runner: runner)
        let body = #"{\#(range),"queries":[{"measures":["count"],"max_age":"1m"}]}"#
        _ = try await asked(body, of: server)
        let mayEnd = DispatchSemaphore(value: 0)
        let holder = Task { try await runner.perform { _ throws(QueryError) in mayEnd.wait() } }
        while runner.runningCount == 0 { await Task.yield() }
        #expect(try await asked(body, of: server).at("results", "0", "age_seconds") != nil)
        mayEnd.signal()
        try await holder.value
    }

    @Test func ofASharedAnswerOnlyWhatIsNewIsTold() async throws {
        let server = try await filledQueryServer()
        let question = #"{"measures":["count"],"max_age":"1m"}"#
        let first = try await asked(#"{\#(range),"queries":[\#(question)]}"#, of: server)
        let hash = try #require(first.at("results", "0", "hash")?.string)
        let again = try await asked(#"{\#(range),"queries":[{"measures":["count"],"max_age":"1m","known":"\#(hash)"},\#(question)]}"#, of: server)
        #expect(again.at("results", "0", "unchanged")?.bool == true)
        #expect(again.at("results", "1", "rows") == first.at("results", "0", "rows"))
        #expect(again.at("results", "1", "completeness") == first.at("results", "0", "completeness"))
    }

    @Test func seriesHaveAValueForEachMultipleOfTheStep() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T11:59:31Z","to":"2026-03-05T12:01:20Z","queries":[{"promql":"requests_total + 1","every":"30s"}]}"#, of: server)
        let answer = try #require(json.at("results", "0"))
        #expect(try answer.at("times") == .parsed("[\(noon),\(noon + 30_000),\(noon + 60_000)]"))
        #expect(try answer.at("series") == .parsed(#"[{"labels":{"model":"o3"},"values":[1,16,31]}]"#))
        #expect(answer.at("series_total")?.integer == 1)
        #expect(answer.at("every_seconds")?.integer == 30)
        #expect(answer.at("from")?.string == "2026-03-05T11:59:31.000000Z")
    }

    @Test func instantsWithoutAValueAreNull() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T11:59Z","to":"2026-03-05T12:06Z","queries":[{"promql":"level{of='b'}","every":"2m"}]}"#, of: server)
        #expect(try json.at("results", "0", "times") == .parsed("[\(noon),\(noon + 120_000),\(noon + 240_000),\(noon + 360_000)]"))
        #expect(try json.at("results", "0", "series", "0", "values") == .parsed("[30,30,30,null]"))
    }

    @Test func withoutAStepTheEndOfTheRangeIsAsked() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T11:00Z","to":"2026-03-05T12:00Z","every":"1m","queries":[{"promql":"sort_desc(level)","every":null},{"promql":"2 ^ 0.5","every":null}]}"#, of: server)
        #expect(try json.at("results", "0", "times") == .parsed("[\(noon)]"))
        #expect(
            try json.at("results", "0", "series")
                == .parsed(
                    #"[{"labels":{"__name__":"level","of":"b"},"values":[30]},{"labels":{"__name__":"level","of":"c"},"values":[2]},{"labels":{"__name__":"level","of":"a"},"values":[1]}]"#))
        #expect(try json.at("results", "1", "series") == .parsed(#"[{"labels":{},"values":[1.4142135623730951]}]"#))
        #expect(json.at("results", "0", "every_seconds") == .null)
    }

    @Test func valuesThatJSONHasNoNumbersForAreTexts() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"now-1h","to":"2026-03-05T12:00Z","queries":[{"promql":"odd","from":"2026-03-05T11:00Z"}]}"#, of: server)
        #expect(json.at("results", "0", "series")?.elements?.map { $0.at("values", "0")?.string } == ["+Inf", "NaN", "-Inf"])
    }

    @Test func theSeriesWithTheLargestValuesAreKept() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T11:00Z","to":"2026-03-05T12:00Z","queries":[{"promql":"{__name__=~'level|odd'}","series_max":3}]}"#, of: server)
        let kept = json.at("results", "0", "series")?.elements?.map { $0.at("labels", "of")?.string ?? $0.at("labels", "v")?.string }
        #expect(kept == ["b", "c", "a"])
        #expect(json.at("results", "0", "series_total")?.integer == 6)
    }

    /// Span of the range in seconds, and the step that `auto` takes.
    static let steps: [(Int64, Int64)] = [(60, 15), (3_600, 15), (21_600, 120), (86_400, 300), (604_800, 3_600), (7_776_000, 43_200), (31_536_000, 172_800)]

    @Test(arguments: steps)
    func automaticStepsAreRoundAndGiveSome240Points(_ span: Int64, _ step: Int64) throws {
        var entry = BatchEntry()
        (entry.parameters.from, entry.parameters.to, entry.parameters.every) = ("\(noon / 1_000 - span)", "\(noon / 1_000)", "auto")
        let question = try SeriesQuestion("up", entry, shared: QueryParameters())
        let grid = try #require(try question.grid(try question.range(now: .now())))
        #expect(grid.step == step * 1_000)
        #expect(grid.count <= 301)
        #expect(grid.start % grid.step == 0)
        #expect(grid.end == noon / grid.step * grid.step)
    }

    @Test func aRangeShorterThanItsStepHasTheInstantBeforeItsEnd() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T12:00:10Z","to":"2026-03-05T12:00:20Z","queries":[{"promql":"level{of='c'}","every":"1m"}]}"#, of: server)
        #expect(try json.at("results", "0", "times") == .parsed("[\(noon)]"))
    }

    @Test func whatAnAskerKnowsIsNotSentAgain() async throws {
        let server = try await filledQueryServer()
        let questions = [#""measures":["count"],"by":["model"]"#, #""promql":"vector(1)","every":"1m""#]
        func answers(_ known: [String]) async throws -> [JSONValue] {
            let queries = zip(questions, known).map { #"{\#($0),"known":"\#($1)"}"# }.joined(separator: ",")
            return try await asked(#"{\#(range),"queries":[\#(queries)]}"#, of: server).at("results")?.elements ?? []
        }
        let hashes = try await answers(["", ""]).compactMap { $0.at("hash")?.string }
        #expect(hashes.count == 2 && hashes[0] != hashes[1])
        let again = try await answers(hashes)
        #expect(again.map { $0.at("unchanged")?.bool } == [true, true])
        #expect(again.map { $0.at("hash")?.string } == hashes)
        #expect(again.map(\.names) == [["from", "to", "hash", "unchanged"], ["from", "to", "hash", "unchanged"]])
        try await server.store([Documents.call(at: 7)], index: "other")
        let changed = try await answers(hashes)
        #expect(changed.map { $0.at("unchanged")?.bool } == [nil, true])
        #expect(changed[0].at("rows") != nil && changed[0].at("hash")?.string != hashes[0])
    }

    @Test func recordsElsewhereDoNotChangeAHash() async throws {
        let server = try await filledQueryServer()
        func hash() async throws -> String? {
            try await asked(#"{\#(range),"queries":[{"measures":["sum(cost)"],"where":"model: gpt-4o"}]}"#, of: server).at("results", "0", "hash")?.string
        }
        let before = try #require(try await hash())
        try await server.store([Documents.call(at: 8, model: "o3")], index: "other")
        #expect(try await hash() == before)
    }

    /// A question, and code and field of its error.
    static let faults: [NamedCase<(question: String, code: String, field: String?)>] = [
        NamedCase("a filter", (#"{"where":"model:"}"#, "invalid_filter", "where")),
        NamedCase("a measure", (#"{"measures":["mode(duration)"]}"#, "invalid_measure", "measures[0]")),
        NamedCase("an unknown key", (#"{"promQL":"up"}"#, "invalid_request", "promQL")),
        NamedCase("not an object", ("7", "invalid_request", nil)),
        NamedCase("PromQL that ends early", (#"{"promql":"sum("}"#, "invalid_request", "promql")),
        NamedCase("an empty PromQL", (#"{"promql":""}"#, "invalid_request", "promql")),
        NamedCase("a range vector", (#"{"promql":"up[5m]"}"#, "invalid_request", "promql")),
        NamedCase("a text", (#"{"promql":"\"text\""}"#, "invalid_request", "promql")),
        NamedCase("measures of series", (#"{"promql":"up","measures":["count"]}"#, "invalid_request", "measures")),
        NamedCase("a filter of series", (#"{"promql":"up","where":"model: o3"}"#, "invalid_request", "where")),
        NamedCase("steps of months", (#"{"promql":"up","every":"1M"}"#, "invalid_time", "every")),
        NamedCase("no step", (#"{"promql":"up","every":"often"}"#, "invalid_time", "every")),
        NamedCase("more steps than a screen has pixels", (#"{"promql":"up","every":"1s","from":"2026-03-05"}"#, "query_limit", "every")),
        NamedCase("an age without a unit", (#"{"max_age":"15"}"#, "invalid_request", "max_age")),
        NamedCase("no series", (#"{"promql":"up","series_max":0}"#, "invalid_request", "series_max")),
        NamedCase("too many series", (#"{"promql":"up","series_max":1001}"#, "invalid_request", "series_max")),
        NamedCase("series_max of requests", (#"{"series_max":10}"#, "invalid_request", "series_max")),
        NamedCase("a number for PromQL", (#"{"promql":1.5}"#, "invalid_request", "promql")),
        NamedCase("a range that is empty", (#"{"promql":"up","from":"2026-03-06"}"#, "invalid_time", "from")),
        NamedCase("what cannot be joined", (#"{"promql":"level * on() level","every":"1m"}"#, "invalid_request", "promql")),
    ]

    @Test(arguments: faults)
    func aFaultCostsOnlyItsOwnQuestion(_ fault: NamedCase<(question: String, code: String, field: String?)>) async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{\#(range),"queries":[{"promql":"vector(1)"},\#(fault.value.question),{}]}"#, of: server)
        #expect(json.at("results", "1", "error", "code")?.string == fault.value.code)
        #expect(json.at("results", "1", "error", "field")?.string == fault.value.field)
        #expect(json.at("results", "1", "error", "message")?.string?.isEmpty == false)
        #expect(try json.at("results", "0", "series", "0", "values") == .parsed("[1]"))
        #expect(try json.at("results", "2", "rows") == .parsed("[[0]]"))
    }

    @Test func aFaultInPromQLHasItsPlace() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"queries":[{"promql":"sum(up)\n  by ("}]}"#, of: server)
        #expect(json.at("results", "0", "error", "position", "line")?.integer == 2)
    }

    /// Bodies that are wrong as a whole.
    @Test(arguments: ["", "[]", "{}", #"{"queries":{}}"#, #"{"measures":["count"]}"#, #"{"queries":[],"from":"soon"}"#, #"{"queries":[],"promql":"up"}"#])
    func aBodyThatIsNoBatchIsRefused(_ body: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", path, body).status == 400)
    }

    @Test func aBatchIsLimited() async throws {
        let server = try TestServer()
        let queries = Array(repeating: #"{"promql":"1"}"#, count: QueryLimits.batchQueriesMax)
        let whole = try await asked(#"{"queries":[\#(queries.joined(separator: ","))]}"#, of: server)
        #expect(whole.at("results")?.elements?.count == QueryLimits.batchQueriesMax)
        let answer = try await server.send("POST", path, #"{"queries":[\#((queries + ["{}"]).joined(separator: ","))]}"#)
        #expect(try answer.apiError() == "400 invalid_request")
    }

    @Test(arguments: ["", #","every":"1m""#])
    func histogramsAreLeftOutAndTold(_ every: String) async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{"from":"2026-03-05T11:59Z","to":"2026-03-05T12:00Z","queries":[{"promql":"{__name__=~'latency|level'}"\#(every)}]}"#, of: server)
        #expect(json.at("results", "0", "series")?.elements?.count == 3)
        #expect(json.at("results", "0", "notes", "0")?.string?.hasPrefix("1 series are native histograms") == true)
    }

    @Test func whatTheEngineNotesIsTold() async throws {
        let server = try TestServer(series: measuredSeries())
        let json = try await asked(#"{\#(range),"queries":[{"promql":"rate(speed[5m])","to":"2026-03-05T12:01Z"}]}"#, of: server)
        let notes = json.at("results", "0", "notes")?.elements?.compactMap(\.string) ?? []
        #expect(notes.contains { $0.contains("speed") })
    }
}
