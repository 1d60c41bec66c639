import ByteCoding
import GatewayModel
import Ingest
import Testing

@testable import WebAPI

struct MetricsTests {
    @Test func pageIsStrictPrometheusText() async throws {
        let server = try TestServer()
        let empty = try await server.get("/metrics")
        #expect(empty.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(PrometheusChecker(empty.text).faults == [])

        try await server.store([Documents.call(at: 0), Documents.call(at: 1)])
        _ = try await server.send("POST", "/ingest/apisix", #"[{"a":1},{"request":{"size":"many"},"response":{"status":200},"start_time":1772712000000,"latency":5}]"#)
        _ = try await server.send("PUT", "/gateway/_create/1", Documents.call(at: 0))
        _ = try await server.send("POST", "/api/v1/requests/query", "{}")
        let page = PrometheusChecker(try await server.get("/metrics").text)
        #expect(page.faults == [])
        let expected: [String: Double] = [
            #"gatewatch_ingest_events_total{source="elasticsearch"}"#: 3, #"gatewatch_ingest_stored_total{source="elasticsearch"}"#: 2,
            #"gatewatch_ingest_conflicts_total{source="elasticsearch"}"#: 1, #"gatewatch_ingest_events_total{source="apisix"}"#: 2,
            #"gatewatch_ingest_stored_total{source="apisix"}"#: 1, #"gatewatch_ingest_rejected_total{source="apisix",reason="unknown_shape"}"#: 1,
            #"gatewatch_ingest_field_rejected_total{source="apisix",field="request_size"}"#: 1, "gatewatch_store_records": 3, "gatewatch_store_writable": 1,
            "gatewatch_store_retention_seconds": 20_000 * 86_400, "gatewatch_query_duration_seconds_count": 1, #"gatewatch_build_info{version="0.0.1"}"#: 1,
            "gatewatch_start_time_seconds": 1_772_712_000,
        ]
        for (series, value) in expected { #expect(page.values[series] == value, "\(series)") }
    }

    @Test func everyDoorAndReasonIsThereFromTheStart() async throws {
        let page = PrometheusChecker(try await TestServer().get("/metrics").text)
        for door in IngestDoor.allCases {
            for code in RejectionCode.allCases {
                #expect(page.values[#"gatewatch_ingest_rejected_total{source="\#(door.name)",reason="\#(code.name)"}"#] == 0)
            }
        }
    }

    @Test func failedAndRefusedQueriesAreCounted() async throws {
        let server = try TestServer()
        _ = try await server.send("POST", "/api/v1/requests/query", #"{"from":"2020-01-01","to":"2026-01-01","every":"1s"}"#)
        let page = PrometheusChecker(try await server.get("/metrics").text)
        #expect(page.values["gatewatch_query_failed_total"] == 1)
        #expect(page.values["gatewatch_query_duration_seconds_count"] == 1)
    }

    /// Values and their texts.
    static let numbers: [NamedCase<Double>] = [
        NamedCase("0", 0), NamedCase("1", 1), NamedCase("-3", -3), NamedCase("0.5", 0.5), NamedCase("1e+16", 1e16), NamedCase("1e-07", 1e-7), NamedCase("NaN", .nan),
        NamedCase("+Inf", .infinity), NamedCase("-Inf", -.infinity),
    ]

    @Test(arguments: numbers) func numbersAreWrittenAsPrometheusReadsThem(_ expected: NamedCase<Double>) {
        var text = PrometheusText()
        text.family("a", .gauge, "A.", expected.value)
        let page = String(decoding: text.writer.finish(), as: UTF8.self)
        #expect(page == "# HELP a A.\n# TYPE a gauge\na \(expected.name)\n")
        #expect(PrometheusChecker(page).faults == [])
    }

    @Test func labelsAndHelpAreEscaped() {
        var text = PrometheusText()
        text.family("a_total", .counter, "Line\nand \\ and \".", [([("x", "a\"b\\c\nd"), ("y", "ä")], 1)])
        let page = String(decoding: text.writer.finish(), as: UTF8.self)
        #expect(page == "# HELP a_total Line\\nand \\\\ and \".\n# TYPE a_total counter\na_total{x=\"a\\\"b\\\\c\\nd\",y=\"ä\"} 1\n")
        #expect(PrometheusChecker(page).faults == [])
    }

    /// Pages with one fault each: the checker itself must see it.
    static let faulty = [
        "a 1", "a 1\n", "# HELP a A.\n# TYPE a gauge\na 1\na 2\n", "# HELP a A.\n# TYPE a gauge\nb 1\n", "# HELP a A.\n# TYPE a gauge\n# HELP a A.\na 1\n",
        "# HELP a A.\n# TYPE a counter\na 1\n", "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n", "# HELP a A.\n# TYPE a gauge\na{x=\"\"\"} 1\n",
        "# HELP a A.\n# TYPE a gauge\na one\n", "# HELP a_sum A.\n# TYPE a_sum gauge\na_sum 1\n", "# HELP a A.\n# TYPE b gauge\nb 1\n", "# HELP a A.\n# TYPE a gauge\n\na 1\n",
    ]

    @Test(arguments: faulty) func checkerSeesFaults(_ page: String) { #expect(!PrometheusChecker(page).faults.isEmpty) }
}
