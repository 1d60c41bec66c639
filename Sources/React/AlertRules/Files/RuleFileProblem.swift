internal import GatewayModel

/// What is wrong with a file of rules, or may be: one sentence with its place.
package struct RuleFileProblem: Error, Sendable, Equatable {
    /// From 1; 0 when the place is not known, as for a file that is not there.
    package var line: Int
    package var column: Int
    /// The group, the rule's number in it from 1, and the rule's name; nil where the problem is not a rule's.
    package var group: String?
    package var rule: Int?
    package var ruleName: String?
    package var message: String
    /// Where in the file the expression cannot be read; nil for other problems. `line` and `column` are those of the expression's start, as promtool tells them.
    package var expressionPlace: TextPlace?

    package init(
        _ message: String, line: Int = 0, column: Int = 0, group: String? = nil, rule: Int? = nil, ruleName: String? = nil, expressionPlace: TextPlace? = nil
    ) {
        self.message = message
        self.line = line
        self.column = column
        self.group = group
        self.rule = rule
        self.ruleName = ruleName
        self.expressionPlace = expressionPlace
    }

    /// As promtool writes it: `5:15: group "api", rule 1, "Slow": could not parse expression: 1:6: parse error: ...`.
    package var description: String {
        var text = line > 0 ? "\(line):\(column): " : ""
        if let group, let rule { text += "group \(group.goQuoted), rule \(rule), \((ruleName ?? "").goQuoted): " }
        return text + message
    }
}

/// A place in a text, both from 1; the column counts characters.
package struct TextPlace: Sendable, Equatable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Why a file of rules is refused: everything that is wrong with it, in the order of the file.
package struct RuleFileRefusal: Error, Sendable, Equatable {
    package let path: String
    /// At least one.
    package let problems: [RuleFileProblem]

    package init(path: String, problems: [RuleFileProblem]) {
        self.path = path
        self.problems = problems
    }

    /// A line for each problem, the path before it.
    package var description: String { problems.map { "\(path): \($0.description)" }.joined(separator: "\n") }
}
