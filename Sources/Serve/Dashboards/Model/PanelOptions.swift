/// What only some charts know; which options a chart takes stands in the table of `docs/formats/dashboard.md`.
package struct PanelOptions: Sendable, Equatable {
    /// Names of a stat's figures, one a measure.
    package var figures: [String] = []
    /// Which direction is good; nil where neither is.
    package var better: Direction?
    /// The objective of a ratio: the error budget is told.
    package var target: Double?
    package var axis: Axis?
    /// Whether counts and sums are divided by the seconds of their bucket.
    package var perSecond = false
    /// Requests that are not in a sum of money, as a filter.
    package var unpriced: String?
    package var draw: Draw?
    package var isStacked = false
    /// One hue from light to dark, for percentiles.
    package var isRamp = false
    /// Whether series stand in the order of their names.
    package var isSorted = false
    package var keepsOrder = false
    /// Whether values are shown as shares of their time's sum.
    package var isShare = false
    /// Other words for values.
    package var labels: [String: String] = [:]
    /// Fields to choose from.
    package var choices: [Choice] = []
    /// Measures to choose from.
    package var measures: [Column] = []
    /// Shares from which on a value of a ranking is marked.
    package var warn: [String: Double] = [:]
    /// Whether each row has its course as a small line.
    package var hasSpark = false
    /// The measure shown, by its name.
    package var measure: String?
    /// What shades are relative to: `row` or `all`.
    package var scale: String?
    package var isLogarithmic = false
    package var field: String?
    package var fields: [Choice] = []
    /// Ascending limits of a histogram's steps, in the field's unit.
    package var bounds: [Double] = []
    package var x: String?
    package var y: String?
    package var xUnit: Panel.Unit?
    package var columns: [Column] = []
    /// Rows of a page of a table.
    package var rows: Int?
    /// A limit: a number, or the PromQL of it.
    package var limit: String?
    /// The setting in which an operator gives the limit.
    package var limitSetting: String?
    package var states: [State] = []
    package var lapseDays: Int?
    /// Failed requests, as a filter.
    package var errorWhere: String?
    /// Named thresholds of a chart with several figures.
    package var limits: [String: Panel.Thresholds] = [:]
    package var secondAxis: SecondAxis?
    package var markdown: String?

    package init() {}

    package enum Direction: String, Sendable, CaseIterable { case up, down }
    package enum Axis: String, Sendable, CaseIterable { case zero, close, log }
    package enum Draw: String, Sendable, CaseIterable { case line, area, bars }

    /// A field and what people call it.
    package struct Choice: Sendable, Equatable {
        package var field: String
        package var label: String

        package init(field: String, label: String) {
            self.field = field
            self.label = label
        }
    }

    /// A figure of a table or a ranking.
    package struct Column: Sendable, Equatable {
        /// One of the query's measures, or a measure of its own in a ranking; nil for a column over series.
        package var measure: String?
        /// PromQL whose labels match the rows; nil for a column over requests.
        package var expr: String?
        package var title: String
        package var unit: Panel.Unit = .number
        package var thresholds: Panel.Thresholds?
        package var better: Direction?
        package var isBar = false
        package var hasSpark = false
        /// Whether the change against the time before is told.
        package var isCompared = false

        package init(title: String) { self.title = title }
    }

    /// A value of a state and how it is told.
    package struct State: Sendable, Equatable {
        package var value: Double
        package var text: String
        /// `ok`, `warning`, `critical` or `none`.
        package var level: String

        package init(value: Double, text: String, level: String) {
            self.value = value
            self.text = text
            self.level = level
        }
    }

    /// Series that have an axis of their own.
    package struct SecondAxis: Sendable, Equatable {
        package var series: [String]
        package var unit: Panel.Unit

        package init(series: [String], unit: Panel.Unit) {
            self.series = series
            self.unit = unit
        }
    }
}
