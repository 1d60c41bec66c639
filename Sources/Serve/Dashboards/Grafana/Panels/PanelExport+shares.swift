internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Values of a field against each other, and distributions of numbers.
extension PanelExport {
    /// A panel for each field that people may choose on the page, and one for each further measure by the first of them: Grafana's panels have no choice of their own.
    mutating func ranking(_ panel: Panel) throws(TranslationGap) -> [GrafanaPanel] {
        guard panel.promql.isEmpty else {
            var panel = panel
            panel.thresholds = panel.thresholds ?? panel.options.measures.first?.thresholds
            return [try barGauge(panel, sorted: true)]
        }
        let fields: [PanelOptions.Choice?] = panel.options.choices.isEmpty ? [nil] : panel.options.choices
        let measures = panel.options.measures.filter { $0.measure != nil }
        let (first, field) = (measures.first, fields.first ?? nil)
        var asked: [(label: String?, field: PanelOptions.Choice?, measure: PanelOptions.Column?)] = [(fields.count > 1 ? field?.label : nil, field, first)]
        asked += fields.dropFirst().map { ($0?.label, $0, first) }
        asked += measures.dropFirst().map { ($0.title, field, $0) }
        var result: [GrafanaPanel] = []
        var gap = TranslationGap(reason: "it has no field to rank")
        for part in asked {
            do throws(TranslationGap) {
                var made = try barGauge(Self.asking(panel, part.measure), by: part.field.map { [$0.field] }, sorted: true)
                if let label = part.label { made.title += ": \(label)" }
                result.append(made)
            } catch {
                if result.isEmpty { gap = error }
                if asked.count > 1 { remarks.append("without \(part.label ?? "its first measure"): \(error.reason)") }
            }
        }
        guard !result.isEmpty else { throw gap }
        if fields.count > 1, measures.count > 1, let first, let field { remarks.append("measures besides \(first.title) by \(field.label) only") }
        return result
    }

    /// The panel with one of the measures that people may choose in place of its own.
    private static func asking(_ panel: Panel, _ measure: PanelOptions.Column?) -> Panel {
        guard let measure, let text = measure.measure else { return panel }
        var panel = panel
        var query = panel.query ?? Panel.Query()
        // A choice may name a measure of the question: its definition stands there.
        query.measures = [query.written(text)]
        // The bars are ranked by what they show; an order by another measure would not be understood any more.
        query.order = nil
        panel.query = query
        panel.unit = measure.unit
        panel.thresholds = measure.thresholds ?? panel.thresholds
        return panel
    }

    mutating func donut(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var made = try barGauge(panel, sorted: true)
        made.type = "piechart"
        made.minimum = nil
        made.colorMode = "palette-classic"
        made.options = .made([
            "pieType": .text("donut"), "reduceOptions": Self.lastOnly, "displayLabels": .texts(["percent"]),
            "legend": .made(["displayMode": .text("table"), "placement": .text("right"), "showLegend": .bool(true), "calcs": .texts([]), "values": .texts(["value", "percent"])]),
            "tooltip": .made(["mode": .text("multi"), "sort": .text("desc")]),
        ])
        return made
    }

    /// The value at some percentiles as bars.
    mutating func quantiles(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard let field = panel.options.fields.first else { throw TranslationGap(reason: "it has no field") }
        var asked = panel
        asked.query = panel.query ?? Panel.Query()
        asked.query?.every = nil
        asked.query?.measures = [10, 25, 50, 75, 90, 95, 99].map { "p\($0)(\(field.field))" }
        var made = try barGauge(asked, sorted: false)
        if panel.options.fields.count > 1 {
            made.title += ": \(field.label)"
            remarks.append("of \(field.label) only, of its \(panel.options.fields.count) fields")
        }
        return made
    }

    /// How often each size occurs: a panel a field.
    mutating func histograms(_ panel: Panel) throws(TranslationGap) -> [GrafanaPanel] {
        let fields = panel.options.fields.isEmpty ? panel.options.field.map { [PanelOptions.Choice(field: $0, label: $0)] } ?? [] : panel.options.fields
        var result: [GrafanaPanel] = []
        var gap = TranslationGap(reason: "it has no field")
        for field in fields {
            do throws(TranslationGap) {
                var made = base(panel, "bargauge")
                try ask(field.field, panel, .range, &made)
                made.title = fields.count > 1 ? "\(panel.title): \(field.label)" : panel.title
                made.unit = "short"
                made.options = Self.barOptions
                result.append(made)
            } catch {
                gap = error
                if fields.count > 1 { remarks.append("without \(field.label): \(error.reason)") }
            }
        }
        guard !result.isEmpty else { throw gap }
        for place in result.indices { result[place].width = max(4, result[place].width / result.count) }
        return result
    }

    /// Sizes over time, darker where there are more.
    mutating func heatmap(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard let field = panel.options.field ?? panel.options.fields.first?.field else { throw TranslationGap(reason: "it has no field") }
        var made = base(panel, "heatmap")
        try ask(field, panel, .bucket(isRate: false), &made)
        made.interval = "1m"
        made.custom = .made(["scaleDistribution": .made(["type": .text("linear")]), "hideFrom": .made(["legend": .bool(false), "tooltip": .bool(false), "viz": .bool(false)])])
        made.options = .made([
            "calculate": .bool(false), "cellGap": .int(1), "showValue": .text("never"), "cellValues": .made(["unit": .text("short")]),
            "color": .made([
                "mode": .text("scheme"), "scheme": .text("Viridis"), "scale": .text("exponential"), "exponent": .decimal(0.5), "steps": .int(64), "reverse": .bool(true),
                "fill": .text("dark-orange"),
            ]),
            "yAxis": .made(["axisPlacement": .text("left"), "unit": .text(panel.unit.grafana), "reverse": .bool(false)]),
            "rowsFrame": .made(["layout": .text("auto")]), "filterValues": .made(["le": .decimal(1e-9)]), "legend": .made(["show": .bool(true)]),
            "tooltip": .made(["mode": .text("single"), "yHistogram": .bool(true), "showColorScale": .bool(true)]), "exemplars": .made(["color": .text("rgba(255,0,255,0.7)")]),
        ])
        return made
    }

    /// The buckets of a field's histogram, as the question's filter and the page's variables narrow them.
    private mutating func ask(_ name: String, _ panel: Panel, _ window: PanelQuestions.Window, _ made: inout GrafanaPanel) throws(TranslationGap) {
        guard let field = RequestField(named: name) else { throw TranslationGap(reason: "there is no field '\(name)'") }
        var asked = panel
        asked.query = panel.query ?? Panel.Query()
        asked.query?.measures = ["p50(\(field.name))"]
        asked.query?.by = []
        let questions = try questions(asked)
        let outcome = try questions.outcome(window)
        note(outcome, on: &made)
        let heeded = questions.heeded(besides: outcome.unheeded)
        let expr = try translator.distribution(of: field, questions.subject(.count, window, heeding: heeded))
        made.targets = [GrafanaTarget(expr: expr, legend: "{{le}}", isInstant: made.type == "bargauge", format: .heatmap)]
        made.links = links.ofSeries(asked, [])
    }
}
