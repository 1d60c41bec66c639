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
    /// Unique within its dashboard.
    let id: String
    let title: String
    let description: String
    let chart: LensChart
    /// Columns of twelve.
    var width: Int
    /// Rows of Kibana's grid.
    var height: Int
}
