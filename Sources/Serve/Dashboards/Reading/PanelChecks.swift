package import RequestQuery

/// What must hold for a panel beyond each key alone.
enum PanelChecks {
    static func check(_ panel: Panel, _ value: DocumentValue, _ context: inout ReadingContext) {
        if !context.panelIDs.insert(panel.id).inserted {
            context.within(".id") { $0.fault("two panels have the id \(panel.id)", at: value["id"]?.place ?? value.place) }
        }
        checkSource(panel, value, &context)
        checkOptions(panel, value, &context)
        checkNames(panel, value, &context)
        for (index, name) in panel.ignores.enumerated() where !context.variables.contains(where: { $0.name == name }) {
            context.within(".ignores[\(index)]") {
                $0.fault("there is no variable \(name)", at: value["ignores"]?[index]?.place ?? value.place, hint: NearestName.hint(name, among: $0.variables.map(\.name)))
            }
        }
    }

    private static func checkSource(_ panel: Panel, _ value: DocumentValue, _ context: inout ReadingContext) {
        if panel.query != nil, !panel.promql.isEmpty {
            context.fault("a panel has query or promql, not both", at: value["promql"]?.place ?? value.place)
            return
        }
        let isAsked = panel.query != nil || !panel.promql.isEmpty || panel.options.columns.contains { $0.expr != nil }
        switch ChartTable.source(panel.chart) {
        case .asked where !isAsked: context.fault("the chart \(panel.chart.rawValue) needs query or promql", at: value.place)
        case .series where panel.promql.isEmpty: context.fault("the chart \(panel.chart.rawValue) needs promql", at: value.place)
        case .none where isAsked: context.fault("the chart \(panel.chart.rawValue) asks nothing", at: value["query"]?.place ?? value["promql"]?.place ?? value.place)
        case .none where panel.options.markdown == nil: context.fault("the chart text needs options.markdown", at: value.place)
        case .asked, .series, .own, .none: break
        }
    }

    /// An option of another chart would be read and never followed.
    private static func checkOptions(_ panel: Panel, _ value: DocumentValue, _ context: inout ReadingContext) {
        guard case .object(let members)? = value["options"]?.content else { return }
        let taken = ChartTable.options(panel.chart)
        for member in members where !taken.contains(member.name) {
            let others = ChartTable.charts(taking: member.name).map(\.rawValue).joined(separator: ", ")
            let hint = taken.isEmpty ? "it takes no options" : "it takes \(taken.joined(separator: ", "))"
            context.within(".options.\(member.name)") {
                $0.fault("\(member.name) is an option of \(others), not of the chart \(panel.chart.rawValue)", at: member.place, hint: hint)
            }
        }
    }

    /// Options that name one of the query's measures.
    private static func checkNames(_ panel: Panel, _ value: DocumentValue, _ context: inout ReadingContext) {
        checkMeasures(panel, value, &context)
        guard let query = panel.query else { return }
        let names = query.measures.flatMap { text in [text, (try? QueryMeasure(text, field: ""))?.name].compactMap { $0 } }
        func check(_ name: String?, _ step: String, _ found: DocumentValue?) {
            guard let name, !names.contains(name) else { return }
            context.within(".options." + step) {
                $0.fault("\(name.prefix(128)) is not one of the query's measures", at: found?.place ?? value.place, hint: "one of: " + names.joined(separator: ", "))
            }
        }
        let options = value["options"]
        check(panel.options.measure, "measure", options?["measure"])
        check(panel.options.x, "x", options?["x"])
        check(panel.options.y, "y", options?["y"])
        for (index, column) in panel.options.columns.enumerated() { check(column.measure, "columns[\(index)].measure", options?["columns"]?[index]?["measure"]) }
        if panel.options.figures.count > query.measures.count {
            context.within(".options.figures") { $0.fault("there are more figures than measures", at: options?["figures"]?.place ?? value.place) }
        }
    }

    /// Measures to choose from: one of the query's by its name, or one of their own.
    private static func checkMeasures(_ panel: Panel, _ value: DocumentValue, _ context: inout ReadingContext) {
        let names = (panel.query?.measures ?? []).compactMap { (try? QueryMeasure($0, field: ""))?.name }
        for (index, measure) in panel.options.measures.enumerated() {
            guard let text = measure.measure, !names.contains(text) else { continue }
            do throws(QueryError) { _ = try QueryMeasure(text, field: "") } catch {
                let place = value["options"]?["measures"]?[index]?["measure"]?.place ?? value.place
                context.within(".options.measures[\(index)].measure") { $0.fault(error.message, at: place, hint: error.hint) }
            }
        }
    }

    // MARK: Parts

    static func check(_ query: Panel.Query, _ value: DocumentValue, _ context: inout ReadingContext) {
        do throws(QueryError) { _ = try query.parameters.query() } catch {
            let field = error.field ?? ""
            let found = value[String(field.prefix { $0 != "[" })]
            let index = field.firstIndex(of: "[").flatMap { Int(field[$0...].dropFirst().prefix { $0 != "]" }) }
            let place = (index.flatMap { found?[$0] } ?? found ?? value).place
            context.within(field.isEmpty ? "" : "." + field) { $0.fault(error.message, at: place, hint: error.hint) }
        }
    }

    static func check(_ thresholds: Panel.Thresholds, _ value: DocumentValue, _ context: inout ReadingContext) {
        if thresholds.warning == nil, thresholds.critical == nil { context.fault("thresholds need warning or critical", at: value.place) }
        guard let warning = thresholds.warning, let critical = thresholds.critical else { return }
        if thresholds.isBelow ? critical > warning : critical < warning {
            let hint = thresholds.isBelow ? "with below: true the critical value is the smaller one" : "say below: true where less is worse"
            context.fault("critical is reached before warning", at: value["critical"]?.place ?? value.place, hint: hint)
        }
    }

    static func check(_ drill: Panel.Drill, _ value: DocumentValue, _ context: inout ReadingContext) {
        if drill.variable != nil, drill.dashboard == nil { context.fault("drill.variable belongs to drill.dashboard", at: value["variable"]?.place ?? value.place) }
        if drill.dashboard != nil, drill.where != nil || drill.sort != nil || drill.isAtOrAbove {
            context.fault("a click leads to requests or to another dashboard, not to both", at: value["dashboard"]?.place ?? value.place)
        }
    }

    static func check(_ column: PanelOptions.Column, _ value: DocumentValue, _ context: inout ReadingContext) {
        if column.measure != nil, column.expr != nil { context.fault("a column has measure or expr, not both", at: value.place) }
    }

    static func check(_ state: PanelOptions.State, _ value: DocumentValue, _ context: inout ReadingContext) {
        let levels = ["ok", "warning", "critical", "none"]
        if !levels.contains(state.level) { context.fault("level must be one of: \(levels.joined(separator: ", "))", at: value["level"]?.place ?? value.place) }
    }
}

extension Panel.Query {
    /// The question as the engine's texts, without what the page adds.
    package var parameters: QueryParameters {
        var parameters = QueryParameters()
        (parameters.measures, parameters.by, parameters.where, parameters.every) = (measures, by, self.where, every)
        (parameters.order, parameters.limit, parameters.other) = (order, limit, other)
        return parameters
    }
}
