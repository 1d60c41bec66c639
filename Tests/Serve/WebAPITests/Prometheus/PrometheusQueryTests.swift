import ByteCoding
import Foundation
import GatewayModel
import HTTPTransport
import NIOCore
import Testing

@testable import PromQL
@testable import WebAPI

private let noon: Int64 = 1_772_712_000_000

/// A counter of ten seconds' distance, a gauge with values that are hard to spell, and a histogram.
private func measuredSeries() -> SeriesDouble {
    var series = SeriesDouble()
    var counter = SampleColumns()
    for index in 0..<61 { counter.append(noon + Int64(index) * 10_000, Double(index) * 5) }
    series.add(["__name__": "requests_total", "model": "o3"], counter)
    series.add(["__name__": "level"], [noon - 60_000: 1, noon - 30_000: 2])
    series.add(["__name__": "odd", "v": "a"], [noon: .infinity])
    series.add(["__name__": "odd", "v": "b"], [noon: .nan])
    series.add(["__name__": "odd", "v": "c"], [noon: 1e21])
    series.add(["__name__": "odd", "v": "d"], [noon: 1e-7])
    series.add(["__name__": "odd", "v": "e\"\u{1}"], [noon: -0.25])
    var histogram = NativeHistogram()
    (histogram.count, histogram.sum, histogram.zeroCount, histogram.zeroThreshold) = (12.5, 42.1, 1, 0.001)
    histogram.positiveSpans = [NativeHistogram.Span(offset: 0, length: 2)]
    histogram.positiveBuckets = [5, 6.5]
    var histograms = SampleColumns()
    histograms.append(noon, histogram)
    series.add(["__name__": "latency"], histograms)
    return series
}

private func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text }

private let histogramJSON = #"{"count":"12.5","sum":"42.1","buckets":[[3,"-0.001","0.001","1"],[0,"0.5","1","5"],[0,"1","2","6.5"]]}"#

struct PrometheusQueryTests {
    /// Query at noon (or noon + 10 min), and the member `data` as text.
    @Test(arguments: [
        ("1+1", #"{"resultType":"scalar","result":[1772712000,"2"]}"#),
        (#""text \" é""#, #"{"resultType":"string","result":[1772712000,"text \" é"]}"#),
        ("odd", #"{"resultType":"vector","result":[{"metric":{"__name__":"odd","v":"a"},"value":[1772712000,"+Inf"]},{"metric":{"__name__":"odd","v":"b"},"value":[1772712000,"NaN"]},{"metric":{"__name__":"odd","v":"c"},"value":[1772712000,"1e+21"]},{"metric":{"__name__":"odd","v":"d"},"value":[1772712000,"1e-07"]},{"metric":{"__name__":"odd","v":"e\"\u0001"},"value":[1772712000,"-0.25"]}]}"#),
        ("nothing", #"{"resultType":"vector","result":[]}"#),
        ("nothing[5m]", #"{"resultType":"matrix","result":[]}"#),
        ("odd{v='a'}[5m]", #"{"resultType":"matrix","result":[{"metric":{"__name__":"odd","v":"a"},"values":[[1772712000,"+Inf"]]}]}"#),
        ("latency", #"{"resultType":"vector","result":[{"metric":{"__name__":"latency"},"histogram":[1772712000,\#(histogramJSON)]}]}"#),
        ("latency[5m]", #"{"resultType":"matrix","result":[{"metric":{"__name__":"latency"},"histograms":[[1772712000,\#(histogramJSON)]]}]}"#),
    ])
    func instantQueriesAnswerEveryTypeOfValue(_ query: String, _ data: String) async throws {
        let server = try TestServer(series: measuredSeries())
        let answer = try await server.get("/api/v1/query?time=1772712000&query=\(escaped(query))")
        #expect(answer.text == #"{"status":"success","data":\#(data)}"#)
        #expect(answer.header("Content-Type") == "application/json")
    }

    @Test func timesHaveMilliseconds() async throws {
        let server = try TestServer(series: measuredSeries())
        for (asked, told) in [("1772712000.5", "1772712000.500"), ("1772712000.007", "1772712000.007"), ("2026-03-05T12:00:00.25Z", "1772712000.250"), ("-1.5", "-1.500")] {
            #expect(try await server.get("/api/v1/query?query=time()&time=\(asked)").text.contains("[\(told),"))
        }
    }

    @Test func rangeQueriesAnswerAMatrix() async throws {
        let server = try TestServer(series: measuredSeries())
        let body = "query=\(escaped("rate(requests_total[1m])"))&start=1772712120&end=1772712180.5&step=30s"
        let answer = try await server.send("POST", "/api/v1/query_range", body, headers: [("Content-Type", "application/x-www-form-urlencoded")])
        #expect(
            answer.text
                == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"model":"o3"},"values":[[1772712120,"0.5"],[1772712150,"0.5"],[1772712180,"0.5"]]}]}}"#)
        let scalar = try await server.get("/api/v1/query_range?query=7&start=0&end=1&step=0.5")
        #expect(scalar.text == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"7"],[0.500,"7"],[1,"7"]]}]}}"#)
    }

    @Test func lookBackCanBeAskedFor() async throws {
        let server = try TestServer(series: measuredSeries())
        func count(_ parameters: String) async throws -> Int? {
            try await server.get("/api/v1/query?query=odd&time=1772712200" + parameters).json().at("data", "result")?.elements?.count
        }
        #expect(try await count("") == 5)
        #expect(try await count("&lookback_delta=1m") == 0)
        #expect(try await server.get("/api/v1/query?query=odd&lookback_delta=0").status == 400)
    }

    @Test func aLimitCutsAndSaysSo() async throws {
        let server = try TestServer(series: measuredSeries())
        let answer = try await server.get("/api/v1/query?query=odd&time=1772712000&limit=2").json()
        #expect(answer.at("data", "result")?.elements?.count == 2)
        #expect(try answer.at("warnings") == .parsed(#"["results truncated due to limit"]"#))
        #expect(try await server.get("/api/v1/query?query=odd&time=1772712000&limit=5").json().at("warnings") == nil)
    }

    @Test func statisticsAreThereWhenAskedFor() async throws {
        let server = try TestServer(series: measuredSeries())
        let answer = try await server.get("/api/v1/query?query=odd&time=1772712000&stats=all").json()
        #expect(answer.at("data")?.names == ["resultType", "result", "stats"])
        #expect(answer.at("data", "stats", "samples", "totalQueryableSamples")?.integer == 5)
        #expect(answer.at("data", "stats", "timings")?.names.contains("evalTotalTime") == true)
    }

    @Test func notesSayWhereInTheQuery() async throws {
        let server = try TestServer(series: measuredSeries())
        let answer = try await server.get("/api/v1/query?time=1772712000&query=\(escaped("1 +\n rate(level[5m])"))").json()
        #expect(answer.at("infos")?.elements?.count == 1)
        #expect(answer.at("infos", "0")?.string?.hasPrefix("PromQL info: metric might not be a counter") == true)
        #expect(answer.at("infos", "0")?.string?.hasSuffix("(2:7)") == true)
    }

    @Test func errorsOfTheEvaluationHaveTheirTypes() async throws {
        let server = try TestServer(series: measuredSeries())
        for (query, told) in [("odd + on() requests_total", "422 execution"), ("rate(odd)", "400 bad_data"), ("{", "400 bad_data")] {
            let answer = try await server.get("/api/v1/query?time=1772712000&query=\(escaped(query))")
            #expect("\(answer.status) \(try answer.json().at("errorType")?.string ?? "")" == told)
        }
        #expect(try await server.get("/api/v1/query?query=\(escaped("1 +\n sum("))").json().at("error")?.string?.hasPrefix("invalid parameter \"query\": 2:") == true)
        #expect(try await server.get("/api/v1/query?query=\(escaped("odd"))&timeout=0.000000001&time=1772712000").status == 503)
    }

    @Test func queriesAreFormattedAndTakenApart() async throws {
        let server = try TestServer()
        #expect(try await server.get("/api/v1/format_query?query=\(escaped("foo/bar"))").text == #"{"status":"success","data":"foo / bar"}"#)
        #expect(try await server.get("/api/v1/parse_query?query=foo").json().at("data", "type")?.string == "vectorSelector")
        #expect(try await server.get("/api/v1/format_query?query=foo/").status == 400)
    }

    // MARK: Long answers

    @Test func aStreamedAnswerIsTheSameBytesAsAWholeOne() throws {
        var series: [AnswerSeries] = []
        for number in 0..<40 {
            var points = SampleColumns()
            for index in 0..<3_000 where index % (number + 2) != 1 { points.append(noon + Int64(index) * 1_000, Double(index * number) / 7) }
            series.append(AnswerSeries(labels: SeriesLabels([SeriesLabel("n", "\(number)")]), points: points))
        }
        let answer = QueryAnswer(value: .matrix(series), time: noon, notes: QueryNotes(), statistics: QueryStatistics())
        let body = QueryAnswerBody(answer, query: "", limit: nil, hasStatistics: true)
        var whole = QueryAnswerPieces(body)
        let expected = whole.next(bytesMin: .max) ?? []
        let rest = whole.next(bytesMin: .max)
        #expect(rest == nil)
        for bytesMin in [1, 1_000, QueryAnswerBody.pieceBytesMin] {
            var pieces = QueryAnswerPieces(body)
            var joined: [UInt8] = []
            while let piece = pieces.next(bytesMin: bytesMin) { joined += piece }
            #expect(joined == expected)
        }
        let parsed = try JSONValue.parse(String(decoding: expected, as: UTF8.self))
        #expect(parsed.at("data", "result")?.elements?.count == 40)
        #expect(parsed.at("data", "stats") != nil)
        guard case .stream = body.response(acceptsGzip: false).body else { throw Unexpected("an answer of megabytes is not streamed") }
    }

    @Test func aStreamedAnswerArrivesWhole() async throws {
        var series = SeriesDouble()
        for number in 0..<120 {
            var samples = SampleColumns()
            for index in 0..<1_000 { samples.append(noon + Int64(index) * 1_000, Double(index * number) / 3) }
            series.add(["__name__": "wide", "n": "\(number)"], samples)
        }
        let server = try TestServer(series: series)
        try await withLiveServer(server) { port in
            let target = "/api/v1/query_range?query=wide&start=1772712000&end=1772712999&step=1"
            let (head, body) = await fetch(target, port: port)
            #expect(head.hasPrefix("HTTP/1.1 200") || head.hasPrefix("HTTP/1.0 200"))
            let parsed = try JSONValue.parse(body)
            #expect(parsed.at("data", "result")?.elements?.count == 120)
        }
    }
}
