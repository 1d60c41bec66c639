/// Pages of Markdown about dashboards, made of the same files as the dashboards themselves: what each panel answers, how it is computed, when it is bad, and what to do then.
package enum DashboardGuide {
    /// A page about one dashboard.
    package static func page(_ dashboard: Dashboard) -> String {
        var text = "# \(line(dashboard.title))\n\n**\(line(dashboard.question))**\n\n"
        text += "`/?page=\(dashboard.id)` · \(dashboard.group.title) · at first \(range(dashboard))\n"
        if !dashboard.variables.isEmpty {
            text += "\n## Choices\n| choice | from |\n|---|---|\n"
            for variable in dashboard.variables { text += "| \(cell(variable.label)) | \(source(variable))\(variable.isMulti ? ", several at once" : "") |\n" }
        }
        if let records = dashboard.records { text += "\n## Requests\nThe page also lists single requests, with this chart above the list.\n\n" + panel(records) }
        for section in dashboard.sections {
            if let title = section.title { text += "\n## \(line(title))\n\(section.isFolded ? "Folded at first: it asks nothing before it is opened.\n" : "")" }
            for panel in section.panels { text += "\n" + self.panel(panel) }
        }
        return text
    }

    /// The list of all pages.
    package static func index(_ dashboards: [Dashboard]) -> String {
        var text = """
            # Dashboards

            What each page answers and what its panels mean. These pages are written by `gatewatch dashboards docs --output docs/dashboards` from the dashboards' own files \
            ([their form](../formats/dashboard.md)).

            """
        for group in Dashboard.Group.allCases {
            let members = dashboards.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            text += "\n## \(group.title)\n| page | answers | panels | exports |\n|---|---|---|---|\n"
            for dashboard in members {
                let exports = dashboard.exports.map(\.title).joined(separator: ", ")
                text += "| [\(cell(dashboard.title))](\(dashboard.id).md) | \(cell(dashboard.question)) | \(dashboard.panels.count) | \(exports.isEmpty ? "none" : exports) |\n"
            }
        }
        return text
    }

    // MARK: Panels

    private static func panel(_ panel: Panel) -> String {
        var text = "### \(line(panel.title))\n*\(line(panel.question))*\n\n"
        if let formula = panel.formula { text += paragraph(formula) }
        if let action = panel.action { text += "**When it looks bad:** " + paragraph(action) }
        if let needs = panel.needs { text += "**Needs:** " + paragraph(needs) }
        var facts = ["Drawn as \(panel.chart.description)", "in \(panel.unit.description)"]
        if panel.isCompared { facts.append("compared with the time before") }
        text += facts.joined(separator: ", ") + ".\n"
        if let thresholds = panel.thresholds { text += "- Thresholds: \(words(thresholds, panel.unit)).\n" }
        for (name, thresholds) in panel.options.limits.sorted(by: { $0.key < $1.key }) { text += "- Thresholds of \(name): \(words(thresholds, nil)).\n" }
        text += questions(panel)
        if let drill = panel.drill { text += "- \(words(drill))\n" }
        for (name, note) in [("Grafana", panel.grafana), ("Kibana", panel.kibana)] {
            if let reason = note?.omitted { text += "- Not in the \(name) export: \(line(reason)).\n".replacing("..", with: ".") }
        }
        return text
    }

    private static func questions(_ panel: Panel) -> String {
        var text = ""
        if let query = panel.query {
            text += "- Asks the requests for \(query.measures.map { "`\($0)`" }.joined(separator: ", "))"
            if !query.by.isEmpty { text += " by \(query.by.map { "`\($0)`" }.joined(separator: ", "))" }
            if let every = query.every { text += every == "auto" ? " over time" : " every \(every)" }
            if let filter = query.where { text += ", where `\(filter)`" }
            text += ".\n"
        }
        for expression in panel.promql.map(\.expr) + panel.options.columns.compactMap(\.expr) { text += "- Asks the series for `\(line(expression))`.\n" }
        return text
    }

    // MARK: Words

    private static func words(_ thresholds: Panel.Thresholds, _ unit: Panel.Unit?) -> String {
        let side = thresholds.isBelow ? "below" : "from"
        let parts = [("warning", thresholds.warning), ("critical", thresholds.critical)].compactMap { name, value in value.map { "\(name) \(side) \(number($0, unit))" } }
        return parts.joined(separator: ", ") + (thresholds.isBelow ? "" : " on")
    }

    private static func words(_ drill: Panel.Drill) -> String {
        if let dashboard = drill.dashboard { return "A click leads to [\(dashboard)](\(dashboard).md)\(drill.variable.map { ", with the clicked value as \($0)" } ?? "")." }
        var text = "A click leads to the requests"
        if let filter = drill.where { text += " with `\(filter)`" }
        if drill.isAtOrAbove { text += " at least as large as the clicked value" }
        if let sort = drill.sort { text += ", ordered by `\(sort)`" }
        return text + "."
    }

    private static func number(_ value: Double, _ unit: Panel.Unit?) -> String {
        let shown = unit == .ratio ? (value * 100_000).rounded() / 1_000 : value
        let text = DocumentValue.number(shown).scalar ?? ""
        return switch unit {
        case .ratio, .percent: text + " %"
        case .number, nil: text
        case .some(let unit): text + " " + unit.rawValue.replacing("{token}", with: "tokens")
        }
    }

    private static func range(_ dashboard: Dashboard) -> String { "`\(dashboard.from)` to `\(dashboard.to)`" }

    private static func source(_ variable: Dashboard.Variable) -> String {
        switch variable.source {
        case .field(let name): "the field `\(name)` of requests"
        case .label(let label, let metric): "the label `\(label)` of `\(metric)`"
        }
    }

    private static func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }
    private static func cell(_ text: String) -> String { line(text).replacing("|", with: "\\|") }
    private static func paragraph(_ text: String) -> String { line(text) + "\n\n" }
}

extension Dashboard.Group {
    /// As the navigation names it.
    var title: String {
        switch self {
        case .operations: "Operations"
        case .usage: "Usage"
        case .money: "Money"
        case .system: "System"
        case .prometheus: "Prometheus"
        case .own: "Own"
        }
    }
}

extension Dashboard.Export {
    var title: String {
        switch self {
        case .grafana: "Grafana"
        case .kibana: "Kibana"
        }
    }
}

extension Panel.Unit {
    /// In words.
    var description: String {
        switch self {
        case .number: "numbers"
        case .ratio: "percent of all (a ratio)"
        case .percent: "percent"
        case .seconds: "seconds"
        case .requestsPerSecond: "requests per second"
        case .tokensPerSecond: "tokens per second"
        case .tokens: "tokens"
        case .dollars: "US dollars"
        case .dollarsPerHour: "US dollars per hour"
        case .dollarsPerMonth: "US dollars per month"
        case .bytes: "bytes"
        case .bytesPerSecond: "bytes per second"
        case .perSecond: "times per second"
        case .watts: "watts"
        case .celsius: "degrees Celsius"
        case .days: "days"
        }
    }
}
