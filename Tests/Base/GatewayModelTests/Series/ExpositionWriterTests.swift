import GatewayModel
import Testing

struct ExpositionWriterTests {
    private func text(_ format: ExpositionFormat, _ body: (inout ExpositionWriter) -> Void) -> String {
        var writer = ExpositionWriter(format)
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    private func requests(_ writer: inout ExpositionWriter) {
        writer.family("http_requests_total", .counter, help: "Requests \\ \"served\"\nso far.")
        let exemplar = Exemplar(SeriesLabels([SeriesLabel("trace_id", "a\"b")]), value: 0.5, time: 1_520_879_607_089)
        writer.sample([SeriesLabel("__name__", "left out"), SeriesLabel("path", "/a\"\\\n")], 1_027, time: 1_395_066_363_010, exemplar: exemplar)
    }

    @Test func textFormat() {
        #expect(
            text(.text, requests) == """
                # HELP http_requests_total Requests \\\\ "served"\\nso far.
                # TYPE http_requests_total counter
                http_requests_total{path="/a\\"\\\\\\n"} 1027 1395066363010

                """)
    }

    @Test func openMetricsFormat() {
        #expect(
            text(.openMetrics, requests) == """
                # HELP http_requests Requests \\\\ \\"served\\"\\nso far.
                # TYPE http_requests counter
                http_requests_total{path="/a\\"\\\\\\n"} 1027 1395066363.010 # {trace_id="a\\"b"} 0.5 1520879607.089
                # EOF

                """)
    }

    @Test func histogramsHaveBucketsSumAndCount() {
        let written = text(.openMetrics) {
            $0.family("latency_seconds", .histogram, help: "", unit: "seconds")
            $0.histogram(
                [SeriesLabel("a", "b")],
                buckets: [.init(limit: 1, cumulativeCount: 2), .init(limit: .infinity, cumulativeCount: 3, exemplar: Exemplar(.none, value: 4, time: 0))],
                sum: 1.5, count: 3)
        }
        #expect(
            written == """
                # TYPE latency_seconds histogram
                # UNIT latency_seconds seconds
                latency_seconds_bucket{a="b",le="1.0"} 2
                latency_seconds_bucket{a="b",le="+Inf"} 3 # {} 4 0
                latency_seconds_sum{a="b"} 1.5
                latency_seconds_count{a="b"} 3
                # EOF

                """)
    }

    @Test(arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (-0.25, "-0.25"), (1e300, "1e+300"), (123_456_789_012, "123456789012")])
    func values(_ value: Double, _ expected: String) {
        #expect(text(.text) { $0.family("a", .unknown, help: ""); $0.sample([], value) } == "# TYPE a untyped\na \(expected)\n")
    }

    @Test func namesBeyondTheOldAlphabetAreQuoted() {
        let written = text(.text) {
            $0.family("gen_ai.client", .gauge, help: "x")
            $0.sample([SeriesLabel("http.status", "200")], 1)
        }
        #expect(written == "# HELP \"gen_ai.client\" x\n# TYPE \"gen_ai.client\" gauge\n{\"gen_ai.client\",\"http.status\"=\"200\"} 1\n")
    }

    @Test(arguments: [
        (nil, ExpositionFormat.text), ("*/*", .text), ("text/plain", .text), ("application/openmetrics-text", .openMetrics),
        ("application/openmetrics-text;version=1.0.0;escaping=allow-utf8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", .openMetrics),
        ("application/openmetrics-text; q=0.1, text/plain", .text),
    ])
    func negotiation(_ accept: String?, _ format: ExpositionFormat) { #expect(ExpositionFormat(accept: accept) == format) }

    @Test(arguments: [
        ("text/plain", ExpositionFormat.text), ("text/plain; version=0.0.4; charset=utf-8", .text),
        (" Application/OpenMetrics-Text ; version=1.0.0", .openMetrics), ("text/html", nil), (nil, nil), ("", nil),
    ])
    func declaredForms(_ contentType: String?, _ format: ExpositionFormat?) { #expect(ExpositionFormat(contentType: contentType) == format) }
}
