import GatewayModel
import RequestQuery
import Testing

@testable import Dashboards

/// Single questions and what they become.
struct TranslationTests {
    private func translate(_ measure: String, by: [String] = [], where filter: String = "", variables: [(String, String)] = []) throws -> String {
        var subject = PromQLTranslator.Subject(window: "[5m]")
        subject.by = by.compactMap { RequestField(named: $0) }
        subject.filter = try QueryFilter(filter).filter
        subject.variables = variables.compactMap { name, field in RequestField(named: field).map { (name, $0) } }
        return try PromQLTranslator().translate(QueryMeasure(measure).function, subject).expr
    }

    @Test func filtersBecomeMatchers() throws {
        #expect(
            try translate("count", by: ["provider"], where: "provider: (openai or \"a.b\") and model: gpt-*")
                == "sum by (provider) (increase(model_inference_requests_total{provider=~\"openai|a\\\\.b\",model=~\"gpt-.*\"}[5m]))")
        let both = try translate("count", where: "status: 5xx or error_type: timeout")
        #expect(
            both
                == "sum(increase(gatewatch_requests_total{status_code=~\"5..\"}[5m]) or increase(gatewatch_requests_total{error_type=\"timeout\"}[5m]))")
        #expect(try translate("rate", where: "not (provider: openai or model: *)").hasSuffix("{provider!=\"openai\",model=\"\"}[5m]))"))
        #expect(try translate("count", where: "error_type: * and not error_type: client_closed") == "sum(increase(llm_gateway_llm_gateway_errors_total{error_type!=\"client_closed\"}[5m]))")
    }

    @Test func measuresBecomeFunctionsOfFamilies() throws {
        #expect(
            try translate("p95(duration)", by: ["provider"]) == "histogram_quantile(0.95, sum by (le, provider) (rate(provider_response_time_seconds_bucket[5m])))")
        #expect(try translate("p99.9(ttft)", where: "stream: true") == "histogram_quantile(0.999, sum by (le) (rate(gatewatch_ttft_seconds_bucket[5m])))")
        #expect(try translate("sum(input_tokens)") == "sum(increase(gatewatch_tokens_total{type=\"input\"}[5m]))")
        #expect(try translate("distinct(client)").hasPrefix("count(sum by (client) (increase(gatewatch_client_requests_total{client!=\"\"}[5m])) > 0)"))
        #expect(
            try translate("ratio(error_type: *)", by: ["client"])
                == "(sum by (client) (increase(gatewatch_client_requests_total{status=\"error\"}[5m])) or sum by (client) (increase(gatewatch_client_requests_total[5m])) * 0)"
                + " / (sum by (client) (increase(gatewatch_client_requests_total[5m])) > 0)")
    }

    @Test func classesOfTheStatusAreMadeOfIt() throws {
        #expect(
            try translate("count", by: ["status_class"])
                == "sum by (status_class) (label_replace(increase(gatewatch_requests_total[5m]), \"status_class\", \"${1}xx\", \"status_code\", \"([1-5])..\"))")
    }

    @Test func thePageNarrows() throws {
        #expect(try translate("count", where: "error_type: timeout", variables: [("provider", "provider")]).contains("{error_type=\"timeout\",provider=~\"$provider\"}"))
    }

    /// A label that does not tell what the field tells is not asked, and neither is a family that lacks one.
    @Test(arguments: [
        ("count", ["environment"], ""), ("count", ["finish_reason"], ""), ("max(duration)", [], ""), ("count", [], "stream: false"), ("count", [], "duration > 2s"), ("p95(duration)", ["client"], ""),
        ("avg(cost)", [], ""), ("count", ["stream"], ""), ("count", [], "request_id: x"),
    ]) func whatCannotBeSaidIsRefused(_ measure: String, _ by: [String], _ filter: String) throws {
        #expect(throws: TranslationGap.self) { try translate(measure, by: by, where: filter) }
    }

    @Test func rangesOfNumbersBecomePatterns() throws {
        var ranges: [ClosedRange<Int64>] = [500...Int64.max, 400...499, 0...399, (Int64.min + 1)...299, 429...429, 0...0, 99...101, 7...812]
        for low in stride(from: Int64(0), through: 990, by: 71) { for high in stride(from: low, through: 999, by: 67) { ranges.append(low...high) } }
        for range in ranges {
            let pattern = try Regex("^(?:\(try #require(NumberPattern.of(range))))$")
            for number in [0, 1, 5, 9, 10, 11, 42, 99, 100, 101, 199, 200, 299, 300, 399, 400, 404, 429, 430, 499, 500, 503, 599, 600, 812, 813, 999, 1_000, 12_345] + Array(stride(from: 0, to: 1_000, by: 13)) {
                #expect(("\(number)".wholeMatch(of: pattern) != nil) == range.contains(Int64(number)), "\(number) in \(range): \(pattern)")
            }
        }
        #expect(NumberPattern.of(1_000...2_000) == nil && NumberPattern.of(0...5_000) == nil)
    }
}
