package import GatewayModel
package import PromQL

/// A file of rules, as Prometheus reads it.
///
/// Source: Prometheus documentation, "Recording rules" and "Alerting rules"; prometheus/prometheus `model/rulefmt/rulefmt.go`.
package struct RuleFile: Sendable {
    /// As it was named; shown, never opened again.
    package var path: String
    package var groups: [RuleGroup]
    /// What may be meant otherwise than it counts; the file is valid all the same.
    package var warnings: [RuleFileProblem]

    package init(path: String, groups: [RuleGroup], warnings: [RuleFileProblem] = []) {
        self.path = path
        self.groups = groups
        self.warnings = warnings
    }
}

/// Rules that are evaluated one after the other, at the same instant.
package struct RuleGroup: Sendable {
    /// Unique in its file.
    package var name: String
    /// Milliseconds; nil for the server's.
    package var interval: Int64?
    /// Milliseconds that evaluations look back; nil for the server's.
    package var queryOffset: Int64?
    /// Alerts or series that a rule may give at most; 0 for no limit.
    package var limit: Int
    /// As written; the rules have them among their own labels already. Sorted by name.
    package var labels: [SeriesLabel]
    package var rules: [Rule]

    package init(name: String, interval: Int64? = nil, queryOffset: Int64? = nil, limit: Int = 0, labels: [SeriesLabel] = [], rules: [Rule] = []) {
        self.name = name
        self.interval = interval
        self.queryOffset = queryOffset
        self.limit = limit
        self.labels = labels
        self.rules = rules
    }
}

/// A rule: an expression, and what becomes of its result.
package struct Rule: Sendable {
    package enum Kind: Sendable {
        /// A series of this name.
        case recording(String)
        case alerting(AlertSpecification)
    }

    package var kind: Kind
    package var expression: Expression
    /// The expression as written.
    package var text: String
    /// Added to what the expression gives, the group's included. For alerts the values are templates.
    package var labels: [SeriesLabel]
    /// Where the rule and its expression begin in the file, both from 1; 0 when it came from elsewhere.
    package var line: Int
    package var expressionLine: Int
    package var expressionColumn: Int

    package init(
        kind: Kind, expression: Expression, text: String, labels: [SeriesLabel] = [], line: Int = 0, expressionLine: Int = 0, expressionColumn: Int = 0
    ) {
        self.kind = kind
        self.expression = expression
        self.text = text
        self.labels = labels
        self.line = line
        self.expressionLine = expressionLine
        self.expressionColumn = expressionColumn
    }

    /// The alert's or the recorded series' name.
    package var name: String {
        switch kind {
        case .recording(let name): name
        case .alerting(let alert): alert.name
        }
    }
}

/// What makes a rule an alert.
package struct AlertSpecification: Sendable {
    package var name: String
    /// Milliseconds that the expression must hold before the alert fires.
    package var holdDuration: Int64
    /// Milliseconds that the alert fires on after the expression has ended.
    package var keepFiringFor: Int64
    /// Templates.
    package var annotations: [SeriesLabel]

    package init(name: String, holdDuration: Int64 = 0, keepFiringFor: Int64 = 0, annotations: [SeriesLabel] = []) {
        self.name = name
        self.holdDuration = holdDuration
        self.keepFiringFor = keepFiringFor
        self.annotations = annotations
    }
}
