import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

/// The text format 0.0.4.
struct TextFormatTests {
    private func labels(_ pairs: KeyValuePairs<String, String>) -> SeriesLabels { SeriesLabels(pairs.map { SeriesLabel($0.key, $0.value) }) }

    /// The example of the documentation.
    @Test func documentedExample() throws {
        let read = try readExposition(
            #"""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045
            """#, .text)
        #expect(read.metadata == ["HELP http_requests_total The total number of HTTP requests.", "TYPE http_requests_total counter"])
        #expect(
            read.samples == [
                ReadSample(labels: labels(["__name__": "http_requests_total", "method": "post", "code": "200"]), value: 1_027, time: 1_395_066_363_000),
                ReadSample(labels: labels(["__name__": "http_requests_total", "method": "post", "code": "400"]), value: 3, time: 1_395_066_363_000),
                ReadSample(
                    labels: labels(["__name__": "msdos_file_access_time_seconds", "path": #"C:\DIR\FILE.TXT"#, "error": "Cannot find file:\n\"FILE.TXT\""]),
                    value: 1.458255915e9),
                ReadSample(labels: labels(["__name__": "metric_without_timestamp_and_labels"]), value: 12.47),
                ReadSample(labels: labels(["__name__": "something_weird", "problem": "division by zero"]), value: .infinity, time: -3_982_045),
            ])
    }

    struct Untidy: Sendable {
        let text: String, labels: [String: String], value: Double, time: Int64?

        init(_ text: String, _ labels: [String: String], _ value: Double, _ time: Int64?) { (self.text, self.labels, self.value, self.time) = (text, labels, value, time) }
    }

    private static let untidy: [Untidy] = [
        Untidy("a 1", ["__name__": "a"], 1.0, nil),
        Untidy("  a\t1\t\n", ["__name__": "a"], 1, nil),
        Untidy("a{} 1", ["__name__": "a"], 1, nil),
        Untidy("a{b=\"c\",} 1", ["__name__": "a", "b": "c"], 1, nil),
        Untidy("a { b = \"c\" , d=\"\" } 1 5 \n", ["__name__": "a", "b": "c"], 1, 5),
        Untidy("a{b=\"c\"}1", ["__name__": "a", "b": "c"], 1, nil),
        Untidy("a{b=\"}, # \"} -2.5e-3", ["__name__": "a", "b": "}, # "], -0.0025, nil),
        Untidy("{\"my.metric\"} 1", ["__name__": "my.metric"], 1, nil),
        Untidy("{\"my.metric\",\"http.status\"=\"200\",b=\"c\"} 1", ["__name__": "my.metric", "http.status": "200", "b": "c"], 1, nil),
        Untidy("a:b_C9{_x1=\"größe\"} 0x1p-3", ["__name__": "a:b_C9", "_x1": "größe"], 0.125, nil),
        Untidy("# TYPE a\n#no comment\n# HELPER a\n#\na 1", ["__name__": "a"], 1, nil),
        Untidy("# HELP a\na 1", ["__name__": "a"], 1, nil),
        Untidy("a{b=\"\\z\\\\\"} Inf", ["__name__": "a", "b": "\\z\\"], .infinity, nil),
        Untidy("a 9007199254740993", ["__name__": "a"], 9_007_199_254_740_992, nil),
        Untidy("a 1.7976931348623157e308", ["__name__": "a"], .greatestFiniteMagnitude, nil),
        Untidy("a 1e-400 9223372036854775807", ["__name__": "a"], 0, .max),
    ]

    /// What Prometheus takes though it is untidy: one sample with these labels, value and time each.
    @Test(arguments: untidy) private func untidyTextsAreRead(_ one: Untidy) throws {
        // A TYPE without a type is refused by Prometheus too; it stands here for the comments around it.
        let text = one.text.replacing("# TYPE a\n", with: "# TYPE a gauge\n")
        let read = try readExposition(text, .text)
        #expect(read.samples == [ReadSample(labels: SeriesLabels(one.labels.map { SeriesLabel($0.key, $0.value) }), value: one.value, time: one.time)])
    }

    @Test func notANumberIsNoStaleMarker() throws {
        let value = try #require(readExposition("a NaN", .text).samples.first?.value)
        #expect(value.isNaN && !SampleColumns.isStale(value))
    }

    struct Broken: Sendable {
        let text: String, line: Int, column: Int, message: String

        init(_ text: String, _ line: Int, _ column: Int, _ message: String) { (self.text, self.line, self.column, self.message) = (text, line, column, message) }
    }

    private static let broken: [Broken] = [
        Broken("a", 1, 2, "the value is missing"),
        Broken("a{b=\"c\"}", 1, 9, "the value is missing"),
        Broken("x 1\na 1 2 3", 2, 7, "nothing may follow the timestamp"),
        Broken("a 1x", 1, 3, "the value is not a number"),
        Broken("a 1_0", 1, 3, "the value is not a number"),
        Broken("a 1 1.5", 1, 5, "the timestamp is not a whole number of milliseconds"),
        Broken("a 1 9223372036854775808", 1, 5, "the timestamp is not a whole number of milliseconds"),
        Broken("a 0x", 1, 3, "the value is not a number"),
        Broken("1a 1", 1, 1, "expected a metric's name"),
        Broken("a-b 1", 1, 2, "the value is not a number"),
        Broken("{b=\"c\"} 1", 1, 1, "the sample has no metric's name"),
        Broken("a{b=c} 1", 1, 5, "a label's value must stand in double quotes"),
        Broken("a{b=\"c} 1\n", 1, 5, "a label's value has no closing quote"),
        Broken("a{b=\"c\" d=\"e\"} 1", 1, 9, "expected , or } behind a label"),
        Broken("a{b=\"c\",b=\"d\"} 1", 1, 9, "the label stands twice"),
        Broken("a{1=\"c\"} 1", 1, 3, "expected a label's name"),
        Broken("a{b} 1", 1, 4, "expected = behind a label's name"),
        Broken("a{\"b\"} 1", 1, 6, "expected = behind a label's name"),
        Broken("a{b=\"c\"", 1, 8, "expected , or } behind a label"),
        Broken("a{b=\"c\",,} 1", 1, 9, "expected a label's name"),
        Broken("a{,} 1", 1, 3, "expected a label's name"),
        Broken("# TYPE a meh\n", 1, 10, "not a type: expected counter, gauge, histogram, summary or untyped"),
        Broken("# TYPE a\n", 1, 9, "not a type: expected counter, gauge, histogram, summary or untyped"),
        Broken("# HELP 1 x\n", 1, 8, "expected a metric's name"),
        Broken("# HELP a-b x\n", 1, 9, "a blank must follow the metric's name"),
        Broken("a 1 # {} 2", 1, 5, "the timestamp is not a whole number of milliseconds"),
    ]

    @Test(arguments: broken) private func brokenTextsAreRefusedAtTheirPlace(_ one: Broken) {
        #expect(throws: ExpositionError(one.message, line: one.line, column: one.column)) { try readExposition(one.text, .text) }
    }

    @Test func invalidUTF8IsRefusedAtItsPlace() {
        #expect(throws: ExpositionError("bytes that are not UTF-8", line: 2, column: 5)) { try readExposition(Array("a 1\nb{c=".utf8) + [0xff, 0x22], .text) }
    }

    private static let limits: [(Double, String)] = [
        (1.0, "1.0"), (0, "0.0"), (-1, "-1.0"), (0.005, "0.005"), (0.00001, "1e-05"), (0.0001, "0.0001"), (100_000, "100000.0"), (1_000_000, "1e+06"),
        (1.5e6, "1.5e+06"),
        (1.55555555555552e+06, "1.55555555555552e+06"), (123_456.789, "123456.789"), (1e23, "1e+23"), (2.5, "2.5"), (2.5e-300, "2.5e-300"),
        (1.25e-7, "1.25e-07"), (-2.5e100, "-2.5e+100"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (10, "10.0"), (0.1, "0.1"), (12, "12.0"),
    ]

    /// As Go's shortest `%g` with `.0` behind whole numbers.
    @Test(arguments: limits) private func limitsHaveOneForm(_ value: Double, _ text: String) { #expect(FloatText.canonical(value) == text) }

    /// Against the C library, over texts of random length and scale.
    @Test(arguments: 0..<4) func numbersAreTheNearestDoubles(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            var text = Bool.random(using: &random) ? "-" : ""
            text += (0...Int.random(in: 0...20, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            if Bool.random(using: &random) { text += "." + (0...Int.random(in: 0...20, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined() }
            if Bool.random(using: &random) { text += "e\(Int.random(in: -320...320, using: &random))" }
            let parsed = Array(text.utf8).withUnsafeBytes { FloatText.parse($0, allowsHexadecimal: false) }
            #expect(parsed?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }
}
