internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Tables: a row a group, a column a figure.
extension PanelExport {
    private struct Column {
        var title: String
        var target: GrafanaTarget
        var unit: Panel.Unit
        var thresholds: Panel.Thresholds?
        var isBar = false
    }

    mutating func table(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var made = base(panel, "table")
        var columns: [Column] = []
        var groupsFound: [(field: RequestField, label: String)] = []
        if panel.query != nil {
            let questions = try questions(panel)
            let outcome = try questions.outcome(.range)
            note(outcome, on: &made)
            groupsFound = groups(questions, outcome.measures.first?.labels ?? [])
            columns = outcome.measures.map { column($0, panel) }
            if !panel.options.columns.isEmpty { columns = Self.inOrder(columns, panel.options.columns.map(\.title)) }
        } else {
            columns = panel.promql.enumerated().map { index, expression in
                Column(title: expression.legend ?? "Value", target: Self.rows(expression.expr), unit: panel.unit, thresholds: panel.thresholds)
            }
        }
        for column in panel.options.columns {
            guard let expr = column.expr else { continue }
            columns.append(Column(title: column.title, target: Self.rows(expr), unit: column.unit, thresholds: column.thresholds, isBar: column.isBar))
        }
        guard !columns.isEmpty else { throw TranslationGap(reason: "it asks neither the requests nor series") }
        fill(&made, columns, limit: panel.query?.limit)
        made.links = panel.query == nil ? links.ofRows(panel, []) : links.ofRows(panel, groupsFound)
        return made
    }

    private static func inOrder(_ columns: [Column], _ titles: [String]) -> [Column] {
        columns.enumerated().sorted { (titles.firstIndex(of: $0.element.title) ?? titles.count, $0.offset) < (titles.firstIndex(of: $1.element.title) ?? titles.count, $1.offset) }.map(\.element)
    }

    private func column(_ measure: PanelQuestions.Answerable, _ panel: Panel) -> Column {
        let wanted = panel.options.columns.first { $0.measure == measure.name }
        return Column(
            title: wanted?.title ?? panel.options.labels[measure.name] ?? measure.title, target: Self.rows(measure.expr), unit: wanted?.unit ?? panel.unit, thresholds: wanted?.thresholds,
            isBar: wanted?.isBar ?? false)
    }

    private static func rows(_ expr: String) -> GrafanaTarget { GrafanaTarget(expr: expr, isInstant: true, format: .table) }

    /// Joins the columns by the labels that they share.
    private func fill(_ made: inout GrafanaPanel, _ columns: [Column], limit: Int?) {
        made.targets = columns.map(\.target)
        made.colorMode = "thresholds"
        made.custom = .made(["align": .text("auto"), "filterable": .bool(true), "inspect": .bool(false)])
        made.thresholds = nil
        for (index, column) in columns.enumerated() {
            // One query's value is called Value, those of several Value #A, Value #B, ...
            let name = columns.count == 1 ? "Value" : "Value #\(GrafanaTarget.name(index))"
            var properties: [(id: String, value: JSONValue)] = [("displayName", .text(column.title)), ("unit", .text(column.unit.grafana))]
            if let thresholds = column.thresholds {
                properties += [("thresholds", thresholds.grafanaSteps), ("custom.cellOptions", .made(["type": .text("color-text")]))]
            } else if column.isBar {
                properties.append(("custom.cellOptions", .made(["type": .text("gauge"), "mode": .text("basic")])))
            }
            made.overrides.append(GrafanaOverride(matcher: "byName", options: name, properties: properties))
        }
        made.transformations = [.made(["id": .text("merge"), "options": .object([])])]
        made.transformations.append(
            .made(["id": .text("organize"), "options": .made(["excludeByName": .made(["Time": .bool(true)]), "indexByName": .object([]), "renameByName": .object([])])]))
        let first = columns.count == 1 ? "Value" : "Value #A"
        made.transformations.append(.made(["id": .text("sortBy"), "options": .made(["fields": .object([]), "sort": .array([.made(["field": .text(first), "desc": .bool(true)])])])]))
        if let limit { made.transformations.append(.made(["id": .text("limit"), "options": .made(["limitField": .int(limit)])])) }
        made.options = .made(["showHeader": .bool(true), "cellHeight": .text("sm"), "frameIndex": .int(0)])
    }

    /// The providers' tiles as a table: traffic, failures and slowness side by side.
    mutating func providers(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        guard panel.promql.isEmpty else { return try table(panel) }
        var panel = panel
        let questions = try questions(panel)
        panel.options.columns = questions.measures.map { measure in
            var column = PanelOptions.Column(title: "Requests")
            column.measure = measure.name
            switch measure.function {
            case .ratio: (column.title, column.unit, column.thresholds) = ("Error rate", .ratio, panel.options.limits["error_rate"])
            case .percentile: (column.title, column.unit, column.thresholds) = ("p95", .seconds, panel.options.limits["p95"])
            default: break
            }
            return column
        }
        return try table(panel)
    }

    /// Two fields against each other.
    mutating func matrix(_ panel: Panel) throws(TranslationGap) -> GrafanaPanel {
        var made = base(panel, "table")
        let questions = try questions(panel)
        guard questions.by.count == 2 else { throw TranslationGap(reason: "it has not two fields") }
        let place = panel.options.measure.flatMap { name in questions.measures.firstIndex { $0.name == name } } ?? 0
        let outcome = try questions.outcome(.range, chosen: [place])
        note(outcome, on: &made)
        let measure = outcome.measures[0]
        made.targets = [Self.rows(measure.expr)]
        made.colorMode = "continuous-BlPu"
        made.custom = .made(["align": .text("auto"), "cellOptions": .made(["type": .text("color-background"), "mode": .text("basic")]), "inspect": .bool(false)])
        made.overrides = [
            GrafanaOverride(
                matcher: "byRegexp", options: "/.*\\\\.*/", properties: [("custom.cellOptions", .made(["type": .text("auto")])), ("custom.filterable", .bool(true))])
        ]
        made.transformations = [
            .made([
                "id": .text("groupingToMatrix"),
                "options": .made(["rowField": .text(measure.labels[0]), "columnField": .text(measure.labels[1]), "valueField": .text("Value"), "emptyValue": .text("null")]),
            ])
        ]
        made.options = .made(["showHeader": .bool(true), "cellHeight": .text("sm"), "frameIndex": .int(0)])
        made.links = links.ofRows(panel, [])
        return made
    }

    /// What fires, as the rules of the data source record it.
    func firing(_ panel: Panel) -> GrafanaPanel {
        var made = base(panel, "table")
        var columns = [Column(title: "Firing", target: Self.rows("max by (alertname, severity, provider, model, client, instance) (ALERTS{alertstate=\"firing\"})"), unit: .number)]
        columns[0].target.legend = "{{alertname}}"
        fill(&made, columns, limit: nil)
        made.overrides = [GrafanaOverride(matcher: "byName", options: "Value", properties: [("custom.hidden", .bool(true))])]
        made.empty = panel.empty ?? "Nothing fires."
        made.links = [GrafanaLink(title: "Alerts in Gatewatch", url: "${\(DrillLinks.variable)}/?page=alerts")]
        return made
    }
}
