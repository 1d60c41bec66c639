/// The keys of a panel's `options`. Which chart takes which stands in ``ChartTable``.
enum OptionTables {
    static let options = ObjectTable<PanelOptions>(
        "options",
        [
            .texts("figures", \.figures, .any, "A name for each measure that is shown."),
            .choice("better", \.better, "Which direction is good."),
            .number("target", \.target, 0...1, "The objective of a ratio: the error budget is told."),
            .choice("axis", \.axis, "Where the axis begins, and whether it is logarithmic."),
            .flag("per_second", \.perSecond, "Counts and sums become rates."),
            .text("unpriced", \.unpriced, .filter, "Requests that are not in the sum; their number is told."),
            .choice("draw", \.draw, "How series are drawn."),
            .flag("stacked", \.isStacked, "Series stand on top of each other."),
            .flag("ramp", \.isRamp, "One hue from light to dark, for percentiles."),
            .flag("sorted", \.isSorted, "Series stand in the order of their names."),
            .flag("keep_order", \.keepsOrder, "Series stay in the order of the measures."),
            .flag("share", \.isShare, "Values are shares of their time's sum."),
            .textMap("labels", \.labels, "Other words for values."),
            .objects("choices", \.choices, choice, max: 20, "Fields to choose from."),
            .objects("measures", \.measures, rankingMeasure, max: 20, "Measures to choose from."),
            .numberMap("warn", \.warn, "Shares from which on a value is marked."),
            .flag("spark", \.hasSpark, "Each row has its course as a small line."),
            .text("measure", \.measure, .any, "The measure shown, by its name."),
            .text("scale", \.scale, .any, "What shades are relative to: `row` or `all`."),
            .flag("log", \.isLogarithmic, "Shades grow with the logarithm."),
            .text("field", \.field, .field, "The field that is asked about."),
            .objects("fields", \.fields, choice, max: 20, "Fields to choose from."),
            .numbers("bounds", \.bounds, "Ascending limits of steps, in the field's unit."),
            .text("x", \.x, .any, "The measure along the bottom, by its name."),
            .text("y", \.y, .any, "The measure upwards, by its name."),
            .choice("x_unit", \.xUnit, "The unit along the bottom."),
            .objects("columns", \.columns, column, max: 30, "The columns of a table."),
            .count("rows", \.rows, 1...500, "Rows of a page of the table."),
            .text("limit", \.limit, .limit, "A limit: a number, or the PromQL of it."),
            .text("limit_setting", \.limitSetting, .any, "The setting in which an operator gives the limit."),
            .objects("states", \.states, state, max: 30, "Values and how they are told."),
            .count("lapse_days", \.lapseDays, 1...366, "Days without a request after which a value has lapsed."),
            .text("error_where", \.errorWhere, .filter, "Which requests failed."),
            .objectMap("limits", \.limits, PanelTables.thresholds, "Thresholds of each figure, by its name."),
            .object("second_axis", \.secondAxis, secondAxis, "Series that have an axis of their own."),
            .text("markdown", \.markdown, .any, "The text."),
        ], blank: { PanelOptions() })

    private static let choice = ObjectTable<PanelOptions.Choice>(
        "a choice",
        [
            .required("field", \.field, .field, "A field of requests."),
            .required("label", \.label, .any, "What people call it."),
        ], blank: { PanelOptions.Choice(field: "", label: "") })

    private static let rankingMeasure = ObjectTable<PanelOptions.Column>(
        "a measure to choose",
        [
            .text("measure", \.measure, .any, "One of the query's measures by its name, or one as in a query."),
            .required("label", \.title, .any, "What people call it."),
            .choice("unit", \.unit, default: .number, "Its unit."),
            .choice("better", \.better, "Which direction is good."),
            .object("thresholds", \.thresholds, PanelTables.thresholds, "From where on a value is bad."),
        ], blank: { PanelOptions.Column(title: "") })

    private static let column = ObjectTable<PanelOptions.Column>(
        "a column",
        [
            .text("measure", \.measure, .any, "One of the query's measures, by its name."),
            .text("expr", \.expr, .promql, "PromQL whose labels match the rows."),
            .required("title", \.title, .any, "Its heading."),
            .choice("unit", \.unit, default: .number, "Its unit."),
            .object("thresholds", \.thresholds, PanelTables.thresholds, "From where on a value is bad."),
            .flag("bar", \.isBar, "Whether it is drawn as a bar too."),
            .flag("spark", \.hasSpark, "Whether it has its course as a small line."),
            .flag("change", \.isCompared, "Whether the change against the time before is told."),
            .choice("better", \.better, "Which direction is good."),
        ], blank: { PanelOptions.Column(title: "") }, check: PanelChecks.check)

    private static let state = ObjectTable<PanelOptions.State>(
        "a state",
        [
            .number(required: "value", \.value, "The value."),
            .required("text", \.text, .any, "How it is told."),
            .required("level", \.level, .any, "`ok`, `warning`, `critical` or `none`."),
        ], blank: { PanelOptions.State(value: 0, text: "", level: "") }, check: PanelChecks.check)

    private static let secondAxis = ObjectTable<PanelOptions.SecondAxis>(
        "a second axis",
        [
            .texts("series", \.series, .any, "The names of its series."),
            .choice("unit", \.unit, default: .number, "Its unit."),
        ], blank: { PanelOptions.SecondAxis(series: [], unit: .number) })
}
