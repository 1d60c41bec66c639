import GatewayModel
import Testing

@testable import PromQL

/// The interpreter finds what is wrong, and says where.
struct TestScriptRunnerTests {
    static let load = """
        load 1m
          m{a="1"} 1 2 3
          m{a="2"} 10 20 30
          h {{count:4 sum:5 buckets:[1 2 1]}}x2
          c_bucket{le="1"} 1 2 3
          c_bucket{le="+Inf"} 4 5 6

        """

    /// Evaluations that are as expected.
    @Test(arguments: [
        "eval instant at 1m m\n m{a=\"1\"} 2\n m{a=\"2\"} 20",
        "eval instant at 1m sum(m)\n {} 22",
        "eval instant at 1m sum(m)\n {} 22.000001",
        "eval instant at 1m 1 + 1\n 2",
        "eval instant at 1m m > 100",
        "eval range from 0 to 2m step 1m sum(m)\n {} 11 22 33",
        "eval range from 0 to 3m step 1m m{a=\"1\"} unless m < 3\n m{a=\"1\"} _ _ 3 3",
        "eval instant at 2m m[90s]\n expect range vector from 1m to 2m step 1m\n m{a=\"1\"} 2 3\n m{a=\"2\"} 20 30",
        "eval instant at 1m sort_desc(m)\n expect ordered\n m{a=\"2\"} 20\n m{a=\"1\"} 2",
        "eval_ordered instant at 1m sort(m)\n m{a=\"1\"} 2\n m{a=\"2\"} 20",
        "eval instant at 1m \"text\"\n expect string \"text\"",
        "eval instant at 1m `text`\n expect string 'text'",
        "eval instant at 1m m + on () m\n expect fail",
        "eval_fail instant at 1m m + on () m",
        "eval_fail instant at 1m count_values(\"\", m)\n expected_fail_message invalid label name \"\"",
        "eval instant at 1m count_values(\"\", m)\n expect fail msg: invalid label name \"\"",
        "eval instant at 1m h\n expect no_warn\n expect no_info\n h {{count:4 sum:5 buckets:[1 2 1]}}",
        "eval instant at 1m h\n h {{count:4 sum:5 buckets:[1 2 1 0 0] counter_reset_hint:not_reset}}",
        "eval instant at 1m h + 1\n expect info",
        "eval_info instant at 1m h + 1",
        "eval instant at 1m quantile(2, m)\n expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)\n {} +Inf",
        "eval_warn instant at 1m quantile(2, m)\n {} +Inf",
    ])
    func passes(_ evaluation: String) async throws {
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(TestScript(Self.load + "\n" + evaluation))
        #expect(outcomes.map(\.failure) == [nil] && outcomes[0].line == 8)
    }

    @Test func linesMayEndAsOnWindows() async throws {
        let script = try TestScript("load 1m\r\n  m 1 2\r\n\r\neval instant at 1m m\r\n  m 2\r\n")
        #expect(try await TestScriptRunner(storage: MemoryTestStorage()).run(script).map(\.failure) == [nil])
    }

    /// Evaluations that are not as expected, and a part of what is said.
    @Test(arguments: [
        ("eval instant at 1m m\n m{a=\"1\"} 2", "unexpected metric"),
        ("eval instant at 1m m{a=\"1\"}\n m{a=\"1\"} 3", "expected 3 for"),
        ("eval instant at 1m m{a=\"1\"}\n m{a=\"1\"} 2.00001", "expected 2.00001"),
        ("eval instant at 1m m{a=\"1\"}\n m{a=\"1\"} 2\n m{a=\"3\"} 2", "not found"),
        ("eval instant at 1m 1 + 1\n 3", "expected scalar 3 but got 2"),
        ("eval instant at 1m 1 + 1\n {} 2", "but got scalar"),
        ("eval instant at 1m m\n 2", "expected scalar result"),
        ("eval range from 0 to 2m step 1m sum(m)\n {} 11 22", "expected 2 points"),
        ("eval range from 0 to 2m step 1m sum(m)\n {} 11 22 33 44", "cannot return this many"),
        ("eval range from 0 to 2m step 1m sum(m)\n {} 11 _ 33", "expected 33 at 120000 ms"),
        ("eval range from 0 to 2m step 1m m", "unexpected metric"),
        ("eval instant at 1m sort(m)\n expect ordered\n m{a=\"2\"} 20\n m{a=\"1\"} 2", "at position"),
        ("eval instant at 1m \"text\"\n expect string \"other\"", "expected string"),
        ("eval instant at 1m m\n expect fail", "expected an error but got none"),
        ("eval instant at 1m m + on () m", "got error: "),
        ("eval instant at 1m m + on () m\n expect fail msg: something", "expected error"),
        ("eval instant at 1m h\n h {{count:4 sum:5 buckets:[1 3 1]}}", "expected {{count:4 sum:5 buckets:[1 3 1]}}"),
        ("eval instant at 1m h\n h {{count:4 sum:5 buckets:[1 2 1] counter_reset_hint:gauge}}", "counter_reset_hint"),
        ("eval instant at 1m h\n h 4", "expected 4"),
        ("eval instant at 1m m\n expect warn\n m{a=\"1\"} 2\n m{a=\"2\"} 20", "expected warn annotations"),
        ("eval instant at 1m h + 1\n expect no_info", "unexpected annotations"),
        ("eval instant at 1m h + 1\n expect info msg: PromQL info: other", "PromQL info: other"),
    ])
    func fails(_ evaluation: String, _ sentence: String) async throws {
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(TestScript(Self.load + "\n" + evaluation))
        #expect(outcomes.count == 1 && outcomes[0].failure?.contains(sentence) == true, "\(outcomes)")
    }

    /// Scripts that cannot be read, and the line at fault.
    @Test(arguments: [
        ("nonsense", 1), ("\n# comment\nlod 1m", 3), ("load", 1), ("load 1x", 1), ("load 1m\n  m 1\n  m{ 2", 3), ("eval", 1), ("eval instant m", 1),
        ("eval instant at 1q m", 1), ("eval instant at 1m m +", 1), ("eval sometimes at 1m m", 1), ("eval_fail_twice instant at 1m m", 1),
        ("eval range from 1m to 0 step 1m m", 1), ("eval range from 0 to 1m m", 1), ("eval instant at 0 m\n m 1 2", 2),
        ("eval instant at 0 m\n expect nothing", 2),
        ("eval instant at 0 m\n expect warn like: x", 2), ("eval instant at 0 m\n expect string text", 2),
        ("eval instant at 0 m\n expect info\n expect no_info", 1),
        ("eval instant at 0 m\n expect fail\n expect fail", 1), ("eval_ordered range from 0 to 1m step 1m m", 1),
    ])
    func unreadableScriptsAreRefusedWithTheLine(_ text: String, _ line: Int) {
        let error = #expect(throws: TestScriptError.self) { try TestScript(text) }
        #expect(error?.line == line, "\(String(describing: error))")
    }

    @Test func classicHistogramsAreLoadedAsNativeOnesToo() async throws {
        let script = """
            load_with_nhcb 1m
              c_bucket{le="1", a="x"}    1 2 _
              c_bucket{le="2", a="x"}    3 3 _
              c_bucket{le="+Inf", a="x"} 4 6 _
              c_sum{a="x"}               5 9 _
              d_bucket{le="1"}           2 2

            eval range from 0 to 1m step 1m c
              c{a="x"} {{schema:-53 count:4 sum:5 custom_values:[1 2] buckets:[1 2 1]}} {{schema:-53 count:6 sum:9 custom_values:[1 2] buckets:[2 1 3]}}

            eval instant at 0 d
              d {{schema:-53 count:2 custom_values:[1] buckets:[2]}}

            clear

            eval instant at 0 {__name__=~".+"}
            """
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(TestScript(script))
        #expect(outcomes.map(\.failure) == [nil, nil, nil])
    }

    @Test func classicHistogramsThatGoDownAreRefused() async throws {
        let script = try TestScript("clear\nload_with_nhcb 1m\n  c_bucket{le=\"1\"} 3\n  c_bucket{le=\"+Inf\"} 2")
        await #expect(throws: TestScriptError(line: 2, message: "count is not cumulative: 2.0 < 3.0")) {
            try await TestScriptRunner(storage: MemoryTestStorage()).run(script)
        }
    }
}
