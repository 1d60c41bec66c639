internal import GatewayModel
internal import PromQL

/// One test on its way: rules are evaluated from step to step, and what they give is compared.
struct RuleTestRun {
    private let test: RuleTest
    private let file: RuleTestFile
    private let showsDifferences: Bool
    private let options: RuleOptions
    private var store: RuleTestStore
    private var groups: [RuleGroupState]
    private(set) var failures: [RuleTestFailure] = []

    /// Evaluations of one rule in one test: two years of minutes. More is a duration with the wrong unit.
    static let stepsMax: Int64 = 1_000_000
    /// promtool's limit of samples that one query may hold.
    private static let samplesMax = 10_000

    /// - Parameter groups: with the paths of their files, in the order in which they stand there.
    init(
        _ test: RuleTest, of file: RuleTestFile, groups: [(group: RuleGroup, path: String)], showsDifferences: Bool, expander: any AlertTextExpander
    ) throws(RuleTestFailure) {
        guard test.end / file.evaluationInterval <= Self.stepsMax else {
            let (end, interval) = (DurationText.text(milliseconds: test.end), DurationText.text(milliseconds: file.evaluationInterval))
            throw RuleTestFailure("\(end) in steps of \(interval) are more than \(Self.stepsMax) evaluations")
        }
        self.test = test
        self.file = file
        self.showsDifferences = showsDifferences
        let promQL = PromQLOptions(subqueryStepMilliseconds: file.evaluationInterval, samplesMax: Self.samplesMax, timeoutSeconds: 100, parallelism: 1)
        let options = RuleOptions(
            promQL: promQL, interval: test.interval, externalURL: test.externalURL, externalLabels: test.externalLabels, expander: expander)
        self.options = options
        store = try RuleTestStore(test)
        var places: [String: Int] = [:]
        for (index, name) in file.groupOrder.enumerated() { places[name] = index }
        // Groups that are not named stand with the first, as in promtool.
        let ordered = groups.enumerated().sorted { (places[$0.element.group.name] ?? 0, $0.offset) < (places[$1.element.group.name] ?? 0, $1.offset) }
        self.groups = ordered.map { RuleGroupState($0.element.group, file: $0.element.path, options: options) }
    }

    mutating func run() {
        guard evaluate() else { return }
        for expectation in test.expressions { check(expectation) }
    }

    /// Everything that is stored at the end, for looking at it by hand.
    func dump() -> String {
        let all = (from: test.start - 1, through: test.start + test.end)
        let request = SeriesRequest([], from: all.from, through: all.through, grid: StepGrid(start: all.through, end: all.through, step: 1))
        do throws(SeriesError) {
            var lines: [String] = []
            for series in try store.samples.select(request) {
                var points = SampleColumns()
                try series.read(from: request.from, through: request.through, into: &points)
                lines.append("\(series.labels.goText) =>\n\(points.notated)")
            }
            return lines.joined(separator: "\n")
        } catch { return "the series cannot be read: \(error)" }
    }

    // MARK: Rules

    /// - Returns: false when a rule could not be evaluated; then nothing is compared any more.
    private mutating func evaluate() -> Bool {
        let times = Set(test.alerts.map(\.time)).sorted()
        var next = 0
        for step in stride(from: 0, through: test.end, by: Int64.Stride(file.evaluationInterval)) {
            let time = test.start + step
            store.load(through: time)
            let failuresBefore = failures.count
            for index in groups.indices { evaluate(index, at: time) }
            if failures.count > failuresBefore { return false }
            // An expectation between two evaluations is about the one before.
            while next < times.count, times[next] < step + file.evaluationInterval {
                if times[next] >= step { for expectation in test.alerts where expectation.time == times[next] { check(expectation) } }
                next += 1
            }
        }
        return true
    }

    private mutating func evaluate(_ index: Int, at time: Int64) {
        groups[index].begin(at: time)
        while let batch = groups[index].advance(store.samples, options) { groups[index].stored(store.append(batch)) }
        _ = groups[index].finish()
        for rule in groups[index].status(options) where rule.health == .failing {
            failures.append(RuleTestFailure("    rule: \(rule.rule.name), time: \(GoDuration.text(milliseconds: time)), err: \(rule.lastError)"))
        }
    }

    // MARK: Expectations

    private mutating func check(_ expectation: AlertExpectation) {
        let expected = expectation.alerts.sorted()
        let found = groups.flatMap { group in
            group.status(options).filter { $0.rule.name == expectation.alertName }.flatMap { ($0.alerts ?? []).filter { $0.state == .firing } }
        }.map { LabelledAlert(labels: $0.labels, annotations: $0.annotations) }.sorted()
        guard found != expected else { return }
        let name = test.name.isEmpty ? "" : "    name: \(test.name),\n"
        let head = "\(name)    alertname: \(expectation.alertName), time: \(DurationText.text(milliseconds: expectation.time)), \n"
        if showsDifferences {
            failures.append(RuleTestFailure(head + "        diff:\n" + LabelledAlert.difference(expected, found, indentation: "            ")))
        } else {
            failures.append(
                RuleTestFailure(head + "        exp:\(LabelledAlert.text(of: expected)), \n        got:\(LabelledAlert.text(of: found))"))
        }
    }

    private mutating func check(_ expectation: ExpressionExpectation) {
        let head = "    expr: \(expectation.text.goQuoted), time: \(DurationText.text(milliseconds: expectation.time)),"
        do throws(RuleTestFailure) {
            let found = try answer(expectation).sorted()
            let expected = try expectation.samples.map { sample throws(RuleTestFailure) in try ComparedSample(sample) }.sorted()
            let isSame = found.count == expected.count && zip(expected, found).allSatisfy { $0.isSame($1, fuzzily: file.comparesFuzzily) }
            if isSame { return }
            failures.append(RuleTestFailure("\(head)\n        exp: \(ComparedSample.text(of: expected))\n        got: \(ComparedSample.text(of: found))"))
        } catch { failures.append(RuleTestFailure("\(head) err: \(error.message)")) }
    }

    private func answer(_ expectation: ExpressionExpectation) throws(RuleTestFailure) -> [ComparedSample] {
        let expression: Expression
        do throws(PromQLSyntaxError) { expression = try PromQLParser.parse(expectation.text) } catch { throw RuleTestFailure(error.description) }
        let answer: QueryAnswer
        do throws(PromQLError) {
            answer = try PromQLEngine(reader: store.samples, options: options.promQL).instant(expression, at: test.start + expectation.time)
        } catch { throw RuleTestFailure(error.message) }
        switch answer.value {
        case .scalar(let value): return [ComparedSample(labels: .none, value: value, histogram: "")]
        case .vector(let samples): return samples.map { ComparedSample(labels: $0.labels, value: $0.value, histogram: $0.histogram?.notation ?? "") }
        case .string, .matrix: throw RuleTestFailure("rule result is not a vector or scalar")
        }
    }
}
