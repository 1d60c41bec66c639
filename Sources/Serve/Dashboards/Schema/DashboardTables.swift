internal import RequestQuery

/// The keys of a dashboard's file, object by object: read, written and described from here alone.
enum DashboardTables {
    /// Sections of a dashboard at most: a page that nobody scrolls to the end of.
    static let sectionsMax = 40
    /// Panels of a dashboard at most: what one page can ask in a few batches.
    static let panelsMax = 120
    /// Variables of a dashboard at most: what fits above the panels.
    static let variablesMax = 12
    /// Bytes of a file at most.
    static let bytesMax = 512 << 10

    static let dashboard = ObjectTable<Dashboard>(
        "a dashboard",
        [
            .required("id", \.id, .identifier, "Lower case letters, digits and `-`; the file's name without `.yaml`."),
            .required("title", \.title, .any, "The page's name."),
            .required("question", \.question, .question, "What the page answers."),
            .choice("group", \.group, default: .own, "Where it stands in the navigation."),
            .count("order", \.order, 0...100_000, default: 100, "Place within the group, smaller first."),
            .texts("tags", \.tags, .any, max: 30, "Words for searching, and Grafana's tags."),
            .group("range", range, "The range where the address names none, and of exports."),
            .text("refresh", \.refresh, .duration, default: "30s", "How often exports refresh."),
            .choices("exports", \.exports, default: Dashboard.Export.allCases, "Which exports make sense."),
            variables,
            .object("records", \.records, PanelTables.inGrid, "The chart above the page's list of single requests."),
            .objects("sections", \.sections, section, max: sectionsMax, isRequired: true, "The panels, in sections."),
        ], blank: { Dashboard(id: "", title: "", question: "", group: .own) }, check: DashboardChecks.check)

    private static let range = ObjectTable<Dashboard>(
        "a range",
        [
            .text("from", \.from, .time, default: "now-1h", "Its start, as `now-1h`."),
            .text("to", \.to, .time, default: "now", "Its end."),
        ], blank: { Dashboard(id: "", title: "", question: "", group: .own) })

    private static let section = ObjectTable<Dashboard.Section>(
        "a section",
        [
            .required("id", \.id, .identifier, "Unique within the dashboard."),
            .text("title", \.title, .any, "Its heading; with one it can be folded."),
            .flag("folded", \.isFolded, "Whether it is folded at first; a folded section asks nothing."),
            .choice("layout", \.layout, default: .grid, "`grid`, or `stats`: a row of figures."),
            panels,
        ], blank: { Dashboard.Section(id: "", panels: []) }, check: DashboardChecks.check)

    /// How wide a panel is where it does not say so depends on its section.
    private static let panels = ModelKey<Dashboard.Section>(
        outline: KeyOutline(
            name: "panels", shape: .list(.object(PanelTables.inGrid.outline), max: panelsMax), isRequired: true, meaning: "The section's panels, in reading order."),
        read: { section, value, context in
            let table = PanelTables.table(section.layout)
            section.panels = ValueReader.elements(value, max: panelsMax, &context) { table.read($0, &$1) }
        },
        write: { section, form in .list(section.panels.map { PanelTables.table(section.layout).write($0, form) }) })

    // MARK: Variables

    private static let variables = ModelKey<Dashboard>(
        outline: KeyOutline(
            name: "variables", shape: .list(.object(variable.outline), max: variablesMax), isRequired: false, meaning: "Choices above the panels."),
        read: { dashboard, value, context in
            let written = ValueReader.elements(value, max: variablesMax, &context) { variable.read($0, &$1) }
            dashboard.variables = written.compactMap(\.variable)
            context.variables = dashboard.variables
        },
        write: { dashboard, form in
            dashboard.variables.isEmpty ? nil : .list(dashboard.variables.map { variable.write(WrittenVariable($0), form) })
        })

    private static let variable = ObjectTable<WrittenVariable>(
        "a variable",
        [
            .required("name", \.name, .name, "Letters, digits and `_`; in PromQL `$name`."),
            .text("label", \.label, .any, "What people read; without it the name."),
            .text("field", \.field, .field, "The field of requests whose values can be chosen."),
            .text("metric", \.metric, .name, "The metric whose label's values can be chosen."),
            .text("label_name", \.labelName, .name, "The label of that metric's series."),
            .flag("multi", \.isMulti, "Whether several values may be chosen."),
            .text("default", \.standard, .any, "The value chosen at first; without it all values."),
        ], blank: { WrittenVariable() }, check: DashboardChecks.check)
}

/// A variable as the file writes it: either a field, or a metric and a label.
struct WrittenVariable: Sendable {
    var name = ""
    var label: String?
    var field: String?
    var metric: String?
    var labelName: String?
    var isMulti = false
    var standard: String?

    init() {}

    init(_ variable: Dashboard.Variable) {
        name = variable.name
        label = variable.label == variable.name ? nil : variable.label
        isMulti = variable.isMulti
        standard = variable.standard
        switch variable.source {
        case .field(let name): field = name
        case .label(let label, let metric): (labelName, self.metric) = (label, metric)
        }
    }

    /// nil where it names no source.
    var variable: Dashboard.Variable? {
        let source: Dashboard.Variable.Source
        if let field { source = .field(field) } else if let metric, let labelName { source = .label(labelName, metric: metric) } else { return nil }
        var variable = Dashboard.Variable(name: name, label: label ?? name, source: source)
        variable.isMulti = isMulti
        variable.standard = standard
        return variable
    }
}
