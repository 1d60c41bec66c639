import ByteCoding
import GatewayModel
import PromQL
import Testing

@testable import AlertRules

struct BacktestTests {
    private static let start: Int64 = 1_700_000_000_000
    private static let minute: Int64 = 60_000

    /// Series with one value a minute.
    private func store(_ series: [String: [Double]]) -> SampleStore {
        let store = SampleStore()
        for (name, values) in series {
            var samples = SampleColumns()
            for (index, value) in values.enumerated() where !value.isNaN { samples.append(Self.start + Int64(index) * Self.minute, value) }
            store.append(SeriesLabels([SeriesLabel(SeriesLabels.metricName, "x"), SeriesLabel("a", name)]), samples)
        }
        return store
    }

    private func run(_ text: String, _ series: [String: [Double]], minutes: Int, _ change: (inout BacktestQuestion) -> Void = { _ in }) throws -> BacktestReport
    {
        var question = BacktestQuestion(
            expression: try PromQLParser.parse(text), text: text,
            grid: StepGrid(start: Self.start, end: Self.start + Int64(minutes - 1) * Self.minute, step: Self.minute))
        change(&question)
        return try Backtest(reader: store(series), options: PromQLOptions(lookbackMilliseconds: 30_000)).run(question)
    }

    private func span(_ from: Int64, _ to: Int64) -> TimeSpan { TimeSpan(from: Self.start + from * Self.minute, to: Self.start + to * Self.minute) }

    @Test func pagesCountGroupsAndNotAlerts() throws {
        let series: [String: [Double]] = ["1": [0, 9, 9, 0, 0, 9, 0, 0, 0, 0], "2": [0, 0, 9, 9, 0, 0, 0, 9, 0, 0]]
        let report = try run("x > 5", series, minutes: 10)
        #expect(report.summary.firings == 4)
        #expect(report.summary.alerts == 2)
        #expect(report.summary.flaps == 2)
        #expect(report.summary.pages == 3)
        #expect(report.summary.firingSeconds == 300)
        #expect(abs(report.summary.pagesPerWeek - 3 * 1008) < 0.01)
        #expect(report.summary.precision == nil && report.summary.recall == nil)
        #expect(try run("x > 5", series, minutes: 10) { $0.groupBy = ["a"] }.summary.pages == 4)
    }

    @Test func incidentsMakePrecisionRecallAndDelay() throws {
        let report = try run("x > 5", ["1": [0, 9, 9, 0, 0, 9, 0, 0, 0, 0, 0, 0]], minutes: 12) { $0.incidents = [span(0, 3), span(8, 10), span(500, 600)] }
        #expect(report.summary.precision == 0.5)
        #expect(report.summary.recall == 0.5)
        #expect(report.summary.detectionDelaySeconds == 60)
        #expect(report.alerts.map(\.isIncident) == [[true, false]])
        #expect(report.alerts.map(\.spans) == [[span(1, 3), span(5, 6)]])
    }

    @Test func theRulesLabelsArePutOnExceptTemplates() throws {
        let report = try run("x > 5", ["1": [9]], minutes: 1) { $0.labels = [SeriesLabel("severity", "critical"), SeriesLabel("v", "{{ $value }}")] }
        #expect(report.alerts.map(\.labels) == [SeriesLabels([SeriesLabel("a", "1"), SeriesLabel("severity", "critical")])])
    }

    @Test func anotherNumberTakesThePlaceOfTheRules() throws {
        let series: [String: [Double]] = ["1": [3, 6, 9]]
        #expect(try run("x > 5", series, minutes: 3) { $0.limit = 8 }.summary.firingSeconds == 60)
        #expect(try run("8 < x", series, minutes: 3) { $0.limit = 2 }.summary.firingSeconds == 180)
        let equal = try run("x == 3", series, minutes: 3) { $0.limit = 6 }
        #expect(equal.summary.firingSeconds == 60 && equal.threshold == AlertThreshold(.equal, 6) && equal.curve.isEmpty)
        #expect(throws: BacktestError.self) { try run("absent(x)", series, minutes: 3) { $0.limit = 8 } }
    }

    @Test func withoutAThresholdTheRuleIsReplayedAsItIs() throws {
        let report = try run("absent(x)", ["1": [1, .nan, .nan, 1]], minutes: 4)
        #expect(report.threshold == nil && report.curve.isEmpty && report.suggestion == nil)
        #expect(report.summary.firingSeconds == 120)
    }

    @Test func whatIsAlwaysExceededIsNoSuggestion() throws {
        var values = [Double](repeating: 1, count: 200)
        for index in stride(from: 5, to: 200, by: 10) { values[index] = 10 + Double(index) / 10 }
        let report = try run("x > 2", ["1": values], minutes: 200) { $0.pagesPerWeekMax = 200 }
        // 200 a week are about four in 200 minutes; "x > 0.5" would page once and never stop.
        let suggestion = try #require(report.suggestion)
        #expect(suggestion.summary.pages <= 4 && suggestion.summary.pages > 0)
        #expect(suggestion.limit > 20)
    }

    @Test func questionsWithoutSenseAreRefused() throws {
        #expect(throws: BacktestError.self) { try run("x > 5", [:], minutes: 0) }
        #expect(throws: BacktestError.self) { try run("x > 5", [:], minutes: 1) { $0.grid.step = 0 } }
        #expect(throws: BacktestError.self) { try run("x > 5", [:], minutes: 1) { $0.grid = StepGrid(start: .min, end: .max, step: 1) } }
        #expect(throws: BacktestError.self) { try run("x > 5", [:], minutes: 1) { $0.grid = StepGrid(start: 0, end: 1_000_000_000_000, step: 1) } }
        #expect(throws: BacktestError.self) { try run("\"a\"", [:], minutes: 1) }
        #expect(try run("x > 5", [:], minutes: 5).summary == BacktestSummary())
    }

    @Test func stepsAreTheIntervalOrAMultipleOfIt() {
        let day: Int64 = 86_400_000
        #expect(BacktestQuestion.grid(from: 0, to: day, interval: 15_000).step == 15_000)
        #expect(BacktestQuestion.grid(from: 0, to: 90 * day, interval: 60_000).step == 60_000)
        #expect(BacktestQuestion.grid(from: 0, to: 90 * day, interval: 5_000).step == 60_000)
        #expect(BacktestQuestion.grid(from: 0, to: day, interval: 5_000, step: 7).step == 7)
        #expect(BacktestQuestion.grid(from: 0, to: day, interval: 0).count <= 129_601)
    }

    @Test(arguments: [(0.012345, 0.0123), (98765.4, 98800), (-3.14159, -3.14), (0, 0), (1e-30, 1e-30), (1e30, 1e30), (0.05, 0.05), (250, 250)])
    func candidatesHaveThreeDigits(_ value: Double, _ rounded: Double) {
        #expect(abs(ThresholdCandidates.rounded(value) - rounded) <= rounded.magnitude * 1e-12)
    }

    @Test func cancellingEndsIt() throws {
        let question = BacktestQuestion(expression: try PromQLParser.parse("x > 5"), text: "", grid: StepGrid(start: 0, end: 1000, step: 1))
        #expect(throws: BacktestError.cancelled) { try Backtest(reader: store(["1": [1]])).run(question, isCancelled: { true }) }
    }

    @Test func theAnswerHasTheDocumentedMembers() throws {
        var writer = JSONWriter()
        let report = try run("x > 5", ["1": [0, 9, 0]], minutes: 3) { $0.pagesPerWeekMax = 1_000_000 }
        writer.object { report.write(to: &$0) }
        let value = try JSONValue.parse(writer.string)
        #expect(value["threshold"]?["comparison"]?.string == ">")
        #expect(writer.string.contains("\"pages\":1,"))
        #expect(value["summary"]?["precision"] == .null)
        #expect(writer.string.contains("\"spans\":[{\"from\":\"2023-11-14T22:14:20"))
        guard case .array(let curve)? = value["curve"] else { return #expect(Bool(false), "there is no curve") }
        #expect(curve.count > 3)
        #expect(value["suggestion"]?["pages_per_week"] != nil)
    }
}
