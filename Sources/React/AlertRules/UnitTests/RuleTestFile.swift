package import GatewayModel

/// A file of tests of rules, as `promtool test rules` runs it: series, and what the rules make of them at given times.
///
/// Times are milliseconds from the start of the test, unless it says otherwise.
///
/// Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ and prometheus/prometheus `cmd/promtool/unittest.go`.
package struct RuleTestFile: Sendable {
    package var path: String
    /// Patterns of files of rules, relative to the folder of the file.
    package var ruleFiles: [FilePattern] = []
    /// How often groups are evaluated, whatever interval they name.
    package var evaluationInterval: Int64 = 60_000
    /// Names of groups, those to be evaluated first first.
    package var groupOrder: [String] = []
    /// Whether values may differ by the least bit.
    package var comparesFuzzily = false
    package var tests: [RuleTest] = []
}

/// One test: it begins with no series.
package struct RuleTest: Sendable {
    /// Empty when it has none.
    package var name = ""
    /// Between two values of a series.
    package var interval: Int64 = 0
    package var series: [InputSeries] = []
    package var alerts: [AlertExpectation] = []
    package var expressions: [ExpressionExpectation] = []
    package var externalLabels = SeriesLabels.none
    package var externalURL = ""
    /// When the test begins, since 1970.
    package var start: Int64 = 0

    /// A series that is there before any rule is evaluated.
    package struct InputSeries: Sendable {
        package var series: String
        package var values: String
        package var place: TextPlace?
    }

    /// When the last expectation is.
    var end: Int64 { (alerts.map(\.time) + expressions.map(\.time)).max() ?? 0 }
}

/// The alerts of one name that fire at a time, all of them.
package struct AlertExpectation: Sendable {
    package var time: Int64 = 0
    package var alertName = ""
    package var alerts: [LabelledAlert] = []
}

/// What an expression gives at a time.
package struct ExpressionExpectation: Sendable {
    package struct Sample: Sendable {
        /// As written: `up{job="api"}`; empty for none.
        package var labels = ""
        package var value = 0.0
        /// In the notation of test scripts; empty when the value counts.
        package var histogram = ""
    }

    package var text = ""
    package var time: Int64 = 0
    package var samples: [Sample] = []
}

/// An alert by what people see of it. Labels and annotations sorted by name; an empty annotation is one.
package struct LabelledAlert: Sendable, Equatable {
    package var labels: SeriesLabels
    package var annotations: SeriesLabels

    package init(labels: SeriesLabels, annotations: SeriesLabels) {
        self.labels = labels
        self.annotations = annotations
    }
}

extension LabelledAlert: Comparable {
    package static func < (lhs: LabelledAlert, rhs: LabelledAlert) -> Bool {
        lhs.labels == rhs.labels ? lhs.annotations < rhs.annotations : lhs.labels < rhs.labels
    }
}
