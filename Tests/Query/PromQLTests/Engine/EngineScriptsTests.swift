import Testing

@testable import PromQL

/// Offsets, `@`, subqueries, computed durations, info metrics and names, as Prometheus's documentation describes them, in its language for tests.
struct EngineScriptsTests {
    struct Script: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        var testDescription: String { name }
    }

    @Test(arguments: Script.all) func everyEvaluationIsAsDocumented(_ script: Script) async throws {
        // The language wants an empty line between commands.
        let text = script.text.replacing("\neval", with: "\n\neval").replacing("\nload", with: "\n\nload").replacing("\nclear", with: "\n\nclear")
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(try TestScript(text))
        #expect(!outcomes.isEmpty)
        for outcome in outcomes { #expect(outcome.failure == nil, "\(outcome.text)") }
    }
}

extension EngineScriptsTests.Script {
    static let all = [
        EngineScriptsTests.Script(name: "offsets and instants", text: instants),
        EngineScriptsTests.Script(name: "subqueries", text: subqueries),
        EngineScriptsTests.Script(name: "durations", text: durations),
        EngineScriptsTests.Script(name: "info", text: info),
        EngineScriptsTests.Script(name: "types and units", text: typesAndUnits),
    ]

    private static let instants = """
        load 10s
          tokens{model="s"} 0+1x300
          tokens{model="l"} 0+3x300
        load 1ms
          fine 0+1x4000
        eval instant at 3m tokens{model="s"} @ 200
          tokens{model="s"} 20
        eval instant at 3m tokens{model="s"} @ 200 offset 1m
          tokens{model="s"} 14
        eval instant at 3m tokens{model="s"} offset 1m @ 200
          tokens{model="s"} 14
        eval instant at 3m tokens{model="s"} offset -1m
          tokens{model="s"} 24
        eval instant at 3m fine @ 1.504
          fine 1504
        eval instant at 3m -tokens{model="s"} @ 200
          {model="s"} -20
        eval instant at 0s sum_over_time(tokens{model="s"}[40s] @ 200)
          {model="s"} 74
        eval instant at 0s sum_over_time(tokens{model="s"}[40s] @ 200 offset 100s)
          {model="s"} 34
        eval instant at 0s tokens{model="l"} @ 100 - ignoring (model) tokens{model="s"} @ 200
          {} 10
        eval range from 0s to 40s step 20s tokens{model="s"} @ start()
          tokens{model="s"} 0 0 0
        eval range from 0s to 40s step 20s tokens{model="s"} @ end() - tokens{model="s"}
          {model="s"} 4 2 0
        eval range from 0s to 40s step 20s timestamp(tokens{model="s"} @ 200)
          {model="s"} 200 200 200
        eval range from 0s to 40s step 20s timestamp(timestamp(tokens{model="s"} @ 200))
          {model="s"} 0 20 40
        eval range from 0s to 40s step 20s minute(tokens{model="l"} @ 400)
          {model="l"} 2 2 2
        eval range from 200s to 240s step 20s predict_linear(tokens{model="s"}[1m] @ 200, 10)
          {model="s"} 21 23 25
        eval range from 0s to 40s step 20s sum(tokens @ 100) + sum(tokens)
          {} 40 48 56
        """

    private static let subqueries = """
        load 10s
          tokens{model="s"} 0+1x300
          idle 1 _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
        # Steps are multiples of the step whatever the instant is.
        eval instant at 107s sum_over_time(tokens[30s:10s])
          {model="s"} 27
        eval instant at 100s sum_over_time(tokens[30s:10s])
          {model="s"} 27
        eval instant at 100s sum_over_time(tokens[30s:10s] offset 20s)
          {model="s"} 21
        eval instant at 0s sum_over_time(tokens[30s:10s] @ 100)
          {model="s"} 27
        eval instant at 0s sum_over_time(tokens[30s:10s] @ 100 offset 20s)
          {model="s"} 21
        # A pinned selector within is the same at each of the subquery's instants.
        eval instant at 0s sum_over_time((tokens @ 50)[30s:10s] @ 1000)
          {model="s"} 15
        eval instant at 100s max_over_time(rate(tokens[20s])[1m:10s])
          {model="s"} 0.1
        eval instant at 100s sum_over_time(sum_over_time(tokens[20s:10s])[40s:20s])
          {model="s"} 34
        eval instant at 100s tokens[25s:10s]
          expect range vector from 80s to 100s step 10s
          tokens{model="s"} 8 9 10
        eval range from 100s to 140s step 20s count_over_time(tokens[1m:20s])
          {model="s"} 3 3 3
        # The default step is Prometheus's evaluation interval.
        eval instant at 10m count_over_time(tokens[5m:])
          {model="s"} 5
        eval instant at 390s count_over_time(idle[6m:1m])
          {} 4
        eval instant at 100s sum_over_time(vector(time())[30s:10s])
          {} 270
        eval instant at 100s absent_over_time(nothing{a="b"}[1m:10s])
          {} 1
        """

    private static let durations = """
        load 10s
          tokens 0+1x300
        eval instant at 100s sum_over_time(tokens[2 * 10s])
          {} 19
        eval instant at 100s sum_over_time(tokens[10s + 5 * 2])
          {} 19
        eval instant at 100s tokens offset (1m - 10s)
          tokens 5
        eval instant at 100s tokens offset -(2 ^ 3 * 10s)
          tokens 18
        eval range from 100s to 140s step 20s sum_over_time(tokens[step()])
          {} 19 23 27
        eval range from 100s to 140s step 20s sum_over_time(tokens[range() / 2])
          {} 19 23 27
        eval range from 100s to 140s step 20s tokens offset min_of(step(), 10s)
          tokens 9 11 13
        eval range from 100s to 140s step 20s count_over_time(tokens[max_of(step(), 30s):step() / 2])
          {} 3 3 3
        eval instant at 100s sum_over_time(tokens[10s - 20s])
          expect fail msg: duration must be greater than 0
        eval instant at 100s sum_over_time(tokens[range()])
          expect fail msg: duration must be greater than 0
        eval instant at 100s sum_over_time(tokens[10s / step()])
          expect fail msg: division by zero
        """

    /// Over ranges only: what is pinned to an instant is still joined with the info series of the evaluation's own instant.
    private static let info = """
        load 1m
          requests_total{job="gw",instance="a"} 0+60x10
          requests_total{job="gw",instance="b"} 0+60x10
          owned{job="gw",instance="a",team="base"} 1x10
          target_info{job="gw",instance="a",region="eu",team="core"} 1x10
          build_info{job="gw",instance="a",version="7"} 1x10
          seconds_histogram{job="gw",instance="a"} {{schema:0 count:1 sum:1 buckets:[1]}}x10
        eval range from 5m to 6m step 1m info(requests_total)
          requests_total{job="gw",instance="a",region="eu",team="core"} 300 360
          requests_total{job="gw",instance="b"} 300 360
        eval range from 5m to 6m step 1m info(requests_total, {region=~".+"})
          requests_total{job="gw",instance="a",region="eu"} 300 360
        eval range from 5m to 6m step 1m info(requests_total, {region=~".*", __name__="target_info"})
          requests_total{job="gw",instance="a",region="eu"} 300 360
          requests_total{job="gw",instance="b"} 300 360
        eval range from 5m to 6m step 1m info(requests_total{instance="a"}, {__name__=~".+_info"})
          requests_total{job="gw",instance="a",region="eu",team="core",version="7"} 300 360
        eval range from 5m to 6m step 1m info(requests_total{instance="a"}, {__name__="build_info",version="8"})
        eval range from 5m to 6m step 1m info(owned)
          owned{job="gw",instance="a",team="base",region="eu"} 1 1
        eval range from 5m to 6m step 1m info(target_info)
          target_info{job="gw",instance="a",region="eu",team="core"} 1 1
        eval range from 5m to 6m step 1m info(requests_total, {__name__="seconds_histogram"})
          expect fail
        clear
        load 1m
          requests_total{job="gw",instance="a"} 0+60x10
          target_info{job="gw",instance="a",version="1"} 1 1 1 stale
          target_info{job="gw",instance="a",version="2"} _ _ _ 1 1 1
        eval range from 1m to 5m step 1m info(requests_total)
          requests_total{job="gw",instance="a",version="1"} 60 120 _ _ _
          requests_total{job="gw",instance="a",version="2"} _ _ 180 240 300
        clear
        load 1m
          requests_total{job="gw",instance="a"} 0+60x10
          target_info{job="gw",instance="a",version="1"} 1 1 1
          target_info{job="gw",instance="a",version="2"} _ 1 1
        eval range from 1m to 2m step 1m info(requests_total)
          expect fail
        """

    private static let typesAndUnits = """
        load 1m
          bytes_total{__type__="counter",__unit__="bytes",job="a"} 0+60x10
          sizes{__type__="gauge",__unit__="bytes",job="a"} 2x10
        eval instant at 5m bytes_total
          bytes_total{__type__="counter",__unit__="bytes",job="a"} 300
        eval instant at 5m rate(bytes_total[5m])
          {job="a"} 1
        eval instant at 5m bytes_total * 2
          {job="a"} 600
        eval instant at 5m bytes_total > 2
          bytes_total{__type__="counter",__unit__="bytes",job="a"} 300
        eval instant at 5m bytes_total > bool 2
          {job="a"} 1
        eval instant at 5m bytes_total * on (job) sizes
          {job="a"} 600
        eval instant at 5m abs(sizes)
          {job="a"} 2
        """
}
