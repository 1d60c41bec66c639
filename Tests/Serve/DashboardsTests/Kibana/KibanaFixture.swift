@testable import Dashboards

/// Dashboards made by hand that have each chart and each kind of measure.
enum KibanaFixture {
    static let failures = "error_type: * and not error_type: client_closed"

    static func panel(_ id: String, _ chart: Panel.Chart, _ measures: [String], by: [String] = [], every: String? = nil, where filter: String? = nil, _ change: (inout Panel) -> Void = { _ in }) -> Panel {
        var panel = Panel(id: id, title: id.capitalized, question: "What of \(id)?", chart: chart)
        var query = Panel.Query()
        query.measures = measures
        query.by = by
        query.every = every
        query.where = filter
        panel.query = query
        change(&panel)
        return panel
    }

    static let dashboard: Dashboard = {
        var dashboard = Dashboard(id: "fixture", title: "Fixture", question: "Is all of it there?", group: .own)
        dashboard.from = "now-6h"
        dashboard.variables = [Dashboard.Variable(name: "provider", label: "Provider", source: .field("provider"))]
        dashboard.sections = [
            Dashboard.Section(id: "figures", panels: figures), Dashboard.Section(id: "course", title: "Course", panels: courses),
            Dashboard.Section(id: "groups", title: "Groups", panels: groups), Dashboard.Section(id: "rest", panels: refused),
        ]
        return dashboard
    }()

    private static let figures: [Panel] = [
        panel("rate", .stat, ["count"]) {
            $0.unit = .requestsPerSecond
            $0.width = 3
            $0.isCompared = true
            $0.options.perSecond = true
        },
        panel("errors", .stat, ["ratio(\(failures))"]) {
            $0.unit = .ratio
            $0.width = 3
            $0.thresholds = Panel.Thresholds(warning: 0.02, critical: 0.05)
        },
        panel("availability", .stat, ["ratio(not status >= 500)"]) {
            $0.width = 3
            $0.thresholds = Panel.Thresholds(warning: 0.999, critical: 0.995, isBelow: true)
        },
        panel("latency", .stat, ["p95(duration)"]) {
            $0.unit = .seconds
            $0.width = 3
        },
        panel("tokens", .stat, ["sum(input_tokens)", "sum(output_tokens)"]) {
            $0.unit = .tokensPerSecond
            $0.width = 4
            $0.options.perSecond = true
            $0.options.figures = ["in", "out"]
        },
    ]

    private static let courses: [Panel] = [
        panel("traffic", .time, ["count"], by: ["status_class"], every: "auto") {
            $0.options.draw = .bars
            $0.options.isStacked = true
            $0.options.perSecond = true
        },
        panel("spread", .time, ["p50(duration) as p50", "p95(duration) as p95"], every: "1m", where: "stream: true") {
            $0.unit = .seconds
            $0.thresholds = Panel.Thresholds(warning: 2, critical: 5)
        },
        panel("heat", .heatmap, ["count"], every: "auto") { $0.options.field = "duration" },
        panel("days", .bars, ["sum(output_tokens)"], every: "1d"),
    ]

    private static let groups: [Panel] = [
        panel("clients", .ranking, ["count"]) {
            $0.options.choices = [PanelOptions.Choice(field: "client", label: "Client"), PanelOptions.Choice(field: "provider", label: "Provider")]
        },
        panel("models", .table, ["count", "p95(duration) as slow", "sum(cost) as cost"], by: ["model"]) {
            $0.query?.order = "-slow"
            var count = PanelOptions.Column(title: "Requests")
            count.measure = "count"
            var slow = PanelOptions.Column(title: "p95")
            slow.measure = "slow"
            slow.isCompared = true
            slow.thresholds = Panel.Thresholds(warning: 2, critical: 5)
            var cost = PanelOptions.Column(title: "Cost")
            cost.measure = "cost"
            cost.unit = .dollars
            var score = PanelOptions.Column(title: "Score")
            score.expr = "score"
            $0.options.columns = [count, slow, cost, score]
            $0.width = 12
        },
        panel("share", .donut, ["count"], by: ["model"]),
        panel("cells", .matrix, ["count"], by: ["path", "status"]),
        panel("hours", .week, ["count"]),
        panel("sizes", .histogram, ["count"]) {
            $0.options.fields = [PanelOptions.Choice(field: "input_tokens", label: "Input"), PanelOptions.Choice(field: "output_tokens", label: "Output")]
            $0.options.bounds = [10, 100, 1_000]
        },
        panel("curve", .quantiles, ["count"]) { $0.options.field = "ttft" },
    ]

    private static let refused: [Panel] = [
        {
            var panel = Panel(id: "series", title: "Series", question: "What?", chart: .time)
            panel.promql = [Panel.Expression("up")]
            return panel
        }(),
        panel("points", .scatter, ["count", "p95(duration)"]),
        Panel(id: "alerts", title: "Alerts", question: "What?", chart: .firing),
        panel("withheld", .time, ["count"], every: "auto") {
            $0.kibana = Panel.ExportNote()
            $0.kibana?.omitted = "because its author says so"
        },
    ]
}
