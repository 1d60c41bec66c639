internal import RequestQuery

/// The keys of a panel.
enum PanelTables {
    /// Columns of a page.
    static let columns = 12
    /// Expressions of a panel at most.
    static let expressionsMax = 20

    static let inGrid = panel(width: 6)
    static let inStats = panel(width: 2)

    static func table(_ layout: Dashboard.Section.Layout) -> ObjectTable<Panel> {
        switch layout {
        case .grid: inGrid
        case .stats: inStats
        }
    }

    private static func panel(width: Int) -> ObjectTable<Panel> {
        ObjectTable(
            "a panel",
            [
                .required("id", \.id, .identifier, "Unique within the dashboard."),
                .required("title", \.title, .any, "Its heading."),
                .required("question", \.question, .question, "What it answers."),
                .choice("chart", \.chart, default: nil, "How it is drawn."),
                .choice("unit", \.unit, default: .number, "The unit of its values."),
                .count("width", \.width, 1...columns, default: width, "Columns of twelve; default 6, in a `stats` section 2."),
                .count("height", \.height, 40...2_000, "Of the chart, in pixels."),
                .object("query", \.query, query, "What is asked of the requests."),
                .objects("promql", \.promql, expression, max: expressionsMax, "What is asked of series."),
                .flag("compare", \.isCompared, "Whether the time before is shown too."),
                .object("thresholds", \.thresholds, thresholds, "From where on a value is bad."),
                .object("drill", \.drill, drill, "What a click leads to."),
                .texts("ignores", \.ignores, .name, max: DashboardTables.variablesMax, "Variables that do not narrow this panel."),
                .text("empty", \.empty, .any, "What to say where there is nothing in the range."),
                .text("needs", \.needs, .any, "What must be connected for it to have data."),
                .object("options", \.options, OptionTables.options, "What only this chart knows."),
                .group("description", description, "What is computed, and what to do."),
                .object("grafana", \.grafana, exportNote, "What the Grafana export does differently."),
                .object("kibana", \.kibana, exportNote, "What the Kibana export does differently."),
            ],
            blank: {
                var panel = Panel(id: "", title: "", question: "", chart: .text)
                panel.width = width
                return panel
            }, check: PanelChecks.check)
    }

    private static let description = ObjectTable<Panel>(
        "a description",
        [
            .text("formula", \.formula, .any, "What is computed."),
            .text("action", \.action, .any, "What to do when it looks bad."),
        ], blank: { Panel(id: "", title: "", question: "", chart: .text) })

    static let query = ObjectTable<Panel.Query>(
        "a query",
        [
            ModelKey(
                outline: KeyOutline(
                    name: "measures", shape: .list(.text(.measure), max: QueryLimits.measuresMax), isRequired: false, meaning: "What is computed; default `count`."),
                read: { query, value, context in
                    query.measures = ValueReader.elements(value, max: QueryLimits.measuresMax, &context) { ValueReader.text($0, .measure, &$1) }
                },
                write: { query, _ in .list(query.measures.map { .text($0) }) }),
            .texts("by", \.by, .field, max: QueryLimits.groupFieldsMax, "Fields whose values are told apart."),
            .text("where", \.where, .filter, "Which requests are asked about."),
            .text("every", \.every, .any, "`auto`, or the width of a bucket of time."),
            .text("order", \.order, .any, "What groups are ordered by: a measure or a field, `-` in front for descending."),
            .count("limit", \.limit, 1...QueryLimits.groupLimitMax, "Groups at most."),
            .flag("other", \.other, "Whether the groups beyond the limit are summed up."),
        ], blank: { Panel.Query() }, check: PanelChecks.check)

    static let expression = ObjectTable<Panel.Expression>(
        "an expression",
        [
            .required("expr", \.expr, .promql, "PromQL with variables."),
            .text("legend", \.legend, .any, "The name of its series, with `{{label}}`."),
            .flag("instant", \.isInstant, "Whether it is asked once, at the range's end."),
        ], blank: { Panel.Expression("") })

    static let thresholds = ObjectTable<Panel.Thresholds>(
        "thresholds",
        [
            .number("warning", \.warning, nil, "From here on it deserves a look."),
            .number("critical", \.critical, nil, "From here on something must be done."),
            .flag("below", \.isBelow, "Whether less is worse."),
        ], blank: { Panel.Thresholds() }, check: PanelChecks.check)

    private static let drill = ObjectTable<Panel.Drill>(
        "a drill-down",
        [
            .text("where", \.where, .filter, "A further filter of the requests shown."),
            .text("sort", \.sort, .sort, "How they are ordered."),
            .flag("at_or_above", \.isAtOrAbove, "Whether only requests at least as large as the clicked value are shown."),
            .text("dashboard", \.dashboard, .identifier, "Another dashboard to go to."),
            .text("variable", \.variable, .name, "Its variable that takes the clicked value."),
        ], blank: { Panel.Drill() }, check: PanelChecks.check)

    private static let exportNote = ObjectTable<Panel.ExportNote>(
        "an export's note",
        [
            .objects("promql", \.promql, expression, max: expressionsMax, "In place of what the question translates to."),
            .text("chart", \.chart, .any, "The kind of panel there."),
            .text("omit", \.omitted, .any, "Why the panel is left out."),
        ], blank: { Panel.ExportNote() })
}
