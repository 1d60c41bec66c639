import GatewayModel
import PromQL
import Testing

@testable import AlertRules

/// Each pair of tables has what must be found, and what looks alike and must not be.
struct RuleLinterTests {
    /// The codes found in an alert with the expression and `for: 5m`.
    private func codes(_ expression: String, at least: RuleFinding.Severity = .info) -> [String] {
        findings(expression).filter { $0.severity >= least }.map(\.code.rawValue)
    }

    private func findings(_ expression: String, hold: String = "5m", extra: String = "") -> [RuleFinding] {
        let lines = expression.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }.joined(separator: "\n")
        let text = "groups:\n- name: g\n  interval: 15s\n  rules:\n  - alert: A\n    expr: |\n\(lines)\n    for: \(hold)\n\(extra)"
        return RuleLinter(scrapeInterval: 15_000).findings([LintReader.read(text, path: "rules.yml")])
    }

    // MARK: Whether it can fire

    @Test(arguments: [
        "up > 1", "up < 0", "up == 2", "rate(x_total[5m]) < 0", "increase(x_total[1h]) <= -1", "x_total < 0", "abs(x) < 0", "absent(x) == 0", "absent(x) > 1",
        "absent(vector(1))", "absent(x or vector(0))", "vector(0) > 0", "clamp_max(x, 5) > 10", "(x == 0) > 0", "(x > 5) < 5", "hour() > 23",
        "day_of_week() == 7",
        "sum(rate(x_total{code=~'5..'}[5m])) / sum(rate(x_total[5m])) > 1", "sum by (a) (rate(x_total{c='1'}[5m])) / sum by (a) (rate(x_total[5m])) > 5",
        "count_over_time(x[5m]) == 0 and y > 1", "x{a!~'.*'} > 1", "sgn(x) > 1", "changes(x[5m]) < 0", "(x > bool 5) == 2", "x > 5 and y > 1 and up > 1",
        "rate(x_total[5m]) * -1 > 0", "100 * sum(rate(x_total{c='1'}[5m])) / sum(rate(x_total[5m])) > 120", "1 - up > 1", "present_over_time(x[5m]) == 0",
    ])
    func whatCanNeverFireIsAnError(_ expression: String) {
        let found = findings(expression).filter { $0.severity == .error }.map(\.code)
        #expect(found.contains(.neverFires) || found.contains(.emptyVector), "\(expression): \(found)")
    }

    @Test(arguments: [
        "count(up == 1) == 0", "count(x) by (job) == 0", "count(x) < 1", "sum(x > 5) == 0", "count_over_time(x[5m]) == 0", "0 == count(up{job='a'} == 1)",
        "sum by (a) (up == 1) == 0",
    ])
    func comparisonsOfEmptyVectorsWithZeroAreErrors(_ expression: String) { #expect(codes(expression, at: .error) == ["empty-vector-comparison"]) }

    @Test(arguments: [
        "up == 0", "count(x) > 5", "count(up == 1) < 3", "(count(up == 1) or vector(0)) == 0", "sum(up == bool 1) == 0", "rate(x_total[5m]) > 0",
        "rate(x_total[5m]) == 0",
        "absent(x)", "absent(x) or up == 0", "sum(x_bytes) < 100", "x - y < 0", "delta(x[5m]) < 0", "sum(up) == 0", "min(up) < 1", "avg(up) < 0.5",
        "1 - avg(up) > 0.5",
        "sum(rate(x_total{c='5'}[5m])) / sum(rate(x_total[5m])) > 0.05", "sum(rate(x_total{c='5'}[5m])) / sum(rate(y_total[5m])) > 1", "hour() > 20 and x > 1",
        "time() - x > 3600", "x{a=~'.*'} > 5", "-x_bytes < -5", "(x > bool 5) == 1", "x unless y", "x_total offset 5m unless x_total", "deriv(x[5m]) < 0",
        "x % 2 == 1",
        "x > 1 and sum(rate(a_total[5m])) / sum(rate(b_total[5m])) >= 0",
    ])
    func whatCanFireIsLeftAlone(_ expression: String) {
        let found = findings(expression).filter {
            [.neverFires, .emptyVector, .alwaysFires, .comparisonNever, .comparisonAlways, .boolCondition, .noCondition].contains($0.code)
        }
        #expect(found.isEmpty, "\(expression): \(found)")
    }

    @Test(arguments: [
        ("up >= 0", RuleFindingCode.alwaysFires), ("rate(x_total[5m]) >= 0", .alwaysFires), ("count(x) > 0", .alwaysFires),
        ("absent(x) == 1", .comparisonAlways),
        ("x_total >= 0", .alwaysFires), ("up != 2", .alwaysFires), ("x > bool 5", .boolCondition), ("up == bool 0", .boolCondition),
        ("vector(1)", .alwaysFires),
        ("vector(1) > 0", .alwaysFires), ("rate(x_total[5m])", .noCondition), ("x{state='bad'}", .noCondition), ("sum(x) or vector(0)", .alwaysFires),
        ("x >= 5 and up >= 0", .comparisonAlways),
    ])
    func whatIsAlwaysOnIsFound(_ expression: String, _ code: RuleFindingCode) {
        #expect(findings(expression).contains { $0.code == code }, "\(expression): \(findings(expression).map(\.code.rawValue))")
    }

    // MARK: Labels

    @Test(arguments: [
        "sum by (job) (x) / sum by (instance) (y) > 1", "x{a='1'} and sum by (b) (y) > 1", "x / on(job) sum by (instance) (y) > 1 and x{job='a'}",
        "(a_now / ignoring(limit) b{limit='max'}) > 0.8 and b{limit='max'} > 0", "x{a='1'} - ignoring(b) sum without (a) (y) > 0",
    ])
    func sidesThatCanNeverHaveTheSameLabelsAreFound(_ expression: String) {
        let found = codes(expression)
        #expect(found.contains("labels-never-match") || found.contains("labels-doubtful-match"), "\(expression): \(found)")
    }

    @Test(arguments: [
        "x / y > 1", "sum by (job) (x) / sum by (job) (y) > 1", "sum by (job) (x) / on(job) group_left() y > 1",
        "x / ignoring(a) group_left() sum without (a) (y) > 1",
        "sum(x) / sum(y) > 1", "x > on() group_left() sum(y)", "sum by (job) (x) > 1 and on(job) y > 2", "x and on() vector(1) == 1", "x or sum(y) > 5",
        "job:x:sum > sum(y)",
        "label_replace(sum by (a) (x), 'b', '$1', 'a', '(.*)') / sum by (a, b) (y) > 1",
    ])
    func sidesThatMatchAreLeftAlone(_ expression: String) { #expect(!codes(expression).contains { $0.hasPrefix("labels-") }, "\(codes(expression))") }

    @Test(arguments: [
        ("sum by (job) (x) > 1", "{{ $labels.instance }}", true), ("sum by (job) (x) > 1", "{{ $labels.job }}", false),
        ("x > 1", "{{ $labels.instance }}", false),
        ("absent(x{job='a'})", "{{ $labels.job }} {{ .Labels.instance }}", true), ("absent(x{job='a'})", "{{ $labels.job }}", false),
        ("sum without (pod) (x) > 1", "{{ $labels.pod }}", true), ("count_values('v', x) > 1", "{{ $labels.v }}", false),
        ("x / on(a) y > 1", "{{ $labels.b }}", true),
        ("x / on(a) group_left(c) y > 1", "{{ $labels.b }}{{ $labels.c }}", false),
        ("sum(x) > 1", "{{ range query \"up\" }}{{ .Labels.instance }}{{ end }}", false),
        ("histogram_quantile(0.9, rate(x_bucket[5m])) > 1", "{{ $labels.le }}", true),
    ])
    func textsThatAskForLabelsThatAreGoneAreFound(_ expression: String, _ text: String, _ isFound: Bool) {
        let found = findings(expression, extra: "    annotations: {summary: '\(text)'}\n")
        #expect(found.contains { $0.code == .templateLabel } == isFound, "\(found.map(\.message))")
    }

    @Test(arguments: [
        ("value: '{{ $value }}'", true), ("v: '{{ $value | humanize }}'", true),
        ("severity: '{{ if gt $value 5.0 }}critical{{ else }}warning{{ end }}'", false),
        ("job: '{{ $labels.job }}'", false), ("severity: critical", false),
    ])
    func labelsThatChangeWithTheValueAreErrors(_ label: String, _ isFound: Bool) {
        #expect(findings("x > 1", extra: "    labels: {\(label)}\n").contains { $0.code == .valueInLabel && $0.severity == .error } == isFound)
    }

    // MARK: Numbers

    @Test(arguments: [
        ("rate(tokens_total[1h]) > 1000000", "TokenUsage above 1000000 tokens per hour", true), ("rate(x_total[5m]) > 10", "more than 10 per minute", true),
        ("sum(rate(x_total[5m])) * 3600 > 10", "more than 10 per hour", false), ("increase(x_total[1h]) > 10", "more than 10 per hour", false),
        ("increase(x_total[1h]) > 10", "more than 10 per second", true), ("rate(x_total[5m]) > 10", "more than 10 req/s", false),
        ("rate(x_total[5m]) > 10", "more than 10 errors in the last 5 minutes", true),
        ("increase(x_total[5m]) > 10", "more than 10 errors in the last 5 minutes", false),
        ("rate(x_seconds_total[5m]) > 10", "more than 10 per hour", false), ("sum(rate(a_total[5m])) / sum(rate(b_total[5m])) > 5", "5 per hour", false),
        ("rate(x_total[5m]) * 60 > 10", "10 per minute, not per hour", false), ("rate(x_total[5m]) > 0", "errors per hour", false),
    ])
    func numbersMeantForAnotherTimeAreFound(_ expression: String, _ text: String, _ isFound: Bool) {
        let found = findings(expression, extra: "    annotations: {summary: '\(text)'}\n").filter { $0.code == .rateUnit }
        #expect(!found.isEmpty == isFound, "\(found.map(\.message))")
    }

    @Test func theNameOfAnAlertSaysPerHourToo() {
        let text = "groups: [{name: g, rules: [{alert: TokensPerHour, expr: 'sum(rate(tokens_total[5m])) > 100000', for: 1m}]}]"
        let found = RuleLinter().findings([LintReader.read(text, path: "")]).filter { $0.code == .rateUnit }
        #expect(found.count == 1 && found[0].severity == .error)
        #expect(found.first?.message.contains("* 3600 > 100000") == true)
    }

    @Test(arguments: [
        ("x == 0.5", true), ("rate(x_total[5m]) == 3", true), ("a / b == 0.1", true), ("up == 0", false), ("x == 3", false), ("a / b == 1", false),
        ("x != 1.5", true),
        ("x == y", false), ("avg(x) == 7", true),
    ])
    func equalityOfWhatIsComputedIsFound(_ expression: String, _ isFound: Bool) { #expect(codes(expression).contains("float-equality") == isFound) }

    @Test(arguments: [
        ("100 * sum(rate(x_total{c='5'}[5m])) / sum(rate(x_total[5m])) > 0.05", true),
        ("sum(rate(x_total{c='5'}[5m])) / sum(rate(x_total[5m])) * 100 > 5", false),
    ])
    func percentagesComparedWithFractionsAreFound(_ expression: String, _ isFound: Bool) { #expect(codes(expression).contains("percentage") == isFound) }

    // MARK: Counters, windows, histograms

    @Test(arguments: [
        ("requests_total > 100", true), ("sum(errors_total) > 5", true), ("avg_over_time(x_total[5m]) > 5", true), ("delta(x_total[5m]) > 5", true),
        ("deriv(x_total[5m]) > 5", true), ("a_sum / a_count > 1 and rate(a_bucket[5m]) > 0", true), ("x_total - x_total offset 5m > 5", true),
        ("x_bucket > 3", true),
        ("rate(x_total[5m]) > 5", false), ("changes(x_total[5m]) > 5", false), ("absent(x_total)", false), ("count(x_total) > 5", false),
        ("x > 5 and x_total", false),
        ("pg_stat_activity_count > 100", false), ("job:x:rate5m_total > 5", false), ("rate(a_sum[5m]) / rate(a_count[5m]) > 1", false),
        ("x > 1 unless on() y_total > 0", false),
    ])
    func countersReadAsLevelsAreFound(_ expression: String, _ isFound: Bool) {
        #expect(codes(expression).contains("counter-as-gauge") == isFound, "\(expression): \(codes(expression))")
    }

    @Test(arguments: [
        ("rate(up[5m]) > 0", "gauge-as-counter", true), ("rate(x_ratio[5m]) > 0", "gauge-as-counter", true),
        ("increase(cpu_celsius[5m]) > 5", "gauge-as-counter", true),
        ("rate(x_total[5m]) > 0", "gauge-as-counter", false), ("rate(node_network_receive_bytes[5m]) > 0", "gauge-as-counter", false),
        ("rate(sum(x_total)[5m:1m]) > 0", "rate-of-sum", true), ("max_over_time(sum(rate(x_total[5m]))[1h:]) > 0", "rate-of-sum", false),
        ("rate(x_total[15s]) > 0", "short-window", true), ("rate(x_total[30s]) > 0", "short-window", true), ("rate(x_total[1m]) > 0", "short-window", false),
        ("increase(x_total[20s]) > 0", "short-window", true), ("max_over_time(x[15s]) > 0", "short-window", false),
        ("irate(x_total[5m]) > 5", "irate-in-alert", true),
        ("histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1", "histogram-without-le", true),
        ("histogram_quantile(0.9, sum without (le) (rate(x_bucket[5m]))) > 1", "histogram-without-le", true),
        ("histogram_quantile(0.9, sum(rate(x_bucket[5m]))) > 1", "histogram-without-le", true),
        ("histogram_quantile(0.9, sum by (job, le) (rate(x_bucket[5m]))) > 1", "histogram-without-le", false),
        ("histogram_quantile(0.9, rate(x_bucket[5m])) > 1", "histogram-without-le", false),
        ("histogram_quantile(0.9, sum(rate(native[5m]))) > 1", "histogram-without-le", false),
        ("histogram_quantile(0.9, sum by (le) (x_bucket)) > 1", "histogram-argument", true),
        ("histogram_quantile(0.9, sum by (le) (rate(x[5m]))) > 1", "histogram-argument", true),
        ("histogram_quantile(0.9, rate(x_count[5m])) > 1", "histogram-argument", true),
        ("histogram_quantile(0.9, max by (le) (rate(x_bucket[5m]))) > 1", "histogram-argument", true),
        ("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1", "histogram-argument", false),
        ("histogram_quantile(95, rate(x_bucket[5m])) > 1", "quantile-range", true), ("quantile(1.5, x) > 1", "quantile-range", true),
        ("quantile_over_time(-1, x[5m]) > 1", "quantile-range", true),
        ("quantile(0.95, x) > 1", "quantile-range", false), ("avg(histogram_quantile(0.9, rate(x_bucket[5m]))) > 1", "averaged-quantiles", true),
        ("avg by (job) (x{quantile='0.99'}) > 1", "averaged-quantiles", true), ("max(x{quantile='0.99'}) > 1", "averaged-quantiles", false),
        ("x{job=~'api'} > 1", "regex-without-pattern", true), ("x{job=~'^api.*$'} > 1", "regex-without-pattern", true),
        ("x{job=~'api|web'} > 1", "regex-without-pattern", false),
        ("x offset -5m > 1", "future-offset", true), ("x offset 5m > 1", "future-offset", false), ("x @ 1600000000 > 1", "fixed-time", true),
        ("absent(up{job=~'a|b'})", "absent-of-many", true), ("absent(up{job='a'})", "absent-of-many", false),
        ("sum(rate(new_total[5m])) / sum(rate(all_total[5m])) > 1", "division-by-zero", true),
        ("sum(rate(failed_total[5m])) / sum(rate(all_total[5m])) > 1", "division-by-zero", false),
        ("sum(rate(x_total{c='5'}[5m])) / sum(rate(x_total[5m])) > 0.1", "ratio-without-volume", true),
        ("sum(rate(x_total{c='5'}[5m])) / sum(rate(x_total[5m])) > 0.1 and sum(rate(x_total[5m])) > 1", "ratio-without-volume", false),
        ("x_bucket{le=\"1\"} > 5", "bucket-spelling", true), ("x_bucket{le=\"+Inf\"} > 5", "bucket-spelling", false),
    ])
    func oneThingAtATimeIsFoundOrNot(_ expression: String, _ code: String, _ isFound: Bool) {
        #expect(codes(expression).contains(code) == isFound, "\(expression): \(codes(expression))")
    }

    @Test func sumsRecordedElsewhereAreNotToBeRated() {
        let text = """
            groups:
            - name: g
              rules:
              - {record: 'job:x:sum', expr: sum by (job) (x_total)}
              - {record: 'job:x:rate5m', expr: 'sum by (job) (rate(x_total[5m]))'}
              - {alert: A, expr: 'rate(job:x:sum[5m]) > 1', for: 1m}
            """
        let found = RuleLinter().findings([LintReader.read(text, path: "")])
        #expect(found.filter { $0.code == .rateOfSum }.map(\.line) == [6])
    }

    // MARK: For, duplicates

    @Test(arguments: [
        ("up == 0", "0s", ["no-for"]), ("up == 0", "1m", []), ("x > 1", "5s", ["short-for"]), ("increase(x_total[5m]) > 0", "0s", []),
        ("absent(x)", "0s", ["no-for"]),
    ])
    func waitingIsLookedAt(_ expression: String, _ hold: String, _ codes: [String]) { #expect(findings(expression, hold: hold).map(\.code.rawValue) == codes) }

    @Test func theSameRuleTwiceIsFound() {
        let text = """
            groups:
            - name: a
              rules:
              - {alert: A, expr: x > 1, for: 1m}
              - {alert: A, expr: x > 1, for: 1m, labels: {severity: warning}}
            - name: b
              rules:
              - {alert: A, expr: 'x>1', for: 1m}
            """
        let found = RuleLinter().findings([LintReader.read(text, path: "")])
        #expect(found.map { "\($0.code.rawValue) \($0.line)" } == ["duplicate-alert 8"])
    }

    // MARK: Expressions alone

    @Test func expressionsAloneAreJudgedAsAlerts() throws {
        let text = "count(up == 1) == 0"
        let found = RuleLinter().findings(expression: try PromQLParser.parse(text), text: text)
        #expect(found.map(\.code) == [.emptyVector])
        #expect(found.first.map { [$0.line, $0.column] } == [1, 1])
    }
}
