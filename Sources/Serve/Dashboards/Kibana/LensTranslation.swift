internal import GatewayModel
internal import RequestQuery

/// Panels as Lens charts. What has no honest form in Lens is refused with the reason; what loses something on the way leaves a note.
struct LensTranslation {
    let source: KibanaSource
    /// What a translated panel lost, as clauses.
    var notes: [String] = []

    init(source: KibanaSource) { self.source = source }

    /// - Returns: one panel, or several where the page lets people choose and Lens does not.
    mutating func panels(_ panel: Panel) throws(KibanaOmission) -> [LensPanel] {
        if let reason = panel.kibana?.omitted { throw KibanaOmission(reason) }
        let own = self
        if panel.query == nil, !panel.promql.isEmpty || panel.options.columns.contains(where: { $0.expr != nil }) { throw KibanaOmission("it asks series (PromQL), which are not in Elasticsearch") }
        switch panel.chart {
        case .stat: return [made(panel, try stat(panel), rows: 7)]
        case .time: return [made(panel, try time(panel))]
        case .bars: return [made(panel, try bars(panel))]
        case .ranking, .map: return try ranking(panel)
        case .donut: return [made(panel, try donut(panel))]
        case .matrix: return [made(panel, try matrix(panel))]
        case .week: return [made(panel, try week(panel))]
        case .heatmap: return [made(panel, try heatmap(panel))]
        case .histogram: return try eachField(panel) { panel, field throws(KibanaOmission) in try own.histogram(panel, field) }
        case .quantiles: return try eachField(panel) { panel, field throws(KibanaOmission) in try own.percentileTable(panel, field) }
        case .table, .providers: return [made(panel, try table(panel), rows: 14)]
        case .bullet: return [made(panel, try bullet(panel))]
        case .scatter: throw KibanaOmission("Lens draws no points of one measure against another")
        case .states: throw KibanaOmission("Lens draws no states over time")
        case .movers: throw KibanaOmission("Lens cannot order groups by the change between two ranges")
        case .health: throw KibanaOmission("it shows Gatewatch's ledger of what came in, which is not in Elasticsearch")
        case .firing, .alertsByRule, .alertTimes: throw KibanaOmission("it shows Gatewatch's alerts, which are not in Elasticsearch")
        case .retention, .arrivals: throw KibanaOmission("Lens cannot tell when a value was first and last seen")
        case .capacity, .forecast: throw KibanaOmission("trend and forecast are computed by Gatewatch")
        case .whatIf: throw KibanaOmission("it needs Gatewatch's price list")
        case .text: return [text(panel)]
        }
    }

    /// The panel's question; tells how its order differs.
    mutating func question(_ panel: Panel, measures: [String]? = nil) throws(KibanaOmission) -> LensQuestion {
        let question = try LensQuestion(panel, source: source, measures: measures)
        if let note = question.orderNote { notes.append(note) }
        return question
    }

    private func text(_ panel: Panel) -> LensPanel {
        LensPanel(
            id: panel.id, title: panel.title, description: panel.question, content: .markdown(panel.options.markdown ?? ""), width: min(max(panel.width, 1), 12),
            height: panel.height.map { max(5, ($0 + 60) / Self.pixelsPerRow) } ?? 8)
    }

    /// A placed panel's frame around a chart.
    ///
    /// - Parameter rows: of Kibana's grid, where the panel names no height.
    func made(_ panel: Panel, _ chart: LensChart, rows: Int = 12, part: (id: String, title: String)? = nil) -> LensPanel {
        let lines = [panel.question, panel.formula, panel.action].compactMap(\.self)
        return LensPanel(
            id: panel.id + (part.map { "-" + $0.id } ?? ""), title: panel.title + (part.map { " - " + $0.title } ?? ""), description: lines.joined(separator: "\n"),
            content: .lens(chart), width: min(max(panel.width, 1), 12), height: panel.height.map { max(5, ($0 + 60) / Self.pixelsPerRow) } ?? rows)
    }

    /// A row of Kibana's grid with the gap below it.
    private static let pixelsPerRow = 28

    /// The same chart for each field that the page lets people choose from and that the documents hold.
    private mutating func eachField(
        _ panel: Panel, _ make: (Panel, RequestField) throws(KibanaOmission) -> LensChart
    ) throws(KibanaOmission) -> [LensPanel] {
        var choices = panel.options.fields
        if choices.isEmpty, let field = panel.options.field { choices = [PanelOptions.Choice(field: field, label: field)] }
        guard !choices.isEmpty else { throw KibanaOmission("it names no field") }
        return try each(choices, panel) { choice throws(KibanaOmission) in try make(panel, try LensQuestion.field(choice.field)) }
    }

    /// One panel for each choice; choices that the documents do not hold leave a note, and only when none is left the panel is refused.
    mutating func each(
        _ choices: [PanelOptions.Choice], _ panel: Panel, _ make: (PanelOptions.Choice) throws(KibanaOmission) -> LensChart
    ) throws(KibanaOmission) -> [LensPanel] {
        var made: [LensPanel] = []
        var refusals: [String] = []
        for choice in choices {
            do throws(KibanaOmission) {
                made.append(self.made(panel, try make(choice), part: choices.count > 1 ? (choice.field.replacing("_", with: "-"), choice.label) : nil))
            } catch { refusals.append("\(choice.label): \(error.reason)") }
        }
        guard !made.isEmpty else { throw KibanaOmission(refusals.joined(separator: "; ")) }
        notes += refusals.map { "without \($0)" }
        return made
    }
}
