import GatewayModel
@testable import RequestMetrics
import RequestQuery
import Testing

struct FamilyFileTests {
    @Test func familiesOfOperatorsAreRead() throws {
        let text = """
            families:
              - name: batch_requests_total
                help: Requests of nightly jobs.
                where: "client: batch-*"
                labels: {model: model, tier: {field: team, absent: none, known: [gold, none]}}
              - name: batch_duration_seconds
                unit: seconds
                histogram: duration
                buckets: [0.5, 1, 30]
              - name: batch_tokens_total
                sum: output_tokens
              - name: ttft
                histogram: ttft
            """
        let families = try FamilyFile.parse(text)
        #expect(families.map(\.name) == ["batch_requests_total", "batch_duration_seconds", "batch_tokens_total", "ttft"])
        #expect(families.map(\.kind) == [.counter, .histogram, .counter, .histogram])
        #expect(families[0].labels == [FamilyLabel("model", .model), FamilyLabel("tier", .team, absent: "none", known: ["gold", "none"])])
        #expect(families[0].variants[0].filter.text == "client: batch-*")
        #expect(families[1].variants[0].measure == .histogram(.duration, try #require(ValueLimits([500_000, 1_000_000, 30_000_000]))))
        #expect(families[3].variants[0].measure == .histogram(.timeToFirstToken, .firstToken))
    }

    /// What is refused, and where.
    static let refused: [(text: String, line: Int, column: Int, words: String)] = [
        ("families: 5", 1, 11, "is a list"), ("family: []", 1, 1, "has no 'family'"), ("families:\n  - help: x", 2, 5, "needs a name"),
        ("families:\n  - name: 5x_total", 2, 11, "no metric name"), ("families:\n  - {name: a_total}\n  - {name: a_total}", 3, 12, "already"),
        ("families:\n  - {name: taken_total}", 2, 12, "already"), ("families:\n  - {name: a}", 2, 12, "ends in _total"),
        ("families:\n  - name: a_total\n    where: 'modle: x'", 3, 12, "modle"), ("families:\n  - name: a_total\n    sum: model", 3, 10, "no field with numbers"),
        ("families:\n  - name: a_total\n    labels: {x: cost}", 3, 17, "no field to tell apart"), ("families:\n  - name: a_total\n    labels: {le: model}", 3, 14, "no name for a label"),
        ("families:\n  - {name: a, histogram: duration, buckets: [2, 1]}", 2, 45, "ascending"), ("families:\n  - {name: a_total, buckets: [1]}", 2, 30, "belong to a 'histogram'"),
        ("families:\n  - {name: a, histogram: cost}", 2, 26, "needs 'buckets'"), ("families:\n  - {name: a, histogram: cost, sum: cost}", 2, 37, "not both"),
        ("families: [", 2, 1, "node content"), ("families:\n  - {name: a_total, colour: red}", 2, 21, "has no 'colour'"),
    ]

    @Test(arguments: refused.indices) func faultsAreToldWithTheirPlace(_ index: Int) throws {
        let (text, line, column, words) = Self.refused[index]
        let error = #expect(throws: FamilyFileError.self) { try FamilyFile.parse(text, taken: ["taken_total"]) }
        #expect(error?.line == line && error?.column == column && error?.message.contains(words) == true, "\(error?.description ?? "no error")")
    }

    @Test func shippedFamiliesHaveTheirNamesOnce() {
        let names = MetricFamily.shipped.map(\.name)
        #expect(Set(names).count == names.count)
        for name in Self.promised { #expect(names.contains(name), "\(name)") }
        for family in MetricFamily.shipped {
            #expect(family.kind != .counter || family.name.hasSuffix("_total"), "\(family.name)")
            #expect(family.unit.isEmpty || family.name.hasSuffix("_" + family.unit), "\(family.name)")
            #expect(family.labels.count <= ColumnQuery.fieldsMax)
        }
        let table = FamilyTable(MetricFamily.shipped)
        #expect(table.cubes.count < table.strands.count)
    }

    static let promised =
        [
            "requests_total", "request_duration_seconds", "tokens_total", "active_requests", "provider_health", "errors_total", "circuit_breaker_state",
            "rate_limit_hits_total", "cache_operations_total", "ttft_seconds", "tokens_per_second",
        ].map { "llm_gateway_llm_gateway_" + $0 } + [
            "provider_availability", "provider_error_rate", "provider_response_time_seconds", "gatewayz_provider_health_score", "gatewayz_cost_by_provider",
            "gatewayz_token_efficiency", "tokens_used_total", "credits_used_total", "model_inference_requests_total", "model_inference_duration_seconds", "active_api_keys",
            "subscription_count", "trial_active", "cache_hits_total", "gen_ai_client_token_usage", "gen_ai_client_operation_duration_seconds",
            "gen_ai_server_request_duration_seconds", "gen_ai_server_time_to_first_token_seconds",
        ]

    @Test func limitsAreWrittenAsPrometheusWritesThem() {
        let texts: [(Double, String)] = [
            (0.05, "0.05"), (1, "1.0"), (300, "300.0"), (2.5, "2.5"), (262_144, "262144.0"), (1_048_576, "1.048576e+06"), (67_108_864, "6.7108864e+07"), (1e-5, "1e-05"),
            (.infinity, "+Inf"), (1e21, "1e+21"), (0, "0.0"), (1e6, "1e+06"), (123_456_789.5, "1.234567895e+08"),
        ]
        for (value, text) in texts { #expect(GoNumber.canonical(value) == text) }
    }
}
