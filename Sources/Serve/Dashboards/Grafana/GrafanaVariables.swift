internal import ByteCoding
internal import GatewayModel
internal import RequestMetrics
internal import RequestQuery

/// The choices above a dashboard's panels.
struct GrafanaVariables {
    private(set) var list: [JSONValue] = []
    /// Choices that Grafana cannot offer.
    private(set) var remarks: [ExportRemark] = []

    init(_ dashboard: Dashboard, translator: PromQLTranslator, source: JSONValue, gatewatchURL: String, choosesSource: Bool) {
        if choosesSource { list.append(Self.dataSource) }
        for variable in dashboard.variables {
            let values: (metric: String, label: String)?
            switch variable.source {
            case .label(let label, let metric): values = (metric, label)
            case .field(let name): values = RequestField(named: name).flatMap(translator.valueSeries)
            }
            guard let values else {
                remarks.append(ExportRemark(dashboard: dashboard.id, panel: nil, isOmitted: false, reason: "without the choice of \(variable.label): no metric family has it as a label"))
                continue
            }
            list.append(Self.query(variable, "label_values(\(values.metric), \(values.label))", source))
        }
        list.append(Self.address(gatewatchURL))
    }

    private static let dataSource = JSONValue.made([
        "name": .text("datasource"), "label": .text("Data source"), "type": .text("datasource"), "query": .text("prometheus"), "regex": .text(""), "refresh": .int(1), "hide": .int(0),
        "multi": .bool(false), "includeAll": .bool(false), "options": .array([]), "skipUrlSync": .bool(false),
    ])

    /// All values at first: a pattern that also passes series without the label, since not every source has it.
    private static func query(_ variable: Dashboard.Variable, _ question: String, _ source: JSONValue) -> JSONValue {
        let all = JSONValue.made(["selected": .bool(true), "text": variable.isMulti ? .texts(["All"]) : .text("All"), "value": variable.isMulti ? .texts(["$__all"]) : .text("$__all")])
        let standard = variable.standard.map {
            JSONValue.made(["selected": .bool(true), "text": variable.isMulti ? .texts([$0]) : .text($0), "value": variable.isMulti ? .texts([$0]) : .text($0)])
        }
        return .made([
            "name": .text(variable.name), "label": .text(variable.label), "type": .text("query"), "datasource": source, "definition": .text(question),
            "query": .made(["query": .text(question), "refId": .text("StandardVariableQuery")]), "refresh": .int(2), "sort": .int(1), "multi": .bool(variable.isMulti),
            "includeAll": .bool(true), "allValue": .text(".*"), "current": standard ?? all, "hide": .int(0), "options": .array([]), "regex": .text(""), "skipUrlSync": .bool(false),
        ])
    }

    /// Where links lead; people of a Grafana change it once for their place.
    private static func address(_ url: String) -> JSONValue {
        let value = JSONValue.made(["selected": .bool(true), "text": .text(url), "value": .text(url)])
        return .made([
            "name": .text(DrillLinks.variable), "label": .text("Gatewatch"), "type": .text("textbox"), "query": .text(url), "current": value, "options": .array([value]), "hide": .int(2),
            "skipUrlSync": .bool(false), "description": .text("Where people reach Gatewatch; links on values lead there."),
        ])
    }
}
