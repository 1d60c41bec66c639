/// A Lens chart by value: what is drawn, and the layers it is computed from.
struct LensChart {
    /// `lnsXY`, `lnsMetric`, ...
    let type: String
    let visualization: KibanaJSON
    let layers: [LensLayer]
    /// The chart's own condition, in KQL; empty for none.
    let kql: String

    /// The name of the reference by which a layer finds its data view.
    static func referenceName(_ layer: LensLayer) -> String { "indexpattern-datasource-layer-\(layer.id)" }

    /// The attributes of a Lens object.
    func attributes(description: String, dataView: String) -> KibanaJSON {
        [
            "title": "", "description": .string(description), "type": "lens", "visualizationType": .string(type),
            "references": .array(layers.map { ["type": "index-pattern", "id": .string(dataView), "name": .string(Self.referenceName($0))] }),
            "state": [
                "visualization": visualization, "query": ["query": .string(kql), "language": "kuery"], "filters": [], "internalReferences": [],
                "adHocDataViews": [:],
                "datasourceStates": [
                    "formBased": ["layers": .members(layers.map { ($0.id, $0.json) })], "indexpattern": ["layers": [:]], "textBased": ["layers": [:]],
                ],
            ],
        ]
    }
}

/// A panel of a Kibana dashboard, not yet placed.
struct LensPanel {
    enum Content {
        case lens(LensChart)
        /// Text, as Kibana's own Markdown panels have it.
        case markdown(String)
    }

    /// Unique within its dashboard.
    let id: String
    let title: String
    let description: String
    let content: Content
    /// Columns of twelve.
    var width: Int
    /// Rows of Kibana's grid.
    var height: Int

    /// The heading of a section: Kibana's dashboards of these versions have none of their own.
    static func heading(_ section: Dashboard.Section, _ title: String) -> LensPanel {
        // No id of a panel has a low line, so that this one is free.
        LensPanel(id: "heading_" + section.id, title: "", description: "", content: .markdown("### " + title), width: 12, height: 3)
    }

    var isChart: Bool { if case .lens = content { true } else { false } }

    /// The layers that must find their data view.
    var layers: [LensLayer] { if case .lens(let chart) = content { chart.layers } else { [] } }

    /// Kibana's name of the kind of panel.
    var type: String { isChart ? "lens" : "visualization" }

    /// What the panel is, by value.
    func configuration(dataView: String) -> KibanaJSON {
        switch content {
        case .lens(let chart): return ["enhancements": [:], "attributes": chart.attributes(description: description, dataView: dataView)]
        case .markdown(let text):
            return [
                "enhancements": [:], "hidePanelTitles": .bool(title.isEmpty),
                "savedVis": [
                    "title": .string(title), "description": .string(description), "type": "markdown",
                    "params": ["markdown": .string(text), "fontSize": 12, "openLinksInNewTab": false], "uiState": [:],
                    "data": ["aggs": [], "searchSource": ["query": ["query": "", "language": "kuery"], "filter": []]],
                ],
            ]
        }
    }
}
