internal import ByteCoding

/// One query of a panel of Grafana.
struct GrafanaTarget {
    enum Format: String { case series = "time_series", table, heatmap }

    var expr: String
    var legend: String?
    var isInstant = false
    var format = Format.series
    /// Whether dots that lead to single requests are asked for.
    var hasExemplars = false

    func json(_ index: Int, _ source: JSONValue) -> JSONValue {
        .made([
            "refId": .text(Self.name(index)), "datasource": source, "editorMode": .text("code"), "expr": .text(expr), "legendFormat": .text(legend ?? "__auto"),
            "format": .text(format.rawValue), "instant": .bool(isInstant), "range": .bool(!isInstant), "exemplar": hasExemplars ? .bool(true) : nil,
        ])
    }

    /// `A`, `B`, ..., `Z`, `A1`, ...: what Grafana calls the queries of a panel.
    static func name(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letter + String(index / 26)
    }
}

/// What changes for some fields of a panel.
struct GrafanaOverride {
    /// How the fields are found: `byName`, `byRegexp`, `byFrameRefID`.
    var matcher: String
    var options: String
    var properties: [(id: String, value: JSONValue)]

    var json: JSONValue {
        .made([
            "matcher": .made(["id": .text(matcher), "options": .text(options)]),
            "properties": .array(properties.map { .made(["id": .text($0.id), "value": $0.value]) }),
        ])
    }
}

/// A panel of Grafana, without its place.
struct GrafanaPanel {
    /// Grafana's name of the panel type.
    var type: String
    var title: String
    var description = ""
    /// Columns of 24.
    var width = 12
    /// Rows of the grid, some 30 pixels each.
    var height = 8
    var targets: [GrafanaTarget] = []
    /// The shortest step of its queries, as `1m`; nil for the data source's.
    var interval: String?
    var unit: String?
    var minimum: Double?
    var maximum: Double?
    var thresholds: Panel.Thresholds?
    /// `palette-classic`, `thresholds`, ...
    var colorMode = "palette-classic"
    var mappings: [JSONValue] = []
    /// What is said where there is nothing.
    var empty: String?
    /// Settings of the panel type for fields.
    var custom: JSONValue?
    var overrides: [GrafanaOverride] = []
    var options: JSONValue = .object([])
    var transformations: [JSONValue] = []
    /// Where a click on a value leads.
    var links: [GrafanaLink] = []

    func json(id: Int, place: (x: Int, y: Int), source: JSONValue) -> JSONValue {
        let isQueried = !targets.isEmpty
        return .made([
            "id": .int(id), "type": .text(type), "title": .text(title), "description": description.isEmpty ? nil : .text(description),
            "datasource": isQueried ? source : nil,
            "gridPos": .made(["h": .int(height), "w": .int(width), "x": .int(place.x), "y": .int(place.y)]),
            "interval": interval.map(JSONValue.text),
            "targets": isQueried ? .array(targets.enumerated().map { $1.json($0, source) }) : nil,
            "fieldConfig": .made(["defaults": fieldDefaults, "overrides": .array(overrides.map(\.json))]),
            "options": options,
            "transformations": transformations.isEmpty ? nil : .array(transformations),
        ])
    }

    private var fieldDefaults: JSONValue {
        guard !targets.isEmpty else { return .object([]) }
        return .made([
            "unit": unit.map(JSONValue.text), "min": minimum.map(JSONValue.decimal), "max": maximum.map(JSONValue.decimal),
            "color": .made(["mode": .text(colorMode)]), "mappings": .array(mappings), "noValue": empty.map(JSONValue.text),
            "thresholds": (thresholds ?? Panel.Thresholds()).grafanaSteps, "custom": custom, "links": .array(links.map(\.json)),
        ])
    }
}

/// A link of a value.
struct GrafanaLink: Equatable {
    var title: String
    var url: String

    var json: JSONValue {
        .made([
            "title": .text(title), "type": .text("link"), "url": .text(url), "targetBlank": .bool(true), "icon": .text(""), "tooltip": .text(""), "tags": .array([]),
            "asDropdown": .bool(false), "includeVars": .bool(false), "keepTime": .bool(false),
        ])
    }
}
