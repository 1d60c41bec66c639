import Testing

@testable import PromQL

/// Every function's edges as the documentation of Prometheus names them, in Prometheus's language for tests.
struct FunctionScriptsTests {
    struct Script: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        var testDescription: String { name }
    }

    @Test(arguments: Script.all) func everyEvaluationIsAsDocumented(_ script: Script) async throws {
        // The language wants an empty line between commands.
        let text = script.text.replacing("\neval", with: "\n\neval")
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(try TestScript(text))
        #expect(!outcomes.isEmpty)
        for outcome in outcomes { #expect(outcome.failure == nil, "\(outcome.text)") }
    }

    /// What the parser knows is what the tables have, but for what the engine evaluates itself.
    @Test func everyFunctionOfTheParserIsThere() {
        let byTheEngine: Set<String> = ["absent_over_time", "info"]
        let missing = FunctionSignature.all.map(\.name).filter { name in
            PromQLFunctions.overRanges[name] == nil && PromQLFunctions.overInstants[name] == nil && !byTheEngine.contains(name)
        }
        #expect(missing.isEmpty)
        let unknown = (Array(PromQLFunctions.overRanges.keys) + Array(PromQLFunctions.overInstants.keys)).filter { FunctionSignature.named($0) == nil }
        #expect(unknown.isEmpty)
    }
}

extension FunctionScriptsTests.Script {
    static let all = [
        FunctionScriptsTests.Script(name: "dates", text: dates),
        FunctionScriptsTests.Script(name: "numbers", text: numbers),
        FunctionScriptsTests.Script(name: "scalars and absence", text: scalarsAndAbsence),
        FunctionScriptsTests.Script(name: "labels", text: labels),
        FunctionScriptsTests.Script(name: "orders", text: orders),
        FunctionScriptsTests.Script(name: "rates", text: rates),
        FunctionScriptsTests.Script(name: "over time", text: overTime),
        FunctionScriptsTests.Script(name: "extended edges", text: extendedEdges),
        FunctionScriptsTests.Script(name: "histograms", text: histograms),
    ]

    private static let dates = """
        # 2006-01-02T22:04:05Z was a Monday.
        eval instant at 0m year(vector(1136239445))
            {} 2006
        eval instant at 0m month(vector(1136239445))
            {} 1
        eval instant at 0m day_of_month(vector(1136239445))
            {} 2
        eval instant at 0m day_of_week(vector(1136239445))
            {} 1
        eval instant at 0m day_of_year(vector(1136239445))
            {} 2
        eval instant at 0m hour(vector(1136239445.9))
            {} 22
        eval instant at 0m minute(vector(1136239445))
            {} 4
        eval instant at 0m days_in_month(vector(1136239445))
            {} 31

        # A second before 1970, and half a second, which is cut off.
        eval instant at 0m year(vector(-1))
            {} 1969
        eval instant at 0m day_of_month(vector(-1))
            {} 31
        eval instant at 0m day_of_week(vector(-1))
            {} 3
        eval instant at 0m day_of_year(vector(-1))
            {} 365
        eval instant at 0m hour(vector(-1))
            {} 23
        eval instant at 0m minute(vector(-0.5))
            {} 0

        # 2000-02-29, and February of 1900, which was no leap year; 2024-12-31.
        eval instant at 0m days_in_month(vector(951782400))
            {} 29
        eval instant at 0m day_of_year(vector(951782400))
            {} 60
        eval instant at 0m days_in_month(vector(-2206310400))
            {} 28
        eval instant at 0m day_of_year(vector(1735603200))
            {} 366

        # Without argument the instant itself.
        eval instant at 25h1m hour()
            {} 1
        eval range from 59m to 61m step 1m hour()
            {} 0 1 1
        eval range from 59m to 61m step 1m minute()
            {} 59 0 1

        load 1m
            t{l="a"} 86400
            t{l="h"} {{schema:0 sum:1 count:1 buckets:[1]}}
        eval instant at 0m day_of_month(t)
            {l="a"} 2
        """

    private static let numbers = """
        eval instant at 0m round(vector(2.5))
            {} 3
        eval instant at 0m round(vector(-2.5))
            {} -2
        eval instant at 0m round(vector(0.25), 0.1)
            {} 0.3
        eval instant at 0m round(vector(0.07), 0.05)
            {} 0.05
        eval instant at 0m round(vector(-7.5), 5)
            {} -5
        eval instant at 0m round(vector(7), 0)
            {} NaN
        eval instant at 0m ceil(vector(-1.78))
            {} -1
        eval instant at 0m floor(vector(1.78))
            {} 1
        eval instant at 0m floor(vector(-1.1))
            {} -2
        eval instant at 0m ceil(vector(Inf))
            {} Inf
        eval instant at 0m abs(vector(-Inf))
            {} Inf
        eval instant at 0m sgn(vector(-0.3))
            {} -1
        eval instant at 0m sgn(vector(0))
            {} 0
        eval instant at 0m sgn(vector(NaN))
            {} NaN
        eval instant at 0m ln(vector(0))
            {} -Inf
        eval instant at 0m ln(vector(-1))
            {} NaN
        eval instant at 0m log2(vector(8))
            {} 3
        eval instant at 0m log10(vector(0.001))
            {} -3
        eval instant at 0m log10(vector(Inf))
            {} Inf
        eval instant at 0m exp(vector(-Inf))
            {} 0
        eval instant at 0m sqrt(vector(-1))
            {} NaN
        eval instant at 0m sqrt(vector(2.25))
            {} 1.5
        eval instant at 0m acos(vector(1.5))
            {} NaN
        eval instant at 0m atanh(vector(1))
            {} Inf
        eval instant at 0m acosh(vector(0.5))
            {} NaN
        eval instant at 0m deg(vector(pi()))
            {} 180
        eval instant at 0m rad(vector(90)) * 2 / pi()
            {} 1

        # NaN gives NaN, but beyond infinity nothing is larger or smaller.
        eval instant at 0m max_of(NaN, Inf)
            Inf
        eval instant at 0m min_of(-Inf, NaN)
            -Inf
        eval instant at 0m min_of(NaN, Inf)
            NaN
        eval instant at 0m max_of(-Inf, 3)
            3

        load 1m
            m{v="a"} -50 0 50
            m{v="h"} {{schema:0 sum:1 count:1 buckets:[1]}}x2
        # Limits may change from instant to instant; where they cross, nothing is left.
        eval range from 0m to 2m step 1m clamp(m, -10, 20)
            {v="a"} -10 0 20
        eval range from 0m to 2m step 1m clamp_max(m, time() - 60)
            {v="a"} -60 0 50
        eval range from 0m to 2m step 1m clamp(m, time(), 60)
            {v="a"} 0 60 _
        eval range from 0m to 2m step 1m clamp_min(m, NaN)
            {v="a"} NaN NaN NaN
        eval range from 0m to 2m step 1m clamp_min(vector(NaN), 1)
            {} NaN NaN NaN
        eval range from 0m to 2m step 1m abs(m)
            {v="a"} 50 0 50
        """

    private static let scalarsAndAbsence = """
        load 1m
            one{l="a"} 5 _ 7
            two{l="a"} 1 1 1
            two{l="b"} _ 2 2
            hist{l="a"} {{schema:0 sum:1 count:1 buckets:[1]}}x2

        eval range from 0m to 2m step 1m scalar(one)
            {} 5 5 7
        eval range from 0m to 2m step 1m scalar(two)
            {} 1 NaN NaN
        eval instant at 0m scalar(hist)
            NaN
        eval instant at 0m scalar(none)
            NaN
        eval range from 0m to 2m step 1m vector(scalar(one) + time())
            {} 5 65 127

        eval instant at 0m absent(none{job="a", instance=~".*"})
            {job="a"} 1
        eval instant at 0m absent(none{job="a", job="b", foo="bar"})
            {foo="bar"} 1
        eval instant at 0m absent((none{job="a"}))
            {job="a"} 1
        eval instant at 0m absent(none{job="a"} * 2)
            {} 1
        eval instant at 0m absent(none{job!="a", foo=""})
            {} 1
        eval range from 0m to 7m step 1m absent(two{l="b"})
            {l="b"} 1 _ _ _ _ _ _ 1
        eval range from 0m to 4m step 1m absent_over_time(one[1m])
            {} _ 1 _ 1 1
        eval range from 0m to 4m step 1m absent_over_time(one{l="a"}[2m])
            {l="a"} _ _ _ _ 1
        eval instant at 0m absent_over_time(none{job="a"}[5m])
            {job="a"} 1
        eval instant at 0m absent_over_time(none{job="a"}[5m:1m])
            {} 1

        # The samples' own times of a selector, the instants of everything else.
        eval range from 0m to 2m30s step 30s timestamp(one)
            {l="a"} 0 0 0 0 120 120
        eval range from 0m to 2m30s step 30s timestamp((one))
            {l="a"} 0 0 0 0 120 120
        eval range from 0m to 1m30s step 30s timestamp(one + 0)
            {l="a"} 0 30 60 90
        eval instant at 90s timestamp(timestamp(one))
            {l="a"} 90
        eval instant at 90s timestamp(hist)
            {l="a"} 60
        eval instant at 3m timestamp(one offset 1m)
            {l="a"} 120
        """

    private static let labels = #"""
        load 1m
            requests{model="gpt-4o-mini", path="/v1/chat"} 1 2
            requests{model="llama-3", path="/v1/chat"} 3 4
            requests_hist{model="gpt-4o"} {{schema:0 sum:1 count:1 buckets:[1]}}

        eval instant at 0m label_replace(requests, "family", "$1", "model", "([a-z]+)-.*")
            requests{family="gpt", model="gpt-4o-mini", path="/v1/chat"} 1
            requests{family="llama", model="llama-3", path="/v1/chat"} 3
        # By names, and with an unnamed group beside a text that could belong to its name.
        eval instant at 0m label_replace(requests, "model", "$vendor/${version}", "model", "(?P<vendor>[a-z]+)-(?P<version>.*)")
            requests{model="gpt/4o-mini", path="/v1/chat"} 1
            requests{model="llama/3", path="/v1/chat"} 3
        eval instant at 0m label_replace(requests, "short", "${1}x$$", "model", "(...).*")
            requests{model="gpt-4o-mini", path="/v1/chat", short="gptx$"} 1
            requests{model="llama-3", path="/v1/chat", short="llax$"} 3
        # A group that does not exist is empty, and so the label goes.
        eval instant at 0m label_replace(requests, "path", "$1x", "model", "(.*)")
            requests{model="gpt-4o-mini"} 1
            requests{model="llama-3"} 3
        # Only whole values match.
        eval instant at 0m label_replace(requests, "family", "$0", "model", "gpt")
            requests{model="gpt-4o-mini", path="/v1/chat"} 1
            requests{model="llama-3", path="/v1/chat"} 3
        # A label that is not there is empty.
        eval instant at 0m label_replace(requests, "new", "value$1", "none", "(.*)")
            requests{model="gpt-4o-mini", path="/v1/chat", new="value"} 1
            requests{model="llama-3", path="/v1/chat", new="value"} 3
        eval instant at 0m label_replace(requests, "new", "value", "none", ".+")
            requests{model="gpt-4o-mini", path="/v1/chat"} 1
            requests{model="llama-3", path="/v1/chat"} 3
        eval instant at 0m label_replace(requests_hist, "model", "other", "model", "gpt.*")
            requests_hist{model="other"} {{schema:0 sum:1 count:1 buckets:[1]}}
        eval range from 0m to 1m step 1m label_replace(-requests, "__name__", "negative_$1", "__name__", "(.*)")
            negative_requests{model="gpt-4o-mini", path="/v1/chat"} -1 -2
            negative_requests{model="llama-3", path="/v1/chat"} -3 -4
        eval instant at 0m label_replace(requests, "model", "", "model", ".*")
            expect fail msg: vector cannot contain metrics with the same labelset
        eval instant at 0m label_replace(requests, "new", "", "model", "(.*")
            expect fail msg: invalid regular expression in label_replace(): (.*
        eval instant at 0m label_replace(requests, "", "x", "model", ".*")
            expect fail
        eval instant at 0m label_replace(requests, "\xff", "x", "model", ".*")
            expect fail

        eval instant at 0m label_join(requests, "all", "|", "model", "none", "path")
            requests{all="gpt-4o-mini||/v1/chat", model="gpt-4o-mini", path="/v1/chat"} 1
            requests{all="llama-3||/v1/chat", model="llama-3", path="/v1/chat"} 3
        eval instant at 0m label_join(requests, "path", "-")
            requests{model="gpt-4o-mini"} 1
            requests{model="llama-3"} 3
        eval instant at 0m label_join(requests, "model", "", "path")
            expect fail msg: vector cannot contain metrics with the same labelset
        eval instant at 0m label_join(requests, "x", "", "")
            expect fail
        eval instant at 0m label_join(requests, "\xff", "", "model")
            expect fail
        """#

    private static let orders = """
        load 1m
            v{n="node10"} 3
            v{n="node2"} NaN
            v{n="node1"} -Inf
            v{n="node02"} 5
            v{n="node1a"} {{schema:0 sum:1 count:1 buckets:[1]}}

        eval instant at 0m sort(v)
            expect ordered
            v{n="node1"} -Inf
            v{n="node10"} 3
            v{n="node02"} 5
            v{n="node2"} NaN
        eval instant at 0m sort_desc(v)
            expect ordered
            v{n="node02"} 5
            v{n="node10"} 3
            v{n="node1"} -Inf
            v{n="node2"} NaN
        eval instant at 0m sort_by_label(v, "n")
            expect ordered
            v{n="node1"} -Inf
            v{n="node1a"} {{schema:0 sum:1 count:1 buckets:[1]}}
            v{n="node02"} 5
            v{n="node2"} NaN
            v{n="node10"} 3
        eval instant at 0m sort_by_label_desc(v, "none", "n")
            expect ordered
            v{n="node10"} 3
            v{n="node2"} NaN
            v{n="node02"} 5
            v{n="node1a"} {{schema:0 sum:1 count:1 buckets:[1]}}
            v{n="node1"} -Inf
        # Without labels to sort by the whole label sets decide.
        eval instant at 0m sort_by_label(v{n=~"node[12]"})
            expect ordered
            v{n="node1"} -Inf
            v{n="node2"} NaN
        eval range from 0m to 1m step 1m sort_desc(v{n="node10"})
            expect warn msg: PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:1)
            v{n="node10"} 3 3
        """

    private static let rates = """
        load 10s
            c_total{i="single"} 5
            c_total{i="flat"} 7 7 7 7 7 7 7
            c_total{i="nan"} 1 2 NaN 4 5 6 7
            c_total{i="gap"} 0 _ _ 30 _ _ 60
            c_total{i="mixed"} 1 2 3 {{schema:0 sum:1 count:1 buckets:[1]}}
            gauge 10 8 6 9

        # Two samples at the least; the first one of (0s, 60s] lies at 10s.
        eval instant at 60s increase(c_total{i="flat"}[60s])
            {i="flat"} 0
        eval instant at 60s increase(c_total{i="single"}[2m])
        eval instant at 60s rate(c_total{i="nan"}[50s])
            {i="nan"} NaN
        eval instant at 60s rate(c_total{i="nan"}[30s])
            {i="nan"} 0.1
        # 30s and 60s are the samples: 30 in 30 s, and half a distance before the first one.
        eval instant at 60s increase(c_total{i="gap"}[60s])
            {i="gap"} 60
        eval instant at 70s increase(c_total{i="gap"}[60s])
            {i="gap"} 60
        eval instant at 60s rate(c_total{i="mixed"}[2m])
            expect warn msg: PromQL warning: encountered a mix of histograms and floats for metric name "c_total" (1:6)
        eval instant at 30s rate(gauge[40s])
            expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "gauge" (1:6)
            {} 0.56666666666666667
        eval instant at 30s delta(gauge[30s])
            expect no_info
            {} 1.5
        eval instant at 30s idelta(gauge[30s])
            {} 3
        eval instant at 20s irate(gauge[30s])
            {} 0.6
        eval instant at 1m30s rate(c_total{i="flat"}[30s] offset 30s)
            {i="flat"} 0
        eval range from 0s to 40s step 10s resets(gauge[20s])
            {} 0 1 1 0 0
        eval range from 0s to 40s step 10s changes(gauge[21s])
            {} 0 1 2 2 1
        """

    private static let overTime = """
        load 10s
            v{k="a"} 4 2 2 8 1
            v{k="nan"} NaN 3 NaN 1 NaN
            v{k="big"} 1e308 1e308 1e308
            v{k="inf"} 1 Inf 2
            v{k="infs"} Inf -Inf 1
            v{k="mixed"} 1 {{schema:0 sum:1 count:1 buckets:[1]}} 3

        eval instant at 40s avg_over_time(v{k="big"}[1m])
            {k="big"} 1e308
        eval instant at 40s sum_over_time(v{k="big"}[1m])
            {k="big"} Inf
        eval instant at 40s avg_over_time(v{k="inf"}[1m])
            {k="inf"} Inf
        eval instant at 40s sum_over_time(v{k="infs"}[1m])
            {k="infs"} NaN
        eval instant at 40s stdvar_over_time(v{k="inf"}[1m])
            {k="inf"} NaN
        eval instant at 40s ts_of_min_over_time(v{k="a"}[1m])
            {k="a"} 40
        eval instant at 30s ts_of_min_over_time(v{k="a"}[1m])
            {k="a"} 20
        eval instant at 40s ts_of_max_over_time(v{k="nan"}[1m])
            {k="nan"} 10
        eval instant at 0s ts_of_max_over_time(v{k="nan"}[1m])
            {k="nan"} 0
        eval instant at 40s mad_over_time(v{k="a"}[1m])
            {k="a"} 1
        eval instant at 30s mad_over_time(v{k="a"}[1m])
            {k="a"} 1
        eval instant at 40s mad_over_time(v{k="nan"}[1m])
            {k="nan"} NaN
        eval instant at 40s quantile_over_time(0.5, v{k="nan"}[1m])
            {k="nan"} NaN
        eval instant at 40s quantile_over_time(0.75, v{k="nan"}[1m])
            {k="nan"} 1
        eval instant at 40s quantile_over_time(NaN, v{k="a"}[1m])
            expect warn msg: PromQL warning: quantile value should be between 0 and 1, got NaN (1:20)
            {k="a"} NaN
        eval instant at 40s max_over_time(v{k="mixed"}[1m])
            expect info msg: PromQL info: ignored histograms in a range containing both floats and histograms for metric name "v" (1:15)
            {k="mixed"} 3
        eval instant at 40s sum_over_time(v{k="mixed"}[1m])
            expect warn msg: PromQL warning: encountered a mix of histograms and floats for metric name "v" (1:15)
        eval instant at 40s count_over_time(v{k="mixed"}[1m])
            expect no_info
            {k="mixed"} 3
        eval instant at 10s deriv(v{k="mixed"}[1m])
            expect info
        eval instant at 40s deriv(v{k="inf"}[1m])
            {k="inf"} NaN
        eval instant at 40s predict_linear(v{k="a"}[11s], 20)
            {k="a"} -13
        eval instant at 40s double_exponential_smoothing(v{k="a"}[1m], 1, 0.5)
            expect fail msg: invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000
        eval instant at 40s double_exponential_smoothing(v{k="a"}[1m], 0.5, -0.25)
            expect fail msg: invalid trend factor. Expected: 0 < tf < 1, got: -0.250000
        eval instant at 10s double_exponential_smoothing(v{k="a"}[1m], 0.5, 0.5)
            {k="a"} 2
        eval instant at 0s double_exponential_smoothing(v{k="a"}[1m], 0.5, 0.5)
        eval instant at 40s last_over_time(v{k="mixed"}[25s])
            v{k="mixed"} 3
        eval instant at 40s first_over_time(v{k="mixed"}[35s])
            v{k="mixed"} {{schema:0 sum:1 count:1 buckets:[1]}}
        """

    private static let extendedEdges = """
        load 10s
            c_total 0 10 20 30 5 15
            g 1 1 3 3 {{schema:0 sum:1 count:1 buckets:[1]}} 4

        # Between the samples at 20s and 50s: 30 - 20, and 15 after the reset.
        eval instant at 50s increase(c_total[30s] anchored)
            {} 25
        eval instant at 55s increase(c_total[30s] anchored)
            {} 25
        # From 25 at 25s on the line to 15.
        eval instant at 55s increase(c_total[30s] smoothed)
            {} 20
        # At 45s it lies between 5 and 15, at 35s on the way from nothing to 5.
        eval instant at 45s increase(c_total[10s] smoothed)
            {} 7.5
        eval instant at 45s rate(c_total[10s] smoothed)
            {} 0.75
        eval instant at 35s delta(c_total[10s] smoothed)
            {} -7.5
        eval instant at 5m increase(c_total[10s] anchored)
        eval instant at 50s resets(c_total[30s] anchored)
            {} 1
        # From number to histogram and back.
        eval instant at 50s changes(g[20s] anchored)
            {} 2
        eval instant at 50s changes(g[10s] anchored)
            {} 1
        eval instant at 30s changes(g[20s] anchored)
            {} 1
        eval instant at 50s sum_over_time(g[20s] anchored)
            expect fail
        eval instant at 50s changes(g[20s] smoothed)
            expect fail
        """

    private static let histograms = """
        load 1m
            h{t="n"} {{schema:0 sum:10 count:4 buckets:[1 2 1]}}
            h{t="f"} 3
            c_bucket{le="1"} 1
            c_bucket{le="2"} 3
            c_bucket{le="+Inf"} 4
            bad_bucket{le="x"} 1
            same_h{} {{schema:0 sum:10 count:4 buckets:[1 2 1]}}
            same_h{le="1"} 1
            same_h{le="+Inf"} 1

        eval instant at 0m histogram_count(h)
            {t="n"} 4
        eval instant at 0m histogram_sum(h)
            {t="n"} 10
        eval instant at 0m histogram_avg(h)
            {t="n"} 2.5
        eval instant at 0m histogram_quantile(0.5, c_bucket)
            {} 1.5
        eval instant at 0m histogram_quantile(1, c_bucket)
            {} 2
        eval instant at 0m histogram_quantile(1.5, c_bucket)
            expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:20)
            {} Inf
        eval instant at 0m histogram_quantiles(c_bucket, "q", 0.5, 1)
            {q="0.5"} 1.5
            {q="1.0"} 2
        eval instant at 0m histogram_quantiles(c_bucket, "q", 1, 1)
            expect fail msg: vector cannot contain metrics with the same labelset
        eval instant at 0m histogram_fraction(0, 1, c_bucket)
            {} 0.25
        eval instant at 0m histogram_fraction(0.5, 1.5, c_bucket)
            {} 0.375
        eval instant at 0m histogram_fraction(2, 1, c_bucket)
            {} 0
        eval instant at 0m histogram_quantile(0.5, bad_bucket)
            expect warn msg: PromQL warning: bucket label "le" is missing or has a malformed value of "x" for metric name "bad_bucket" (1:25)
        eval instant at 0m histogram_quantile(0.5, h{t="f"})
            expect warn msg: PromQL warning: bucket label "le" is missing or has a malformed value of "" for metric name "h" (1:25)
        eval instant at 0m histogram_quantile(0.5, same_h)
            expect warn msg: PromQL warning: vector contains a mix of classic and native histograms for metric name "same_h" (1:25)
        eval instant at 0m histogram_fraction(-Inf, +Inf, h{t="n"})
            {t="n"} 1
        """
}
