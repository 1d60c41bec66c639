internal import GatewayModel
internal import RequestQuery

/// What must hold for a dashboard and its sections as a whole.
enum DashboardChecks {
    static func check(_ dashboard: Dashboard, _ value: DocumentValue, _ context: inout ReadingContext) {
        tellRepeated(dashboard.variables.map(\.name), in: value["variables"], key: "name", what: "variables", &context)
        tellRepeated(dashboard.sections.map(\.id), in: value["sections"], key: "id", what: "sections", &context)
        if dashboard.sections.isEmpty, dashboard.records == nil { context.fault("a dashboard needs at least one section", at: value["sections"]?.place ?? value.place) }
        let count = dashboard.panels.count
        if count > DashboardTables.panelsMax {
            context.fault("a dashboard has at most \(DashboardTables.panelsMax) panels; this one has \(count)", at: value["sections"]?.place ?? value.place)
        }
        if DashboardReader.reservedIDs.contains(dashboard.id) {
            context.fault("id must not be \(dashboard.id): the API uses that word itself", at: value["id"]?.place ?? value.place)
        }
        checkRange(dashboard, value, &context)
    }

    static func check(_ section: Dashboard.Section, _ value: DocumentValue, _ context: inout ReadingContext) {
        if section.isFolded, section.title == nil {
            context.fault("a folded section needs a title: nobody could unfold it", at: value["folded"]?.place ?? value.place)
        }
    }

    static func check(_ variable: WrittenVariable, _ value: DocumentValue, _ context: inout ReadingContext) {
        if PromQLTemplate.builtins.contains(variable.name) { context.fault("$\(variable.name) is there already", at: value.place) }
        switch (variable.field, variable.metric, variable.labelName) {
        case (.some, nil, nil), (nil, .some, .some): break
        case (nil, nil, nil): context.fault("a variable needs field, or metric and label_name", at: value.place)
        case (nil, _, _): context.fault("metric and label_name belong together", at: value.place)
        case (.some, _, _): context.fault("a variable has either field, or metric and label_name", at: value.place)
        }
    }

    private static func checkRange(_ dashboard: Dashboard, _ value: DocumentValue, _ context: inout ReadingContext) {
        let place = value["range"]?.place ?? value.place
        do throws(QueryError) {
            var query = RequestQuery()
            (query.from, query.to) = (try TimeExpression(dashboard.from, field: "from"), try TimeExpression(dashboard.to, field: "to"))
            _ = try query.range(now: .now())
        } catch { context.within(".range") { $0.fault(error.message, at: place, hint: error.hint) } }
    }

    /// Says which names stand twice.
    private static func tellRepeated(_ names: [String], in list: DocumentValue?, key: String, what: String, _ context: inout ReadingContext) {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() where !seen.insert(name).inserted {
            let place = list?[index]?[key]?.place ?? list?.place ?? .unknown
            context.within(".\(what)[\(index)].\(key)") { $0.fault("two \(what) have the \(key) \(name)", at: place) }
        }
    }
}
