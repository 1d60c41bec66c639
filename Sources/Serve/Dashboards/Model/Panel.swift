/// One figure, chart or table of a dashboard: what it asks, and how the answer is drawn and judged.
///
/// The keys and their meaning are in `docs/formats/dashboard.md`.
package struct Panel: Sendable, Equatable {
    package var id: String
    package var title: String
    package var question: String
    package var chart: Chart
    package var unit: Unit = .number
    /// Columns of twelve.
    package var width: Int = 6
    /// Of the chart, in pixels; nil for the chart's own.
    package var height: Int?
    /// What is asked of the requests; nil for panels over series, and for charts that ask by themselves.
    package var query: Query?
    /// What is asked of series; empty for panels over requests.
    package var promql: [Expression] = []
    /// Whether the time before is shown too.
    package var isCompared = false
    package var thresholds: Thresholds?
    package var drill: Drill?
    /// What is computed, and what to do when it looks bad.
    package var formula: String?
    package var action: String?
    /// Variables that do not narrow this panel, by name.
    package var ignores: [String] = []
    /// What to say where there is nothing in the range.
    package var empty: String?
    /// What must be connected for this panel to have data.
    package var needs: String?
    package var options = PanelOptions()
    package var grafana: ExportNote?
    package var kibana: ExportNote?

    package init(id: String, title: String, question: String, chart: Chart) {
        self.id = id
        self.title = title
        self.question = question
        self.chart = chart
    }

    /// How a panel is drawn.
    package enum Chart: String, Sendable, CaseIterable {
        case stat, time, ranking, donut, matrix, week, heatmap, histogram, quantiles, scatter, table, bars, bullet, states, map, retention, arrivals, capacity
        case whatIf = "what_if"
        case forecast, providers, movers, health, firing
        case alertsByRule = "alerts_by_rule"
        case alertTimes = "alert_times"
        case text
    }

    /// The unit of a panel's values.
    package enum Unit: String, Sendable, CaseIterable {
        case number = "1"
        /// 0 to 1, shown in percent.
        case ratio
        /// 0 to 100.
        case percent
        case seconds = "s"
        case requestsPerSecond = "req/s"
        case tokensPerSecond = "tok/s"
        case tokens = "{token}"
        case dollars = "USD"
        case dollarsPerHour = "USD/h"
        case dollarsPerMonth = "USD/month"
        case bytes = "By"
        case bytesPerSecond = "By/s"
        case perSecond = "1/s"
        case watts = "W"
        case celsius = "Cel"
        case days = "d"
    }

    /// A question to the requests, each part in the text form of the HTTP API; range, zone, filter and variables come from the page.
    package struct Query: Sendable, Equatable {
        package var measures: [String] = ["count"]
        package var by: [String] = []
        package var `where`: String?
        /// `auto`, a width as `1h`, or nil for one row a group.
        package var every: String?
        package var order: String?
        package var limit: Int?
        package var other = false

        package init() {}
    }

    /// A question to series, in PromQL with variables.
    package struct Expression: Sendable, Equatable {
        package var expr: String
        /// The name of its series, with `{{label}}`; nil for the labels.
        package var legend: String?
        /// Whether it is asked once, at the range's end.
        package var isInstant = false

        package init(_ expr: String, legend: String? = nil) {
            self.expr = expr
            self.legend = legend
        }
    }

    /// From where on a value is bad.
    package struct Thresholds: Sendable, Equatable {
        package var warning: Double?
        package var critical: Double?
        /// Whether less is worse.
        package var isBelow = false

        package init(warning: Double? = nil, critical: Double? = nil, isBelow: Bool = false) {
            self.warning = warning
            self.critical = critical
            self.isBelow = isBelow
        }
    }

    /// What a click leads to.
    package struct Drill: Sendable, Equatable {
        /// A further filter of the requests shown.
        package var `where`: String?
        package var sort: String?
        /// Whether only requests at least as large as the clicked value are shown.
        package var isAtOrAbove = false
        /// Another dashboard, and its variable that takes the clicked value.
        package var dashboard: String?
        package var variable: String?

        package init() {}
    }

    /// What an export does differently from the translation.
    package struct ExportNote: Sendable, Equatable {
        /// In place of what the question translates to.
        package var promql: [Expression] = []
        package var chart: String?
        /// Why the panel is left out; nil where it is not.
        package var omitted: String?

        package init() {}
    }
}
