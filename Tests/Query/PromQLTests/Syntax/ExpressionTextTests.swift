import ByteCoding
import Testing

@testable import PromQL

struct ExpressionTextTests {
    @Test(arguments: [
        ("1", "1"), ("1e3", "1000"), ("0x1F", "31"), ("010", "8"), ("1_000", "1000"), ("1e-7", "0.0000001"), (".5", "0.5"), ("Inf", "+Inf"), ("-inf", "-Inf"),
        ("nan", "NaN"), ("5m", "5m"), ("90s", "1m30s"), ("-1h30m", "-1h30m"), ("1w", "1w"), ("9d", "9d"), ("0", "0"), ("- 1", "-1"), ("--1", "1"),
        ("'a\\'b'", #""a'b""#), ("`a\\b`", #""a\\b""#), (#""\u00e9\n""#, #""é\n""#), (#""\xff""#, #""\xff""#),
        ("foo", "foo"), ("foo{}", "foo"), ("foo{b='2',a=\"1\",}", #"foo{a="1",b="2"}"#), (#"{"foo.bar","x.y"!="1"}"#, #"{"x.y"!="1",__name__="foo.bar"}"#),
        (#"{__name__=~"a|b"}"#, #"{__name__=~"a|b"}"#), ("foo offset 5m", "foo offset 5m"), ("foo offset -5m", "foo offset -5m"), ("foo offset 0s", "foo"),
        ("foo offset 300", "foo offset 5m"), ("foo @ 1.5", "foo @ 1.500"), ("foo @ -0.001", "foo @ -0.001"),
        ("foo @ start() offset 1m", "foo @ start() offset 1m"),
        ("foo offset 1m @ end()", "foo @ end() offset 1m"), ("foo[5m]", "foo[5m]"), ("foo[1.5]", "foo[1s500ms]"),
        ("foo[5m] offset 1m @ 2", "foo[5m] @ 2.000 offset 1m"),
        ("foo[5m] anchored", "foo[5m] anchored"), ("foo smoothed", "foo smoothed"), ("foo[5m:]", "foo[5m:]"),
        ("foo[5m:1m] @ 1 offset 2m", "foo[5m:1m] @ 1.000 offset 2m"),
        ("foo[5m+1m*2]", "foo[5m + 1m * 2]"), ("foo[-(step()-5)+range()]", "foo[-(step() - 5) + range()]"),
        ("foo[max_of(5m,MIN_OF(1,2s))]", "foo[max_of(5m, min_of(1, 2s))]"),
        ("foo offset (5)", "foo offset (5)"), ("foo offset +step()", "foo offset step()"), ("foo[2^3^2s]", "foo[2 ^ 3 ^ 2s]"),
        ("-foo", "-foo"), ("+ foo", "+foo"), ("-2^2", "-2 ^ 2"), ("(1)", "(1)"), ("a+b*c", "a + b * c"), ("a ==bool b", "a == bool b"),
        ("a atan2 b", "a atan2 b"),
        ("a and ignoring() b", "a and b"), ("a + on() b", "a + on () b"), ("a * ON(x,y) GROUP_LEFT(z) b", "a * on (x, y) group_left (z) b"),
        ("a * ignoring(x) group_right b", "a * ignoring (x) group_right () b"), (#"a * on("x.y") b"#, #"a * on ("x.y") b"#),
        ("a + fill(0) b", "a + fill (0) b"),
        ("a + on(x) fill_left(1) fill_right(-2.5) b", "a + on (x) fill_left (1) fill_right (-2.5) b"), ("a </ 5", "a </ 5"), ("a >/ b", "a >/ b"),
        ("sum(foo)", "sum(foo)"), ("SUM BY(a,b)(foo)", "sum by (a, b) (foo)"), ("sum(foo)by(a)", "sum by (a) (foo)"),
        ("sum without()(foo)", "sum without () (foo)"),
        ("sum by()(foo)", "sum(foo)"), ("topk(5,foo)", "topk(5, foo)"), (#"count_values by (x) ("v",foo)"#, #"count_values by (x) ("v", foo)"#),
        ("rate(foo[5m])", "rate(foo[5m])"),
        (#"label_join(a,"b",",","c")"#, #"label_join(a, "b", ",", "c")"#), ("time( )", "time()"), ("sum # all\n(foo)", "sum(foo)"), ("end()", "end()"),
        ("max_of(1,2)", "max_of(1, 2)"),
        ("fill + fill", "fill + fill"), ("end{start='x'}", #"end{start="x"}"#), ("foo offset 5s-8", "foo offset 5s - 8"),
        ("foo offset -1^1", "foo offset -1s ^ 1"),
        ("a^b^c", "a ^ b ^ c"), ("a-b-c", "a - b - c"), ("a or b and c", "a or b and c"), ("foo offset (5)+3", "foo offset (5) + 3"),
    ])
    func isOneLineInOneForm(_ query: String, _ text: String) throws {
        let expression = try PromQLParser.parse(query)
        #expect(expression.text == text)
        #expect(try PromQLParser.parse(text).text == text)
    }

    /// Lines as Prometheus 2.42's `format_query` gave them.
    @Test(arguments: [
        ("sum(rate(foo[5m]))by(a)", "sum by (a) (rate(foo[5m]))"),
        (
            #"rate(prometheus_target_scrapes_sample_out_of_order_total{job="monitoring",namespace="prometheus-k8s"}[5m]) > 0"#,
            """
              rate(
                prometheus_target_scrapes_sample_out_of_order_total{job="monitoring",namespace="prometheus-k8s"}[5m]
              )
            >
              0
            """
        ),
        (
            "pg_bloat_table_bloat_pct > 80 and on ( process_resident_memory_bytes ) ( pg_bloat_table_real_size_bytes > 2000 )",
            """
              pg_bloat_table_bloat_pct > 80
            and on (process_resident_memory_bytes)
              (pg_bloat_table_real_size_bytes > 2000)
            """
        ),
        (
            #"100 * sum(rate(aibrix_prefix_cache_routing_decisions_total{model=~"x", match_percent_bucket!="0"}[1m])) / clamp_min(sum(rate(aibrix_total{model=~"x"}[1m])), 1)"#,
            """
                100
              *
                sum(rate(aibrix_prefix_cache_routing_decisions_total{match_percent_bucket!="0",model=~"x"}[1m]))
            /
              clamp_min(sum(rate(aibrix_total{model=~"x"}[1m])), 1)
            """
        ),
    ])
    func prettyTextBreaksLongLines(_ query: String, _ lines: String) throws { #expect(try PromQLParser.parse(query).prettyText == lines) }

    @Test func prettyTextReadsAsTheSame() throws {
        let query = "-topk(5, sum by (a_label_with_a_long_name, another_label_with_a_long_name) (rate((some_metric_with_a_long_name or other)[5m:1m] @ 5)))"
        let expression = try PromQLParser.parse(query)
        #expect(expression.prettyText.contains("\n"))
        #expect(try PromQLParser.parse(expression.prettyText).text == expression.text)
    }

    /// The shapes are those of `parse_query`.
    @Test(arguments: [
        ("1.5", #"{"type":"numberLiteral","val":"1.5"}"#), ("'x'", #"{"type":"stringLiteral","val":"x"}"#),
        ("(1)", #"{"expr":{"type":"numberLiteral","val":"1"},"type":"parenExpr"}"#),
        (
            "-foo{a!~'b'} @ end() offset 5m",
            #"{"expr":{"anchored":false,"matchers":[{"name":"a","type":"!~","value":"b"},{"name":"__name__","type":"=","value":"foo"}],"name":"foo","offset":300000,"#
                + #""smoothed":false,"startOrEnd":"end","timestamp":null,"type":"vectorSelector"},"op":"-","type":"unaryExpr"}"#
        ),
        (
            "max_over_time(a[1h:5m])",
            #"{"args":[{"expr":{"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"a"}],"name":"a","offset":0,"smoothed":false,"startOrEnd":null,"timestamp":null,"#
                + #""type":"vectorSelector"},"offset":0,"range":3600000,"startOrEnd":null,"step":300000,"timestamp":null,"type":"subquery"}],"func":{"argTypes":["matrix"],"#
                + #""name":"max_over_time","returnType":"vector","variadic":0},"type":"call"}"#
        ),
    ])
    func jsonIsAsParseQuery(_ query: String, _ json: String) throws {
        var writer = JSONWriter()
        try PromQLParser.parse(query).writeJSON(into: &writer)
        #expect(writer.string == json)
    }

    @Test func jsonOfBinaryOperatorsSaysHowSidesMatch() throws {
        var writer = JSONWriter()
        try PromQLParser.parse("topk without (x) (1, a >= bool on (l) group_left (m) fill_right (2) b)").writeJSON(into: &writer)
        let selector = { (name: String) in
            #"{"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"\#(name)"}],"name":"\#(name)","offset":0,"smoothed":false,"startOrEnd":null,"#
                + #""timestamp":null,"type":"vectorSelector"}"#
        }
        let matching = #"{"card":"many-to-one","fillValues":{"lhs":null,"rhs":2},"include":["m"],"labels":["l"],"on":true}"#
        let binary = #"{"bool":true,"lhs":\#(selector("a")),"matching":\#(matching),"op":">=","rhs":\#(selector("b")),"type":"binaryExpr"}"#
        let parameter = #"{"type":"numberLiteral","val":"1"}"#
        #expect(writer.string == #"{"expr":\#(binary),"grouping":["x"],"op":"topk","param":\#(parameter),"type":"aggregation","without":true}"#)
    }
}
