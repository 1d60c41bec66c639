internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Courses over time.
extension PanelExport {
    /// Lines, areas or bars over time.
    mutating func series(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var made = base(panel, "timeseries")
        if panel.promql.isEmpty { try ask(panel, &made) } else {
            made.targets = written(panel)
            made.links = links.ofSeries(panel, [])
        }
        if panel.options.axis != .log, panel.options.axis != .close, made.minimum == nil { made.minimum = 0 }
        made.custom = Self.drawing(panel)
        made.options = Self.seriesOptions(isSingle: made.targets.count == 1 && !(made.targets[0].legend?.contains("{{") ?? true))
        secondAxis(panel, &made)
        return made
    }

    private mutating func ask(_ panel: Panel, _ made: inout GrafanaPanel) throws(TranslationGap) {
        let questions = try questions(panel)
        let isAuto = panel.query?.every == nil || panel.query?.every == "auto"
        let window = PanelQuestions.Window.bucket(isRate: isAuto)
        let outcome = try questions.outcome(window)
        note(outcome, on: &made)
        // A bucket must hold several scrapes; one that is asked for by name is that long.
        if isAuto { made.interval = outcome.measures.contains { $0.expr.contains("[$__interval]") } ? "1m" : nil } else { made.interval = try Self.step(panel.query?.every ?? "") }
        let top = try ranking(questions, outcome)
        for measure in outcome.measures {
            let expr = top.map { "\(measure.expr) and \($0)" } ?? measure.expr
            made.targets.append(GrafanaTarget(expr: expr, legend: legend(measure, of: outcome.measures.count, panel), hasExemplars: false))
        }
        if let top, panel.query?.other == true, outcome.measures.count == 1, let only = questions.measures.first, PanelQuestions.isTotal(only.function) {
            made.targets.append(GrafanaTarget(expr: "sum(\(outcome.measures[0].expr) unless \(top))", legend: "other"))
        }
        let labels = outcome.measures.first?.labels ?? []
        made.links = links.ofSeries(panel, groups(questions, labels))
        if panel.isCompared, labels.isEmpty, outcome.measures.count == 1 { compare(outcome.measures[0].expr, &made) }
    }

    /// The groups with the most over the whole range: what is drawn does not change from instant to instant.
    private func ranking(_ questions: PanelQuestions, _ outcome: PanelQuestions.Outcome) throws(TranslationGap) -> String? {
        guard let limit = questions.limit, !questions.by.isEmpty else { return nil }
        if let order = questions.order {
            guard case .measure(let place) = order.key, place == 0, order.isDescending else { return nil }
        }
        let ranked = try questions.outcome(.rangeAtEnd, chosen: [0])
        guard let first = ranked.measures.first, first.labels == outcome.measures.first?.labels, ranked.unheeded == outcome.unheeded else { return nil }
        return "topk(\(limit), \(first.expr))"
    }

    /// The same a range earlier, as a dashed line.
    private func compare(_ expr: String, _ made: inout GrafanaPanel) {
        made.targets.append(GrafanaTarget(expr: expr.replacing("]", with: "] offset $__range"), legend: "before"))
        made.overrides.append(
            GrafanaOverride(matcher: "byName", options: "before", properties: [("custom.lineStyle", .made(["fill": .text("dash"), "dash": .array([.int(6), .int(6)])])), ("custom.fillOpacity", .int(0))]))
    }

    /// A bucket's width as Grafana writes it.
    static func step(_ every: String) throws(TranslationGap) -> String {
        guard let unit = every.last, "smhdw".contains(unit), Int(every.dropLast()) != nil else {
            throw TranslationGap(reason: "buckets of \(every) follow the calendar, which steps of a query do not")
        }
        return every
    }

    static func drawing(_ panel: Panel) -> JSONValue {
        let draw = panel.options.draw ?? .line
        let isStacked = panel.options.isStacked || panel.options.isShare
        return .made([
            "drawStyle": .text(draw == .bars ? "bars" : "line"), "lineInterpolation": .text("linear"), "lineWidth": .int(draw == .bars ? 0 : 2),
            "fillOpacity": .int(draw == .bars ? 80 : draw == .area || isStacked ? 40 : 5), "gradientMode": .text("none"), "showPoints": .text("never"), "spanNulls": .bool(false),
            "stacking": .made(["mode": .text(panel.options.isShare ? "percent" : isStacked ? "normal" : "none"), "group": .text("A")]),
            "axisPlacement": .text("auto"), "axisLabel": .text(""), "scaleDistribution": panel.options.axis == .log ? .made(["type": .text("log"), "log": .int(10)]) : .made(["type": .text("linear")]),
            "thresholdsStyle": .made(["mode": .text(panel.thresholds == nil ? "off" : "dashed")]),
        ])
    }

    static func seriesOptions(isSingle: Bool) -> JSONValue {
        .made([
            "legend": .made(["displayMode": .text(isSingle ? "list" : "table"), "placement": .text(isSingle ? "bottom" : "right"), "showLegend": .bool(true), "calcs": .texts(["lastNotNull", "mean", "max"])]),
            "tooltip": .made(["mode": .text("multi"), "sort": .text("desc")]),
        ])
    }

    private func secondAxis(_ panel: Panel, _ made: inout GrafanaPanel) {
        guard let axis = panel.options.secondAxis else { return }
        for name in axis.series {
            let title = panel.options.labels[name] ?? name
            made.overrides.append(
                GrafanaOverride(matcher: "byName", options: title, properties: [("unit", .text(axis.unit.grafana)), ("custom.axisPlacement", .text("right"))]))
        }
    }

    /// Bars per bucket of time, or per group.
    mutating func bars(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard panel.promql.isEmpty else { return try bars(overTime: panel) }
        return panel.query?.every == nil ? try barGauge(panel, sorted: !(panel.query?.by.isEmpty ?? true)) : try bars(overTime: panel)
    }

    private mutating func bars(overTime panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var panel = panel
        if panel.options.draw == nil { panel.options.draw = .bars }
        return try series(panel)
    }

    /// Two measures over time with an axis each: Grafana's own scatter chart takes fields of one table only.
    mutating func scatter(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard panel.promql.isEmpty, panel.query?.every != nil else { throw TranslationGap(reason: "a point a group against another measure is not drawn by Grafana's core panels") }
        var made = try series(panel)
        let questions = try questions(panel)
        guard let x = questions.measures.firstIndex(where: { $0.name == panel.options.x }), made.targets.count == questions.measures.count else {
            throw TranslationGap(reason: "one of the two measures cannot be said in PromQL")
        }
        made.overrides.append(
            GrafanaOverride(
                matcher: "byFrameRefID", options: GrafanaTarget.name(x),
                properties: [("unit", .text((panel.options.xUnit ?? .number).grafana)), ("custom.axisPlacement", .text("right"))]))
        remarks.append("drawn over time, each measure with an axis of its own")
        return made
    }

    /// States over time, a line a series.
    mutating func states(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard !panel.promql.isEmpty else { throw TranslationGap(reason: "it has no series to show states of") }
        var made = base(panel, "state-timeline")
        made.targets = written(panel)
        made.mappings = stateMappings(panel)
        made.colorMode = "thresholds"
        made.custom = .made(["lineWidth": .int(0), "fillOpacity": .int(80)])
        made.links = links.ofSeries(panel, [])
        made.options = .made([
            "mergeValues": .bool(true), "showValue": .text("auto"), "alignValue": .text("left"), "rowHeight": .decimal(0.9),
            "legend": .made(["displayMode": .text("list"), "placement": .text("bottom"), "showLegend": .bool(false), "calcs": .texts([])]),
            "tooltip": .made(["mode": .text("single"), "sort": .text("none")]),
        ])
        return made
    }
}
