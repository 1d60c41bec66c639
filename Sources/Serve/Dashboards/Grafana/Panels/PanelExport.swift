internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Makes panels of Grafana of one of ours.
///
/// A chart that Grafana has not becomes the nearest one that says the same; where there is none, or the question cannot be said in PromQL, the panel is left out
/// and the reason told.
struct PanelExport {
    let dashboard: Dashboard
    let translator: PromQLTranslator
    let links: DrillLinks
    /// What is told besides the panel itself: parts that are left out.
    var remarks: [String] = []

    init(_ dashboard: Dashboard, _ translator: PromQLTranslator) {
        self.dashboard = dashboard
        self.translator = translator
        links = DrillLinks(dashboard)
    }

    /// - Throws: why the panel is left out.
    mutating func panels(_ panel: Panel) throws(TranslationGap) -> [GrafanaPanel] {
        if let reason = panel.grafana?.omitted { throw TranslationGap(reason: reason) }
        var panel = panel
        if let note = panel.grafana {
            if !note.promql.isEmpty {
                panel.promql = note.promql
                panel.query = nil
            }
            if let chart = note.chart {
                guard let known = Panel.Chart(rawValue: chart) else { throw TranslationGap(reason: "grafana.chart names '\(chart)', which is no chart") }
                panel.chart = known
            }
        }
        return try made(panel)
    }

    private mutating func made(_ panel: Panel) throws(TranslationGap) -> [GrafanaPanel] {
        switch panel.chart {
        case .stat: [try stat(panel)]
        case .time: [try series(panel)]
        case .bars: [try bars(panel)]
        case .scatter: [try scatter(panel)]
        case .states: [try states(panel)]
        case .ranking: try ranking(panel)
        case .donut: [try donut(panel)]
        case .bullet: [try bullet(panel)]
        case .quantiles: [try quantiles(panel)]
        case .histogram: try histograms(panel)
        case .heatmap: [try heatmap(panel)]
        case .table: [try table(panel)]
        case .providers: [try providers(panel)]
        case .matrix: [try matrix(panel)]
        case .firing: [firing(panel)]
        case .text: [text(panel)]
        case .week: throw TranslationGap(reason: "Grafana draws no hours against weekdays")
        case .map: throw TranslationGap(reason: "no metric family tells countries apart")
        case .movers: throw TranslationGap(reason: "values are ranked by their change, which Gatewatch computes from the records of both times")
        case .retention, .arrivals: throw TranslationGap(reason: "first and last appearances are computed from the records")
        case .capacity: throw TranslationGap(reason: "trend and time to the limit are computed by Gatewatch from months of records")
        case .whatIf: throw TranslationGap(reason: "each record is priced again with the price list")
        case .forecast: throw TranslationGap(reason: "the forecast and its band are computed by Gatewatch")
        case .health: throw TranslationGap(reason: "freshness and completeness come from Gatewatch's ledger")
        case .alertsByRule, .alertTimes: throw TranslationGap(reason: "the history of alerts and incidents is not kept as series")
        }
    }

    // MARK: Shared parts

    /// A panel of a type with what all have in common.
    func base(_ panel: Panel, _ type: String) -> GrafanaPanel {
        var made = GrafanaPanel(type: type, title: panel.title)
        made.description = [panel.question, panel.formula, panel.action].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n\n")
        made.width = min(max(panel.width, 1), 12) * 2
        // Grafana's row is 30 pixels and 8 between; the title takes one.
        if let height = panel.height { made.height = max(4, (height + 19) / 38 + 2) }
        made.unit = panel.unit.grafana
        made.thresholds = panel.thresholds
        made.empty = panel.empty
        if panel.unit == .ratio { made.minimum = panel.options.axis == .close ? nil : 0 }
        return made
    }

    func questions(_ panel: Panel, by groups: [String]? = nil) throws(TranslationGap) -> PanelQuestions {
        guard let query = panel.query else { throw TranslationGap(reason: "it asks neither the requests nor series") }
        return try PanelQuestions(panel, query, of: dashboard, by: groups, translator)
    }

    /// Tells of parts that could not be said, on the panel and in the list of remarks.
    mutating func note(_ outcome: PanelQuestions.Outcome, on made: inout GrafanaPanel) {
        for gap in outcome.gaps { remark("without \(gap.measure): \(gap.reason)") }
        guard !outcome.unheeded.isEmpty else { return }
        let names = outcome.unheeded.joined(separator: ", ")
        remark("not narrowed by \(names): no metric family tells that apart too")
        made.title += " (any \(names.lowercased()))"
        made.description += "\n\nThe choice of \(names) does not narrow this panel: no metric family has that label too."
    }

    /// Of several panels that one becomes, the same is said once.
    private mutating func remark(_ text: String) { if !remarks.contains(text) { remarks.append(text) } }

    /// The expressions of a panel over series, as they are written.
    func written(_ panel: Panel, format: GrafanaTarget.Format = .series, isInstant: Bool? = nil) -> [GrafanaTarget] {
        panel.promql.map { GrafanaTarget(expr: $0.expr, legend: $0.legend, isInstant: isInstant ?? $0.isInstant, format: format) }
    }

    /// `{{provider}} p95`: the groups, and the measure where there are several.
    func legend(_ measure: PanelQuestions.Answerable, of count: Int, _ panel: Panel) -> String {
        let title = panel.options.labels[measure.name] ?? measure.title
        let groups = measure.labels.map { "{{\($0)}}" }.joined(separator: " ")
        return groups.isEmpty ? title : count > 1 ? "\(groups) \(title)" : groups
    }

    /// Fields of the groups with the labels that hold their values.
    func groups(_ questions: PanelQuestions, _ labels: [String]) -> [(field: RequestField, label: String)] { Array(zip(questions.by, labels)).map { ($0, $1) } }

    static let lastOnly = JSONValue.made(["calcs": .texts(["lastNotNull"]), "fields": .text(""), "values": .bool(false)])
}
