import ByteCoding
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

/// 2026-03-05T12:34:56.789Z, a Thursday.
private let now = Timestamp(microseconds: 1_772_714_096_789_000)
/// 2026-03-05T00:00Z
private let midnight: Int64 = 1_772_668_800_000_000
private let day = Timestamp.microsecondsPerDay

private func filter(_ query: String) throws -> Filter {
    let translator = ElasticQuery(
        dates: { ElasticDate.span(of: $0, now: now, zone: $1) }, ids: { .matches(.documentID, [TextPattern(exactly: $0)]) })
    return try translator.filter(try JSONValue.parse(query))
}

private func equal(_ field: RequestField, _ text: String) -> Filter { .matches(field, [TextPattern(exactly: text)]) }

private let least = Int64.min + 1
private let ok = Filter.range(.status, 200...200)
private let openai = equal(.provider, "openai")

struct ElasticQueryTests {
    static let kinds: [NamedCase<Filter>] = [
        NamedCase(#"{"match_all":{}}"#, .all),
        NamedCase(#"{"match_all":{"boost":1.2}}"#, .all),
        NamedCase(#"{"match_none":{}}"#, .or([])),
        NamedCase(#"{"term":{"provider":"openai"}}"#, openai),
        NamedCase(#"{"term":{"provider.keyword":{"value":"openai","boost":2}}}"#, openai),
        NamedCase(#"{"term":{"attributes.provider.keyword":"openai"}}"#, openai),
        NamedCase(#"{"match":{"gen_ai.provider.name":"openai"}}"#, openai),
        NamedCase(#"{"match":{"provider":{"query":"openai"}}}"#, openai),
        NamedCase(#"{"match_phrase":{"provider":{"query":"openai"}}}"#, openai),
        NamedCase(#"{"term":{"status":200}}"#, ok),
        NamedCase(#"{"term":{"status":"200"}}"#, ok),
        NamedCase(#"{"term":{"response.status":200.0}}"#, ok),
        NamedCase(#"{"term":{"status":200.5}}"#, .or([])),
        NamedCase(#"{"term":{"stream":true}}"#, .range(.stream, 1...1)),
        NamedCase(#"{"term":{"llm_summary.stream":"false"}}"#, .range(.stream, 0...0)),
        NamedCase(#"{"term":{"model":42}}"#, equal(.model, "42")),
        NamedCase(#"{"term":{"_id":"a-1"}}"#, equal(.documentID, "a-1")),
        NamedCase(#"{"term":{"_index":"logs"}}"#, equal(.index, "logs")),
        NamedCase(#"{"terms":{"status":[200,429],"boost":1}}"#, .or([ok, .range(.status, 429...429)])),
        NamedCase(#"{"terms":{"provider":[]}}"#, .or([])),
        NamedCase(#"{"exists":{"field":"error_type"}}"#, .exists(.errorType)),
        NamedCase(#"{"prefix":{"model":"gpt-*"}}"#, .matches(.model, [TextPattern(pieces: ["gpt-*", ""])])),
        NamedCase(#"{"prefix":{"model":{"value":"gpt"}}}"#, .matches(.model, [TextPattern(pieces: ["gpt", ""])])),
        NamedCase(#"{"wildcard":{"model":"gpt-*-mini"}}"#, .matches(.model, [TextPattern(pieces: ["gpt-", "-mini"])])),
        NamedCase(#"{"wildcard":{"model":{"wildcard":"*"}}}"#, .matches(.model, [TextPattern(pieces: ["", ""])])),
        NamedCase(#"{"ids":{"values":["a","b"]}}"#, .or([equal(.documentID, "a"), equal(.documentID, "b")])),
        NamedCase(#"{"constant_score":{"filter":{"term":{"status":200}},"boost":3}}"#, ok),
    ]

    @Test(arguments: kinds) func queryBecomesFilter(_ expected: NamedCase<Filter>) throws {
        #expect(try filter(expected.name) == expected.value)
    }

    static let ranges: [NamedCase<Filter>] = [
        NamedCase(#"{"range":{"status":{"gte":500,"lt":600}}}"#, .range(.status, 500...599)),
        NamedCase(#"{"range":{"status":{"gt":499,"lte":599}}}"#, .range(.status, 500...599)),
        NamedCase(#"{"range":{"status":{"from":"500","to":599,"include_lower":true,"boost":2}}}"#, .range(.status, 500...599)),
        NamedCase(#"{"range":{"status":{"gte":499.5,"lte":599.5}}}"#, .range(.status, 500...599)),
        NamedCase(#"{"range":{"status":{"gt":499.5,"lt":599.5}}}"#, .range(.status, 500...599)),
        NamedCase(#"{"range":{"status":{"gte":null,"lt":500}}}"#, .range(.status, least...499)),
        NamedCase(#"{"range":{"status":{}}}"#, .range(.status, least...Int64.max)),
        NamedCase(#"{"range":{"status":{"gte":600,"lt":500}}}"#, .or([])),
        NamedCase(#"{"range":{"input_tokens":{"lte":1e30}}}"#, .range(.inputTokens, least...9_000_000_000_000_000_000)),
        NamedCase(#"{"range":{"input_tokens":{"gte":-1e30}}}"#, .range(.inputTokens, -9_000_000_000_000_000_000...Int64.max)),
        // Our names hold seconds and dollars, the paths of source documents milliseconds and dollars.
        NamedCase(#"{"range":{"duration":{"gte":2}}}"#, .range(.duration, 2_000_000...Int64.max)),
        NamedCase(#"{"range":{"gatewatch.duration":{"gte":2}}}"#, .range(.duration, 2_000_000...Int64.max)),
        NamedCase(#"{"range":{"latency":{"gte":2000}}}"#, .range(.duration, 2_000_000...Int64.max)),
        NamedCase(#"{"range":{"attributes.metadata.latency":{"gte":2000.5}}}"#, .range(.duration, 2_000_500...Int64.max)),
        NamedCase(#"{"range":{"attributes.metadata.ttfb":{"lt":10}}}"#, .range(.upstreamTimeToFirstByte, least...9_999)),
        NamedCase(#"{"range":{"llm_summary.duration":{"lt":10}}}"#, .range(.timeToFirstToken, least...9_999)),
        NamedCase(#"{"range":{"ttft":{"lt":0.01}}}"#, .range(.timeToFirstToken, least...9_999)),
        NamedCase(#"{"range":{"cost":{"gt":0.5}}}"#, .range(.cost, 500_000_001...Int64.max)),
        NamedCase(#"{"range":{"attributes.metadata.cost":{"gt":0.5}}}"#, .range(.costReported, 500_000_001...Int64.max)),
    ]

    @Test(arguments: ranges) func rangeIsOfInsideUnits(_ expected: NamedCase<Filter>) throws {
        #expect(try filter(expected.name) == expected.value)
    }

    static let dates: [NamedCase<Filter>] = [
        NamedCase(#"{"range":{"@timestamp":{"gte":"2026-03-05","lte":"2026-03-05"}}}"#, .range(.time, midnight...midnight + day - 1)),
        NamedCase(#"{"range":{"timestamp":{"gt":"2026-03-04","lt":"2026-03-06"}}}"#, .range(.time, midnight...midnight + day - 1)),
        NamedCase(#"{"range":{"timestamp":{"gte":"now/d","lte":"now/d"}}}"#, .range(.time, midnight...midnight + day - 1)),
        NamedCase(#"{"range":{"timestamp":{"gt":"now-1d/d","lt":"now+1d/d"}}}"#, .range(.time, midnight...midnight + day - 1)),
        NamedCase(#"{"range":{"timestamp":{"gte":"now-15m","lte":"now"}}}"#, .range(.time, now.microseconds - 900_000_000...now.microseconds)),
        NamedCase(#"{"range":{"timestamp":{"gte":"2026-03-04||+1d","lt":"2026-03-05||+1d/d"}}}"#, .range(.time, midnight...midnight + day - 1)),
        NamedCase(#"{"range":{"timestamp":{"gte":1772668800000,"lte":1772668800000,"format":"epoch_millis"}}}"#, .range(.time, midnight...midnight + 999)),
        NamedCase(#"{"range":{"timestamp":{"gt":"1772668800000"}}}"#, .range(.time, midnight + 1_000...Int64.max)),
        NamedCase(#"{"range":{"timestamp":{"gte":"2026-03-05T01:00","time_zone":"+01:00"}}}"#, .range(.time, midnight...Int64.max)),
        NamedCase(#"{"range":{"timestamp":{"gte":"2026-03-05","lte":"2026-03-05","time_zone":"Europe/Berlin"}}}"#, .range(.time, midnight - day / 24...midnight + day - day / 24 - 1)),
        NamedCase(#"{"range":{"timestamp":{"gte":"2026-03-05T00:00Z","time_zone":"Europe/Berlin"}}}"#, .range(.time, midnight...Int64.max)),
        NamedCase(#"{"term":{"timestamp":"2026-03-05T00:00:00.000123999+00:00"}}"#, .range(.time, midnight + 123...midnight + 123)),
        NamedCase(#"{"range":{"start_time":{"gte":1772668800000}}}"#, .range(.start, midnight...Int64.max)),
    ]

    @Test(arguments: dates) func dateIsASpanOfInstants(_ expected: NamedCase<Filter>) throws {
        #expect(try filter(expected.name) == expected.value)
    }

    static let unknownFields = [
        #"{"term":{"nobody.knows":1}}"#, #"{"terms":{"nobody.knows":[1,2]}}"#, #"{"range":{"nobody.knows":{"gte":1}}}"#, #"{"exists":{"field":"nobody.knows"}}"#,
        #"{"prefix":{"nobody.knows":"a"}}"#, #"{"wildcard":{"nobody.knows":"a*"}}"#, #"{"match":{"nobody.knows":"a"}}"#,
    ]

    @Test(arguments: unknownFields) func unknownFieldMatchesNothing(_ query: String) throws {
        let filter = try filter(query)
        #expect(filter == .or([]) || filter == .or([.or([]), .or([])]))
    }

    static let bools: [NamedCase<Filter>] = [
        NamedCase(#"{"bool":{}}"#, .and([])),
        NamedCase(#"{"bool":{"must":{"term":{"status":200}}}}"#, .and([ok])),
        NamedCase(#"{"bool":{"must":[{"term":{"status":200}}],"filter":[{"term":{"provider":"openai"}}]}}"#, .and([ok, openai])),
        NamedCase(#"{"bool":{"must_not":[{"term":{"status":200}},{"term":{"provider":"openai"}}]}}"#, .and([.not(ok), .not(openai)])),
        NamedCase(#"{"bool":{"should":[{"term":{"status":200}},{"term":{"provider":"openai"}}]}}"#, .and([.or([ok, openai])])),
        NamedCase(#"{"bool":{"should":[{"term":{"status":200}}],"filter":{"term":{"provider":"openai"}}}}"#, .and([openai])),
        NamedCase(#"{"bool":{"should":[{"term":{"status":200}}],"must_not":{"term":{"provider":"openai"}}}}"#, .and([.not(openai), .or([ok])])),
        NamedCase(
            #"{"bool":{"should":[{"term":{"status":200}}],"filter":{"term":{"provider":"openai"}},"minimum_should_match":1}}"#, .and([openai, .or([ok])])),
        NamedCase(#"{"bool":{"should":[{"term":{"status":200}},{"term":{"provider":"openai"}}],"minimum_should_match":"2"}}"#, .and([ok, openai])),
        NamedCase(#"{"bool":{"should":[{"term":{"status":200}}],"minimum_should_match":0,"boost":1,"adjust_pure_negative":true}}"#, .and([])),
    ]

    @Test(arguments: bools) func boolJoinsItsClauses(_ expected: NamedCase<Filter>) throws {
        #expect(try filter(expected.name) == expected.value)
    }

    /// What is refused, and a word of the reason.
    static let refused: [NamedCase<(type: String, word: String)>] = [
        NamedCase("[]", ("parsing_exception", "expected START_OBJECT")),
        NamedCase("{}", ("illegal_argument_exception", "empty clause")),
        NamedCase(#"{"match_all":{},"term":{"status":200}}"#, ("parsing_exception", "END_OBJECT")),
        NamedCase(#"{"fuzzy":{"model":"gpt"}}"#, ("illegal_argument_exception", "[fuzzy] is not supported")),
        NamedCase(#"{"query_string":{"query":"a"}}"#, ("illegal_argument_exception", "[query_string] is not supported")),
        NamedCase(#"{"script":{}}"#, ("illegal_argument_exception", "[script] is not supported")),
        NamedCase(#"{"term":"status"}"#, ("parsing_exception", "no start_object")),
        NamedCase(#"{"term":{}}"#, ("parsing_exception", "no start_object")),
        NamedCase(#"{"term":{"status":1,"provider":"a"}}"#, ("parsing_exception", "multiple fields")),
        NamedCase(#"{"term":{"status":{"boost":1}}}"#, ("parsing_exception", "requires a value")),
        NamedCase(#"{"term":{"status":"fine"}}"#, ("number_format_exception", "\"fine\"")),
        NamedCase(#"{"term":{"provider":[1]}}"#, ("illegal_argument_exception", "array")),
        NamedCase(#"{"term":{"timestamp":"yesterday"}}"#, ("parse_exception", "yesterday")),
        NamedCase(#"{"term":{"timestamp":{"value":true}}}"#, ("parse_exception", "failed to parse date")),
        NamedCase(#"{"terms":{"status":200}}"#, ("parsing_exception", "array of values")),
        NamedCase(#"{"terms":{"status":[1],"provider":["a"]}}"#, ("parsing_exception", "one field")),
        NamedCase(#"{"range":{"status":5}}"#, ("parsing_exception", "malformed")),
        NamedCase(#"{"range":{"status":{"above":5}}}"#, ("parsing_exception", "[above]")),
        NamedCase(#"{"range":{"provider":{"gte":"a"}}}"#, ("illegal_argument_exception", "keyword field [provider]")),
        NamedCase(#"{"range":{"timestamp":{"gte":1,"format":"epoch_second"}}}"#, ("illegal_argument_exception", "epoch_second")),
        NamedCase(#"{"range":{"timestamp":{"gte":"2026-03-05","time_zone":"Mars/Olympus"}}}"#, ("illegal_argument_exception", "Mars/Olympus")),
        NamedCase(#"{"range":{"status":{"from":5,"include_lower":false}}}"#, ("illegal_argument_exception", "include_lower")),
        NamedCase(#"{"exists":{}}"#, ("parsing_exception", "[field]")),
        NamedCase(#"{"prefix":{"model":7}}"#, ("parsing_exception", "requires a string")),
        NamedCase(#"{"wildcard":{"status":"2*"}}"#, ("illegal_argument_exception", "numeric field")),
        NamedCase(#"{"wildcard":{"model":"gpt-?"}}"#, ("illegal_argument_exception", "'?'")),
        NamedCase(#"{"ids":{}}"#, ("parsing_exception", "'values'")),
        NamedCase(#"{"bool":[]}"#, ("parsing_exception", "malformed")),
        NamedCase(#"{"bool":{"shall":[]}}"#, ("parsing_exception", "[shall]")),
        NamedCase(#"{"bool":{"must":["status"]}}"#, ("parsing_exception", "found a string")),
        NamedCase(#"{"bool":{"should":[{"match_all":{}}],"minimum_should_match":"75%"}}"#, ("illegal_argument_exception", "minimum_should_match")),
        NamedCase(#"{"bool":{"should":[{"match_all":{}}],"minimum_should_match":-1}}"#, ("illegal_argument_exception", "minimum_should_match")),
        NamedCase(
            #"{"bool":{"should":[{"match_all":{}},{"match_all":{}},{"match_all":{}}],"minimum_should_match":2}}"#,
            ("illegal_argument_exception", "minimum_should_match")),
        NamedCase(#"{"constant_score":{}}"#, ("parsing_exception", "'filter'")),
    ]

    @Test(arguments: refused) func malformedOrUnservedQueryIsRefusedByName(_ expected: NamedCase<(type: String, word: String)>) throws {
        let error = try #require(throws: ElasticError.self) { try filter(expected.name) }
        #expect(error.status == .badRequest)
        #expect(error.type == expected.value.type)
        #expect(error.reason.contains(expected.value.word), "\(error.reason)")
    }

    @Test func nestingEndsWhereElasticsearchEndsIt() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"bool":{"must":["#, count: depth) + #"{"match_all":{}}"# + String(repeating: "]}}", count: depth)
        }
        _ = try filter(nested(ElasticQuery.depthMax - 1))
        let error = try #require(throws: ElasticError.self) { try filter(nested(ElasticQuery.depthMax)) }
        #expect(error.reason.contains("[30]"))
    }
}
