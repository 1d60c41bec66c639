internal import Yams

/// The problems of a file as they are found, each with the group and the rule that are being read.
struct ProblemList {
    private(set) var problems: [RuleFileProblem] = []
    var group: String?
    var rule: Int?
    var ruleName: String?

    /// Problems of one file that are told. A file of another kind would give one for each of its lines, and nobody reads past the first hundred.
    static let problemsMax = 1000

    mutating func add(_ message: String, at node: Node?) { add(message, at: node.flatMap(TextPlace.init(of:))) }

    mutating func add(_ message: String, at place: TextPlace?, expressionPlace: TextPlace? = nil) {
        guard problems.count < Self.problemsMax else { return }
        problems.append(
            RuleFileProblem(
                message, line: place?.line ?? 0, column: place?.column ?? 0, group: group, rule: rule, ruleName: ruleName, expressionPlace: expressionPlace))
    }
}

extension TextPlace {
    /// Where a node begins; nil for a node that was not read from a text.
    init?(of node: Node) {
        guard let mark = node.mark else { return nil }
        self.init(line: mark.line, column: mark.column)
    }
}
