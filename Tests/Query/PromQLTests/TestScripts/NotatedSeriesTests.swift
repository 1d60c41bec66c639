import GatewayModel
import Testing

@testable import PromQL

struct NotatedSeriesTests {
    struct Good: CustomTestStringConvertible, Sendable {
        let text: String
        let values: [NotatedValue]
        var testDescription: String { text }

        init(_ text: String, _ values: [NotatedValue]) {
            self.text = text
            self.values = values
        }

        init(_ text: String, _ numbers: [Double]) { self.init(text, numbers.map { .number($0) }) }
    }

    static let good = [
        Good("m 1 2 3", [1, 2, 3]),
        Good("m 0+10x3", [0, 10, 20, 30]),
        Good("m -2+4x3", [-2, 2, 6, 10]),
        Good("m 1-2x4", [1, -1, -3, -5, -7]),
        Good("m 1x4", [1, 1, 1, 1, 1]),
        Good("m 3x0", [3]),
        Good("m 0+0.1x3", [0, 0.1, 0.2, 0.1 + 0.1 + 0.1]),
        Good("m -Inf +Inf Inf 1e3 .5 2.5e-1", [-.infinity, .infinity, .infinity, 1000, 0.5, 0.25]),
        Good("m", [Double]()),
        Good("m _ 1 _x3 stale", [NotatedValue.missing, .number(1), .missing, .missing, .missing, .number(SampleColumns.staleMarker)]),
        Good("{a=\"b\"}\t1   2 ", [1, 2]),
    ]

    @Test(arguments: good) func expandsValues(_ good: Good) throws {
        let values = try NotatedSeries(good.text).values
        #expect(values.count == good.values.count)
        for (value, expected) in zip(values, good.values) {
            if case .number(let left) = value, case .number(let right) = expected {
                #expect(left.bitPattern == right.bitPattern)
            } else {
                #expect(value == expected)
            }
        }
    }

    @Test(arguments: [
        ("up", ["__name__": "up"]), ("up{}", ["__name__": "up"]), ("a:b{x=\"1\", y='2',}", ["__name__": "a:b", "x": "1", "y": "2"]),
        ("{\"http.requests\", \"http.status\"=\"200\"}", ["__name__": "http.requests", "http.status": "200"]),
        ("{x=\"a\\\"b\\n\"}", ["x": "a\"b\n"]), ("{x=`a\\b`}", ["x": "a\\b"]), ("sum{by=\"le\"}", ["__name__": "sum", "by": "le"]), ("{}", [:]),
    ])
    func readsLabels(_ text: String, _ labels: [String: String]) throws {
        #expect(try NotatedSeries.labels(text) == SeriesLabels(labels.map { SeriesLabel($0.key, $0.value) }))
    }

    @Test(arguments: [
        "", "{", "m{a}", "m{a=}", "m{a=\"b}", "m{a=b}", "m 1,2", "m 1+2", "m 1+-2x2", "m 1x", "m 1xa", "m x3", "m 5s", "m 0x10a", "m stalex", "m foo",
        "m 1 {{", "m {{schema:1",
        "m {{schema:1}", "m {{schema:x}}", "m {{nonsense:1}}", "m {{sum:1 sum:2}}", "m {{buckets:1}}", "m {{buckets:[1 2}}", "m {{schema:1.5}}",
        "m {{counter_reset_hint:maybe}}", "m {{count:1}}+1x2", "m {{count:1}}+{{count:1}}", "m {{schema:1}}+{{schema:0}}x2",
        "m {{schema:-53}}+{{schema:0}}x2", "m 1x1000000000", "m 1x99999999999999999999",
    ])
    func refusesWithAPlace(_ text: String) {
        let error = #expect(throws: SeriesNotationError.self) { try NotatedSeries(text) }
        #expect((error?.offset ?? -1) >= 0 && (error?.offset ?? .max) <= text.utf8.count && error?.message.isEmpty == false)
    }

    @Test func readsEveryPropertyOfAHistogram() throws {
        let text = """
            m {{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] n_offset:-5 counter_reset_hint:gauge}}
            """
        var expected = NativeHistogram()
        expected.schema = 1
        expected.sum = -0.3
        expected.count = 3.1
        expected.zeroCount = 7.1
        expected.zeroThreshold = 0.05
        expected.positiveSpans = [NativeHistogram.Span(offset: -3, length: 3)]
        expected.positiveBuckets = [5.1, 10, 7]
        expected.negativeSpans = [NativeHistogram.Span(offset: -5, length: 2)]
        expected.negativeBuckets = [4.1, 5]
        expected.resetHint = .gauge
        #expect(try NotatedSeries(text).values == [.histogram(expected, statesHint: true)])
    }

    @Test func addsAndSubtractsHistogramsStepByStep() throws {
        let values = try NotatedSeries("m {{schema:0 sum:4 count:4 buckets:[1 2 1]}}+{{sum:2 count:1 buckets:[1] offset:1}}x2 {{count:3}}-{{count:1}}x1").values
        let counts = values.map { value -> Double in if case .histogram(let histogram, _) = value { return histogram.count } else { return -1 } }
        #expect(counts == [4, 5, 6, 3, 2])
        guard case .histogram(let third, _) = values[2] else { return #expect(Bool(false)) }
        #expect(third.positiveBuckets == [1, 4, 1])
    }

    @Test func aHistogramsNotationReadsBack() throws {
        for text in [
            "{{}}", "{{schema:3 count:4 sum:2.5 z_bucket:1 z_bucket_w:0.001 offset:-2 buckets:[1 0 2] n_offset:4 n_buckets:[1]}}",
            "{{schema:-53 count:4 sum:1e+99 custom_values:[-1 0.5 10] counter_reset_hint:not_reset buckets:[1 2 0 1]}}",
        ] {
            guard case .histogram(let histogram, _) = try NotatedSeries("m \(text)").values[0] else { continue }
            #expect(histogram.notation == text)
        }
    }
}
