import GatewayModel
import KeepTestSupport
import PromQL
import Testing

@testable import AlertRules

/// A backtest against the engine's own states, which go from instant to instant.
struct BacktestOracleTests {
    private static let start: Int64 = 1_700_000_000_000
    private static let step: Int64 = 30_000

    /// Series that jump about, stay away for a while, and come back.
    private static func store(_ generator: inout SeededGenerator, instants: Int) -> SampleStore {
        let store = SampleStore()
        for name in ["x", "y"] {
            for series in 0..<Int.random(in: 1...4, using: &generator) {
                var samples = SampleColumns()
                var value = Double.random(in: 0...10, using: &generator)
                for index in 0..<instants {
                    let time = start + Int64(index) * step
                    if Int.random(in: 0..<40, using: &generator) == 0 { samples.append(time, SampleColumns.staleMarker) }
                    if Int.random(in: 0..<6, using: &generator) == 0 { value = Double.random(in: 0...10, using: &generator) }
                    if Int.random(in: 0..<60, using: &generator) == 0 { value = .nan } else if value.isNaN { value = 5 }
                    if Int.random(in: 0..<25, using: &generator) != 0 { samples.append(time, value) }
                }
                store.append(SeriesLabels([SeriesLabel(SeriesLabels.metricName, name), SeriesLabel("a", "\(series)")]), samples)
            }
        }
        return store
    }

    /// When the engine's states say that alerts fire.
    private static func truth(_ question: BacktestQuestion, _ reader: any SeriesReader) throws -> [SeriesLabels: [TimeSpan]] {
        let options = RuleOptions(flapping: FlappingLimits(transitions: 0))
        var state = AlertingState(AlertSpecification(name: "A", holdDuration: question.holdDuration, keepFiringFor: question.keepFiringFor))
        let engine = PromQLEngine(reader: reader, options: options.promQL)
        var since: [SeriesLabels: Int64] = [:]
        var spans: [SeriesLabels: [TimeSpan]] = [:]
        for index in 0..<question.grid.count {
            let time = question.grid[index]
            guard case .vector(let samples) = try engine.instant(question.expression, at: time).value else { continue }
            let found = samples.map { AlertingState.Found(labels: $0.labels.dropping([SeriesLabels.metricName]), annotations: .none, value: $0.value) }
            _ = try state.update(found, at: time, limit: 0, options: options)
            let firing = Set(state.active.values.filter { $0.state == .firing }.map(\.labels))
            for labels in firing where since[labels] == nil { since[labels] = time }
            for (labels, from) in since where !firing.contains(labels) {
                spans[labels, default: []].append(TimeSpan(from: from, to: time))
                since[labels] = nil
            }
        }
        let end = question.grid[question.grid.count - 1] + question.grid.step
        for (labels, from) in since { spans[labels, default: []].append(TimeSpan(from: from, to: end)) }
        return spans
    }

    private static let templates = [
        "x > L", "x >= L", "x < L", "L > x", "(x > L)", "x > L and on(a) y > 3", "(x > L and y) unless y > 8", "x > L or y > 9",
        "(x > L or y > 8) and on(a) y < 9",
        "max_over_time(x[2m]) > L", "sum(x) > L", "sum by (a) (x) / sum by (a) (y) > L", "sort_desc(x) > L", "x == L", "x > bool L", "x unless y > L",
        "x > 2 < L", "absent(x) or x > L",
        "x > L or on(a) y > 5", "label_replace(x > L, 'b', '$1', 'a', '(.*)')", "x - y > L", "sum(x > L) > 12",
    ]

    @Test(arguments: 0..<12) func firingIsWhatTheEngineFinds(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let instants = 160
        let store = Self.store(&generator, instants: instants)
        for template in Self.templates {
            let limit = (Double.random(in: 0...10, using: &generator) * 4).rounded() / 4
            let text = template.replacing("L", with: "\(limit)")
            let question = BacktestQuestion(
                expression: try PromQLParser.parse(text), text: text, holdDuration: [0, 0, 30_000, 45_000, 120_000].randomElement(using: &generator) ?? 0,
                keepFiringFor: [0, 0, 30_000, 100_000].randomElement(using: &generator) ?? 0,
                grid: StepGrid(start: Self.start, end: Self.start + Int64(instants - 1) * Self.step, step: Self.step), wantsCurve: false)
            let report = try Backtest(reader: store).run(question)
            let spans = Dictionary(uniqueKeysWithValues: report.alerts.map { ($0.labels, $0.spans) })
            #expect(spans == (try Self.truth(question, store)), "\(text), for \(question.holdDuration), keep \(question.keepFiringFor)")
        }
    }

    /// A point of the curve is what a backtest of the rule with that number gives.
    @Test(arguments: 0..<6) func theCurveIsWhatTheRuleWithTheNumberGives(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: 100 + seed)
        let store = Self.store(&generator, instants: 120)
        for template in Self.templates.prefix(13) {
            let text = template.replacing("L", with: "5.0")
            var question = BacktestQuestion(
                expression: try PromQLParser.parse(text), text: text, holdDuration: 60_000,
                grid: StepGrid(start: Self.start, end: Self.start + 119 * Self.step, step: Self.step))
            let curve = try Backtest(reader: store).run(question).curve
            #expect(curve.count > 5, "\(text)")
            let found = try #require(ThresholdSearch.threshold(of: question.expression))
            for point in curve {
                question.text = ThresholdSearch.replacing(found, with: point.limit, in: text)
                question.expression = try PromQLParser.parse(question.text)
                question.wantsCurve = false
                #expect(try Backtest(reader: store).run(question).summary == point.summary, "\(question.text)")
            }
        }
    }

    /// What the budget's threshold promises holds, and a more sensitive one on the curve breaks it.
    @Test(arguments: 0..<6) func theSuggestionKeepsToTheBudget(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: 200 + seed)
        let store = Self.store(&generator, instants: 200)
        for text in ["x > 5", "x < 5", "sum(x) > 5"] {
            let grid = StepGrid(start: Self.start, end: Self.start + 199 * Self.step, step: Self.step)
            // Pages in a week, of which the test's hour and a half is a hundredth.
            let question = BacktestQuestion(expression: try PromQLParser.parse(text), text: text, grid: grid, pagesPerWeekMax: 300)
            let report = try Backtest(reader: store).run(question)
            let suggestion = try #require(report.suggestion)
            #expect(suggestion.summary.pagesPerWeek <= 300)
            var again = question
            again.limit = suggestion.limit
            again.wantsCurve = false
            #expect(try Backtest(reader: store).run(again).summary == suggestion.summary)
            let isUpward = text.contains(">")
            for point in report.curve where isUpward ? point.limit >= suggestion.limit : point.limit <= suggestion.limit {
                #expect(point.summary.pagesPerWeek <= 300)
            }
        }
    }
}
