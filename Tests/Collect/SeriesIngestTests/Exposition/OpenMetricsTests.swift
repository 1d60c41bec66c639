import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

struct OpenMetricsTests {
    private func refused(_ text: String) -> ExpositionError? {
        do { _ = try readExposition(text, .openMetrics, isStrict: true) } catch { return error as? ExpositionError }
        return nil
    }

    @Test func samplesHaveSecondsAndExemplars() throws {
        let read = try readExposition(
            """
            # TYPE a counter
            # UNIT a_seconds seconds
            # HELP a \\"x\\"
            a_total{b="c"} 2 1520879607.789 # {trace_id="d"} 0.67 1.5
            # EOF

            """, .openMetrics)
        #expect(read.metadata == ["TYPE a counter", "UNIT a_seconds seconds", "HELP a \"x\""])
        let trace = Exemplar(SeriesLabels([SeriesLabel("trace_id", "d")]), value: 0.67, time: 1_500)
        let labels = SeriesLabels([SeriesLabel("__name__", "a_total"), SeriesLabel("b", "c")])
        #expect(read.samples == [ReadSample(labels: labels, value: 2, time: 1_520_879_607_789, exemplar: trace)])
    }

    @Test(arguments: [
        "# EOF\n", "# EOF", "a 1\n# EOF\n", "a{} 1\n# EOF\n", "# HELP a \n# UNIT a \n# EOF\n", "a 1 1e3\n# EOF\n", "a iNf\n# EOF\n", "a -nAn\n# EOF\n",
        "# TYPE a stateset\na{a=\"on\"} 1\na{a=\"off\"} 0\n# EOF\n", "# TYPE a info\na_info{b=\"c\"} 1\n# EOF\n",
        "# TYPE a counter\na_total 1\na_created 5\n# EOF\n",
        "# TYPE a gaugehistogram\na_bucket{le=\"-1.0\"} 1\na_bucket{le=\"+Inf\"} 2\na_gcount 2\na_gsum -3\n# EOF\n",
        "# TYPE a gauge\na 1 1\na 2 1\na 3 2\n# EOF\n", "{\"a.b\",\"c.d\"=\"e\"} 1\n# EOF\n", "# TYPE \"a.b\" gauge\n{\"a.b\"} 1\n# EOF\n",
        "# TYPE a summary\na{quantile=\"0.5\"} NaN\na_sum 1\na_count 1\n# EOF\n",
    ])
    func validTexts(_ text: String) { #expect(refused(text) == nil) }

    @Test(arguments: [
        "", "a 1\n", "\n# EOF\n", "a 1\n# EOF\n\n", "a 1\n# EOF\nb 1\n", "a{a=1} 1\n# EOF\n", "a{a='1'} 1\n# EOF\n", "a{a} 1\n# EOF\n", "a{\"\"} 1\n# EOF\n",
        "a{a=\"1\",,b=\"2\"} 1\n# EOF\n", "a{a=\"1\",a=\"1\"} 1\n# EOF\n", "a{a=\" # \"}1\n# EOF\n", "a{a=\"1\", b=\"2\"} 1\n# EOF\n", "a \n# EOF\n",
        "a  1\n# EOF\n", "a 1\t\n# EOF\n",
        " a 1\n# EOF\n", "a 1_2\n# EOF\n", "a 0B1\n# EOF\n", "a 1 z\n# EOF\n", "a 1 NaN\n# EOF\n", "a 1 0x1p-3\n# EOF\n", "a.b 1\n# EOF\n",
        "# HELP\n# EOF\n", "# HELP a\n# EOF\n", " # HELP a meh\n# EOF\n", "#HELP a x\n# EOF\n", "# TYPE \n# EOF\n", "# TYPE a\t\n# EOF\n",
        "# TYPE a meh \n# EOF\n", "# TYPE a untyped\n# EOF\n",
        "# UNIT a\t\n# EOF\n", "# UNIT a_seconds seconds \n# EOF\n", "# TYPE x_u stateset\n# UNIT x_u u\n# EOF\n", "# TYPE x_u info\n# UNIT x_u u\n# EOF\n",
        "# HELP a x\na 1\n# TYPE a gauge\n# EOF\n", "# TYPE a_s gauge\na_s 1\n# UNIT a_s s\n# EOF\n", "# HELP a \n# HELP a \n# EOF\n",
        "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
        "# TYPE a counter\n# TYPE a counter\n# EOF\n", "# TYPE a_created gauge\n# TYPE a counter\n# EOF\n", "# TYPE a counter\na 1\n# EOF\n",
        "a 1\nb 1\na 2\n# EOF\n",
        "# TYPE a summary\na 0\n# EOF\n", "# TYPE a summary\na{quantile=\"foo\"} 0\n# EOF\n", "# TYPE a summary\na{quantile=\"NaN\"} 0\n# EOF\n",
        "# TYPE a summary\na{quantile=\"0.5\"} -1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"NaN\"} 0\n# EOF\n", "# TYPE a gaugehistogram\na_bucket 0\n# EOF\n", "# TYPE a counter\na_total -1\n# EOF\n",
        "# TYPE a histogram\na_count NaN\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} -1\n# EOF\n", "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1.5\n# EOF\n",
        "# TYPE a summary\na_sum NaN\n# EOF\n", "# TYPE a summary\na_sum -1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"-1.0\"} 1\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 2\n# EOF\n", "# TYPE a info\na_info 2\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 0\na_bucket{le=\"2\"} 0\n# EOF\n", "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 0\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 0\n# EOF\n", "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 1\na_sum 0\n# EOF\n",
        "# TYPE a gaugehistogram\na_gsum 1\n# EOF\n", "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1# {} 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 #{} 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 # {} 1 1 1\n# EOF\n", "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 # {a=\"b\" 1\n# EOF\n",
        "# TYPE a counter\na_total 1 # {\"b\"} 1\n# EOF\n",
        "# TYPE a counter\na_created 1 # {a=\"b\"} 1\n# EOF\n", "# TYPE a gauge\na 1 # {a=\"b\"} 1\n# EOF\n",
        "# TYPE a counter\na_total 1 # {a=\"b\"} 0.5 NaN\n# EOF\n",
        "# TYPE a histogram\na_bucket{a=\"1\",le=\"1\"} 0\na_bucket{a=\"2\",le=\"+Inf\"} 0\na_bucket{a=\"1\",le=\"+Inf\"} 0\n# EOF\n",
        "# TYPE a gauge\na 0 1\na 0 0\n# EOF\n",
    ])
    func invalidTexts(_ text: String) { #expect(refused(text) != nil) }

    @Test func refusalsNameTheirLine() {
        #expect(refused("# TYPE a counter\na_total 1\na_total{b=\"c\"} -1\n# EOF\n") == ExpositionError("a count or sum must not be negative", line: 3, column: 1))
        #expect(refused("a 1\nb{c=\"d\"} x\n# EOF\n") == ExpositionError("the value is not a number", line: 2, column: 10))
        #expect(refused("a 1\n") == ExpositionError("the text ends without # EOF", line: 2, column: 1))
    }

    /// What Go's client exposes breaks the specification's rules for negative observations; Prometheus takes it, and so do we without the rules.
    @Test func syntaxAloneIsMoreLenientThanTheRules() throws {
        let text = "# TYPE a histogram\na_bucket{le=\"-1.0\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum -2\na_count 1\n# EOF\n"
        #expect(refused(text) != nil)
        #expect(try readExposition(text, .openMetrics).samples.count == 4)
    }

    /// Whatever is written is read back.
    @Test func writtenFamiliesAreRead() throws {
        for format in ExpositionFormat.allCases {
            var writer = ExpositionWriter(format)
            writer.family("a_total", .counter, help: "x\\\n\"y\"")
            let exemplar = Exemplar(SeriesLabels([SeriesLabel("t", "\"\\\n")]), value: 1.5, time: 1_001)
            writer.sample([SeriesLabel("b.c", "\\\"\n}")], 7, time: 2_500, exemplar: exemplar)
            writer.family("h_seconds", .histogram, help: "h", unit: "seconds")
            writer.histogram([], buckets: [.init(limit: 0.5, cumulativeCount: 1), .init(limit: .infinity, cumulativeCount: 2)], sum: 3.25, count: 2)
            let read = try readExposition(writer.finish(), format, isStrict: format == .openMetrics)
            #expect(read.samples.count == 5)
            let labels = SeriesLabels([SeriesLabel("__name__", "a_total"), SeriesLabel("b.c", "\\\"\n}")])
            #expect(read.samples.first == ReadSample(labels: labels, value: 7, time: 2_500, exemplar: format == .openMetrics ? exemplar : nil))
        }
    }

    @Test(arguments: 0..<8) func mutatedTextsNeverDoHarm(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        let text = Array("# HELP a b\n# TYPE a counter\na_total{b=\"c\\n\",d=\"e\"} 1e3 5.5 # {f=\"g\"} 1 2\n{\"h.i\",j=\"k\"} NaN\n# EOF\n".utf8)
        for _ in 0..<2_000 {
            var mutated = text
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                mutated[Int.random(in: 0..<mutated.count, using: &random)] = text.randomElement(using: &random) ?? UInt8.random(in: 0...255, using: &random)
            }
            mutated.removeLast(Int.random(in: 0...mutated.count, using: &random) / 3)
            for format in ExpositionFormat.allCases {
                if let read = try? readExposition(mutated, format) { #expect(read.samples.count <= 5) }
                _ = try? readExposition(mutated, format, isStrict: true)
            }
        }
    }
}
