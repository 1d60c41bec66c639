internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads files of tests of rules, and says everything that is wrong with one. Unknown keys always are.
package struct RuleTestFileReader {
    /// Bytes of one file. The largest in use have some ten thousand.
    package static let bytesMax = 16 << 20

    private var problems = ProblemList()

    /// - Parameter path: kept for messages and for the patterns of the files of rules.
    /// - Throws: everything that is wrong with it.
    package static func read(_ text: String, path: String) throws(RuleFileRefusal) -> RuleTestFile {
        var reader = RuleTestFileReader()
        var root: Node?
        do throws(ConfigurationFault) { root = try YAMLDocument.composeFirst(text).root } catch {
            throw RuleFileRefusal(path: path, problems: [RuleFileProblem(error.message, line: error.line, column: error.column)])
        }
        var file = RuleTestFile(path: path)
        if let root, !root.isNull { reader.read(root, into: &file) }
        if !reader.problems.problems.isEmpty { throw RuleFileRefusal(path: path, problems: reader.problems.problems) }
        return file
    }

    package static func read(file path: String) throws(RuleFileRefusal) -> RuleTestFile {
        let text: String
        do throws(RuleFileProblem) { text = try TextFile.read(path, bytesMax: bytesMax) } catch { throw RuleFileRefusal(path: path, problems: [error]) }
        return try read(text, path: path)
    }

    private mutating func read(_ root: Node, into file: inout RuleTestFile) {
        guard var fields = CheckedMapping(root, "the file", &problems) else { return }
        for node in fields.list("rule_files", &problems) {
            guard case .scalar(let scalar) = node else {
                problems.add("rule_files must be a list of paths", at: node)
                continue
            }
            do throws(FilePatternError) { file.ruleFiles.append(try FilePattern(scalar.string)) } catch { problems.add(error.message, at: node) }
        }
        if let interval = fields.duration("evaluation_interval", &problems), interval > 0 { file.evaluationInterval = interval }
        file.groupOrder = fields.texts("group_eval_order", &problems)
        var seen: Set<String> = []
        for name in file.groupOrder where !seen.insert(name).inserted { problems.add("group name repeated in evaluation order: \(name)", at: root) }
        file.comparesFuzzily = fields.bool("fuzzy_compare", &problems)
        for node in fields.list("tests", &problems, keepsNull: true) { if let test = test(node, file) { file.tests.append(test) } }
        fields.finish("a file of tests", &problems)
    }

    private mutating func test(_ node: Node, _ file: RuleTestFile) -> RuleTest? {
        guard var fields = CheckedMapping(orEmpty: node, "a test", &problems) else { return nil }
        var test = RuleTest()
        test.name = fields.text("name", &problems)?.text ?? ""
        let interval = fields.duration("interval", &problems) ?? 0
        test.interval = interval > 0 ? interval : file.evaluationInterval
        for node in fields.list("input_series", &problems, keepsNull: true) { if let series = series(node) { test.series.append(series) } }
        for node in fields.list("alert_rule_test", &problems, keepsNull: true) { if let alert = alert(node, test.name) { test.alerts.append(alert) } }
        for node in fields.list("promql_expr_test", &problems, keepsNull: true) { if let one = expression(node) { test.expressions.append(one) } }
        test.externalLabels = SeriesLabels(fields.pairs("external_labels", &problems).map { SeriesLabel($0.name, $0.value) })
        test.externalURL = fields.text("external_url", &problems)?.text ?? ""
        if let (text, node) = fields.text("start_timestamp", &problems) {
            if let start = TestStartTime.milliseconds(text) { test.start = start } else {
                problems.add("start_timestamp: cannot parse \(text.goQuoted) to a valid timestamp", at: node)
            }
        }
        fields.finish("a test", &problems)
        return test
    }

    private mutating func series(_ node: Node) -> RuleTest.InputSeries? {
        guard var fields = CheckedMapping(orEmpty: node, "a series", &problems) else { return nil }
        let series = RuleTest.InputSeries(
            series: fields.text("series", &problems)?.text ?? "", values: fields.text("values", &problems)?.text ?? "", place: TextPlace(of: node))
        fields.finish("a series", &problems)
        return series
    }

    private mutating func alert(_ node: Node, _ test: String) -> AlertExpectation? {
        guard var fields = CheckedMapping(orEmpty: node, "an alert test", &problems) else { return nil }
        var expectation = AlertExpectation()
        expectation.time = fields.duration("eval_time", &problems) ?? 0
        expectation.alertName = fields.text("alertname", &problems)?.text ?? ""
        if expectation.alertName.isEmpty {
            let group = test.isEmpty ? "" : " (in TestGroup \(test))"
            let time = DurationText.text(milliseconds: expectation.time)
            problems.add("an item under alert_rule_test misses required attribute alertname at eval_time \(time)\(group)", at: node)
        }
        for node in fields.list("exp_alerts", &problems, keepsNull: true) {
            guard var fields = CheckedMapping(orEmpty: node, "an expected alert", &problems) else { continue }
            let labels = fields.pairs("exp_labels", &problems).map { SeriesLabel($0.name, $0.value) }
            let annotations = fields.pairs("exp_annotations", &problems).map { SeriesLabel($0.name, $0.value) }
            // An empty label is expected to be there, which no alert has: as it is written, so it is compared.
            let all = labels.overlaid(by: [SeriesLabel(Alert.nameLabel, expectation.alertName)])
            expectation.alerts.append(LabelledAlert(labels: SeriesLabels(sorted: all), annotations: SeriesLabels(sorted: annotations.sortedByName)))
            fields.finish("an expected alert", &problems)
        }
        fields.finish("an alert test", &problems)
        return expectation
    }

    private mutating func expression(_ node: Node) -> ExpressionExpectation? {
        guard var fields = CheckedMapping(orEmpty: node, "an expression test", &problems) else { return nil }
        var expectation = ExpressionExpectation()
        expectation.text = fields.text("expr", &problems)?.text ?? ""
        expectation.time = fields.duration("eval_time", &problems) ?? 0
        for node in fields.list("exp_samples", &problems, keepsNull: true) {
            guard var fields = CheckedMapping(orEmpty: node, "an expected sample", &problems) else { continue }
            expectation.samples.append(
                ExpressionExpectation.Sample(
                    labels: fields.text("labels", &problems)?.text ?? "", value: fields.number("value", &problems) ?? 0,
                    histogram: fields.text("histogram", &problems)?.text ?? ""))
            fields.finish("an expected sample", &problems)
        }
        fields.finish("an expression test", &problems)
        return expectation
    }
}

/// When a test begins: seconds since 1970, with fractions, or a time as RFC 3339 has it.
enum TestStartTime {
    static func milliseconds(_ text: String) -> Int64? {
        if let seconds = Double(text) { return seconds.isFinite && seconds.magnitude < 1e13 ? Int64((seconds * 1000).rounded()) : nil }
        return Timestamp(iso8601: text).map { $0.microseconds / 1000 }
    }
}
