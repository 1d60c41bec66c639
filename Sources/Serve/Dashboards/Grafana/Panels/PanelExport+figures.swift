internal import ByteCoding
internal import RequestQuery

/// Figures: one number, or one a group.
extension PanelExport {
    /// A figure of the whole range; one over series shows the newest value and its course.
    mutating func stat(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var made = base(panel, "stat")
        if panel.height == nil { made.height = 4 }
        made.colorMode = panel.thresholds == nil ? "palette-classic" : "thresholds"
        var labels: [String] = []
        if panel.promql.isEmpty {
            let questions = try questions(panel)
            let shown = panel.options.figures.isEmpty ? 1 : min(panel.options.figures.count, questions.measures.count)
            let outcome = try questions.outcome(.range, chosen: Array(0..<shown))
            note(outcome, on: &made)
            for measure in outcome.measures {
                let place = questions.measures.firstIndex { $0.name == measure.name } ?? 0
                let title = panel.options.figures.indices.contains(place) ? panel.options.figures[place] : panel.title
                made.targets.append(GrafanaTarget(expr: measure.expr, legend: measure.labels.isEmpty ? title : legend(measure, of: shown, panel), isInstant: true))
            }
            labels = outcome.measures.first?.labels ?? []
            made.links = links.ofSeries(panel, groups(questions, labels))
        } else {
            made.targets = written(panel)
            made.links = links.ofSeries(panel, [])
        }
        made.mappings = stateMappings(panel)
        let isSeveral = made.targets.count > 1 || !labels.isEmpty || made.targets.contains { $0.legend?.contains("{{") ?? false }
        made.options = .made([
            "reduceOptions": Self.lastOnly, "colorMode": .text(panel.thresholds == nil && panel.options.states.isEmpty ? "none" : "background"),
            "graphMode": .text(made.targets.allSatisfy(\.isInstant) ? "none" : "area"), "justifyMode": .text("auto"), "orientation": .text("auto"),
            "textMode": .text(isSeveral ? "value_and_name" : "value"), "wideLayout": .bool(true), "showPercentChange": .bool(false),
            "percentChangeColorMode": .text(panel.options.better == .down ? "inverted" : "standard"),
        ])
        return made
    }

    /// A value against its limit.
    mutating func bullet(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var panel = panel
        var maximum = panel.options.limit.flatMap(Double.init)
        let share = maximum == nil ? panel.options.limit : nil
        if panel.thresholds == nil { panel.thresholds = Panel.Thresholds(warning: 0.8 * (maximum ?? 1), critical: maximum ?? 1) }
        var made = try barGauge(panel, sorted: true)
        if let share {
            // A limit of the requests' panels is one for all; one of series may differ from group to group.
            let divisor = panel.promql.isEmpty ? "scalar(\(share))" : "(\(share))"
            for place in made.targets.indices { made.targets[place].expr = "(\(made.targets[place].expr)) / \(divisor)" }
            made.unit = Panel.Unit.ratio.grafana
            maximum = 1
        }
        made.minimum = 0
        made.maximum = maximum
        return made
    }

    /// Horizontal bars, one a series, the longest first.
    mutating func barGauge(_ panel: Panel, by groupsWanted: [String]? = nil, measure wanted: Int = 0, sorted: Bool) throws(TranslationGap) -> GrafanaPanel {
        var made = base(panel, "bargauge")
        made.colorMode = panel.thresholds == nil ? "palette-classic" : "thresholds"
        if panel.promql.isEmpty {
            let questions = try questions(panel, by: groupsWanted)
            let outcome = try questions.outcome(.range, chosen: sorted ? [wanted] : nil)
            note(outcome, on: &made)
            for measure in outcome.measures {
                let ranked = measure.labels.isEmpty ? measure.expr : "sort_desc(topk(\(questions.limit ?? 10), \(measure.expr)))"
                made.targets.append(GrafanaTarget(expr: ranked, legend: legend(measure, of: outcome.measures.count, panel), isInstant: true))
            }
            made.links = links.ofSeries(panel, groups(questions, outcome.measures.first?.labels ?? []))
        } else {
            made.targets = written(panel, isInstant: true)
            made.links = links.ofSeries(panel, [])
        }
        made.minimum = panel.unit == .ratio || made.minimum == nil ? 0 : made.minimum
        made.options = Self.barOptions
        return made
    }

    static let barOptions = JSONValue.made([
        "displayMode": .text("basic"), "orientation": .text("horizontal"), "reduceOptions": lastOnly, "showUnfilled": .bool(true), "valueMode": .text("color"),
        "namePlacement": .text("left"), "sizing": .text("auto"), "minVizWidth": .int(8), "minVizHeight": .int(16), "maxVizHeight": .int(30),
        "legend": .made(["calcs": .texts([]), "displayMode": .text("list"), "placement": .text("bottom"), "showLegend": .bool(false)]),
    ])

    /// Values that stand for states, in words and colours.
    func stateMappings(_ panel: Panel) -> [JSONValue] {
        guard !panel.options.states.isEmpty else { return [] }
        let colors = ["ok": "green", "warning": "orange", "critical": "red", "none": "text"]
        let members = panel.options.states.enumerated().map { index, state in
            JSONValue.Member(
                name: state.value == state.value.rounded() && abs(state.value) < 1e15 ? "\(Int(state.value))" : "\(state.value)",
                value: .made(["text": .text(state.text), "color": .text(colors[state.level] ?? "text"), "index": .int(index)]))
        }
        return [.made(["type": .text("value"), "options": .object(members)])]
    }

    func text(_ panel: Panel) -> GrafanaPanel {
        var made = base(panel, "text")
        made.unit = nil
        made.options = .made(["mode": .text("markdown"), "content": .text(panel.options.markdown ?? "")])
        return made
    }
}
