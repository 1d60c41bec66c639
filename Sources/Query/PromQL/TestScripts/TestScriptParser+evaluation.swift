internal import GatewayModel

/// `eval instant at 5m <expression>`, `eval range from 0 to 10m step 1m <expression>`, and the lines of what is expected.
extension TestScriptParser {
    mutating func evaluation() throws(TestScriptError) -> TestScript.Evaluation {
        var words = WordCursor(lines[index])
        let command = words.next()
        let modifier = command == "eval" ? "" : command.hasPrefix("eval_") ? String(command.dropFirst(5)) : "?"
        var evaluation: TestScript.Evaluation
        if words.take("instant"), ["", "fail", "warn", "ordered", "info"].contains(modifier) {
            guard words.take("at") else { throw error("invalid timestamp definition \"\"") }
            let time = try duration(words.next(), "timestamp")
            evaluation = try self.evaluation(of: words.rest, grid: StepGrid(start: time, end: time, step: 1), isRange: false)
        } else if words.take("range"), ["", "fail", "warn", "info"].contains(modifier) {
            evaluation = try self.evaluation(of: &words)
        } else {
            throw error("invalid evaluation command. Must be either 'eval instant at <time> <query>' or 'eval range from <start> to <end> step <step> <query>'")
        }
        if let kind = Expectation.Kind(rawValue: modifier) { evaluation.expectations.append(Expectation(kind: kind, match: .atLeastOne)) }
        try expectations(into: &evaluation)
        try check(evaluation)
        return evaluation
    }

    private func evaluation(of words: inout WordCursor) throws(TestScriptError) -> TestScript.Evaluation {
        let grid = try grid(&words)
        return try evaluation(of: words.rest, grid: grid, isRange: true)
    }

    private func evaluation(of text: String, grid: StepGrid, isRange: Bool) throws(TestScriptError) -> TestScript.Evaluation {
        do {
            return TestScript.Evaluation(line: index + 1, text: text, expression: try PromQLParser.parse(text), grid: grid, isRange: isRange)
        } catch {
            throw TestScriptError(line: index + 1, message: "\(text): \(error.description)")
        }
    }

    /// `from <start> to <end> step <step>`
    private func grid(_ words: inout WordCursor) throws(TestScriptError) -> StepGrid {
        guard words.take("from") else { throw error("invalid range definition, expected \"from\"") }
        let start = try duration(words.next(), "start timestamp")
        guard words.take("to") else { throw error("invalid range definition, expected \"to\"") }
        let end = try duration(words.next(), "end timestamp")
        guard words.take("step") else { throw error("invalid range definition, expected \"step\"") }
        let step = try duration(words.next(), "step")
        guard end >= start else { throw error("invalid test definition, end timestamp is before start timestamp") }
        guard step > 0 || start == end else { throw error("invalid step definition, it must be above 0") }
        return StepGrid(start: start, end: end, step: max(1, step))
    }

    /// Lines until an empty one.
    private mutating func expectations(into evaluation: inout TestScript.Evaluation) throws(TestScriptError) {
        index += 1
        var position = 1
        while index < lines.count, !lines[index].isEmpty {
            let line = lines[index]
            var isRead = try deprecated(line, into: &evaluation)
            if !isRead { isRead = try special(line, into: &evaluation) }
            if isRead {
                index += 1
                position += 1
                continue
            }
            if line.hasPrefix("expect ") {
                evaluation.expectations.append(try expectation(line))
            } else if let number = Self.number(line) {
                evaluation.scalar = number
                index += 1
                return
            } else {
                evaluation.series.append(try expected(line, position, evaluation))
                position += 1
            }
            index += 1
        }
    }

    private func expected(_ line: String, _ position: Int, _ evaluation: TestScript.Evaluation) throws(TestScriptError) -> TestScript.ExpectedSeries {
        let series = try series(line)
        if series.values.count > 1, !evaluation.isRange, evaluation.rangeVector == nil {
            throw error(
                "expecting multiple values in instant evaluation not allowed. consider using 'expect range vector' directive to enable a range vector result")
        }
        return TestScript.ExpectedSeries(position: position, labels: series.labels, values: series.values)
    }

    /// `expected_fail_message <text>` and `expected_fail_regexp <pattern>`
    private func deprecated(_ line: String, into evaluation: inout TestScript.Evaluation) throws(TestScriptError) -> Bool {
        var words = WordCursor(line)
        guard evaluation.expectations.contains(where: { $0.kind == .fail }) else { return false }
        switch words.next() {
        case "expected_fail_message": evaluation.expectations.append(Expectation(kind: .fail, match: .exactly(words.rest)))
        case "expected_fail_regexp": evaluation.expectations.append(Expectation(kind: .fail, match: try pattern(words.rest)))
        default: return false
        }
        return true
    }

    /// `expect range vector from <start> to <end> step <step>` and `expect string "<text>"`
    private func special(_ line: String, into evaluation: inout TestScript.Evaluation) throws(TestScriptError) -> Bool {
        var words = WordCursor(line)
        guard words.take("expect") else { return false }
        if words.take("range") {
            guard words.take("vector") else { throw error("invalid range vector definition \(line.goQuoted)") }
            let grid = try grid(&words)
            evaluation.rangeVector = grid
            evaluation.grid = StepGrid(start: grid.end, end: grid.end, step: 1)
            return true
        }
        guard words.take("string") else { return false }
        guard let text = String.goUnquoted(Array(words.rest.utf8)[...]) else {
            throw error("expected string literal not valid - check that the string is correctly quoted")
        }
        evaluation.string = text
        return true
    }

    /// `expect <kind>` and `expect <kind> msg:<text>` or `regex:<pattern>`
    private func expectation(_ line: String) throws(TestScriptError) -> Expectation {
        var words = WordCursor(line)
        _ = words.next()
        guard let kind = Expectation.Kind(rawValue: words.next()) else {
            throw error("invalid expect statement, must match `expect <type> <match_type>: <string>` format")
        }
        let rest = words.rest
        if rest.isEmpty { return Expectation(kind: kind, match: .anything) }
        func text(after prefix: String) -> String { String(rest.dropFirst(prefix.count).drop { $0.isWhitespace }) }
        if rest.hasPrefix("msg:") { return Expectation(kind: kind, match: .exactly(text(after: "msg:"))) }
        if rest.hasPrefix("regex:") { return Expectation(kind: kind, match: try pattern(text(after: "regex:"))) }
        throw error("invalid expect statement, must match `expect <type> <match_type>: <string>` format")
    }

    /// A pattern that may match anywhere in a text.
    private func pattern(_ text: String) throws(TestScriptError) -> Expectation.Match {
        do {
            return .pattern(try LabelPattern("(?s).*(?:\(text)).*"), text)
        } catch {
            throw TestScriptError(line: index + 1, message: "invalid regex \(text): \(error.message)")
        }
    }

    private func check(_ evaluation: TestScript.Evaluation) throws(TestScriptError) {
        func count(_ kind: Expectation.Kind) -> Int { evaluation.expectations.count { $0.kind == kind } }
        let message =
            if count(.info) > 0, count(.noInfo) > 0 {
                "invalid expect lines, info and no_info cannot be used together"
            } else if count(.warning) > 0, count(.noWarning) > 0 {
                "invalid expect lines, warn and no_warn cannot be used together"
            } else if count(.fail) > 1, !evaluation.expectations.contains(where: { if case .atLeastOne = $0.match { true } else { false } }) {
                "invalid expect lines, multiple expect fail lines are not allowed"
            } else {
                ""
            }
        if !message.isEmpty { throw TestScriptError(line: evaluation.line, message: message) }
    }

    /// A line that is a number and nothing else.
    private static func number(_ line: String) -> Double? {
        if case .success(let number) = GoNumber.parse(line) { return number }
        guard line.first == "-" || line.first == "+", case .success(let number) = GoNumber.parse(String(line.dropFirst())) else { return nil }
        return line.first == "-" ? -number : number
    }
}
