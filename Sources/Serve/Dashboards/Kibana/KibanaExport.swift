/// Dashboards as Kibana's saved objects: a file of one JSON object a line that Kibana's import takes.
///
/// Attributes and references are those of Kibana 8.9 and later; older versions refuse them. The layout is in `docs/reference/kibana-export.md`.
package struct KibanaExport: Sendable {
    package let source: KibanaSource
    /// The indices that the data view reads, as `gw-events*`.
    package let index: String

    /// - Parameter index: nil for the source's own.
    package init(source: KibanaSource = .gatewatch, index: String? = nil) {
        self.source = source
        self.index = index ?? source.standardIndex
    }

    /// Whether a text can be a pattern of index names, several with commas: what Elasticsearch forbids in names would make the files unusable.
    package static func isIndexPattern(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { name in
            name.first.map { $0.isASCII && ($0.isLowercase || $0.isNumber || "*.".contains($0)) } == true
                && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "*-_.".contains($0)) }
        }
    }

    /// What was written, and what was not.
    package struct Result: Sendable, Equatable {
        /// The file's text, one object a line, the summary last.
        package var text: String
        /// Panels that are not in the file, in reading order.
        package var omissions: [Remark]
        /// Panels that are there, and what they lost.
        package var notes: [Remark]
    }

    /// A panel, and what is to be said of it.
    package struct Remark: Sendable, Equatable, CustomStringConvertible {
        package let dashboard: String
        package let panel: String
        /// A clause, as `it asks series (PromQL), which are not in Elasticsearch`.
        package let reason: String

        package var description: String { "\(dashboard)/\(panel): \(reason)" }
    }

    /// The data view and the dashboards in one file.
    ///
    /// A dashboard that is not meant for Kibana, or of which no panel is left, is not in the file.
    package func export(_ dashboards: [Dashboard]) -> Result {
        var result = Result(text: "", omissions: [], notes: [])
        var objects: [KibanaJSON] = []
        for dashboard in dashboards {
            guard dashboard.exports.contains(.kibana) else {
                result.omissions.append(Remark(dashboard: dashboard.id, panel: "*", reason: "the dashboard is not meant for Kibana"))
                continue
            }
            if let object = object(of: dashboard, &result) { objects.append(object) }
        }
        if !objects.isEmpty { objects.insert(KibanaDataView.object(source, index: index), at: 0) }
        let summary: KibanaJSON = [
            "exportedCount": .number(Double(objects.count)), "missingRefCount": 0, "missingReferences": [], "excludedObjects": [], "excludedObjectsCount": 0,
        ]
        result.text = (objects + [summary]).map { $0.text + "\n" }.joined()
        return result
    }

    // MARK: One dashboard

    private struct Placed {
        let panel: LensPanel
        let place: KibanaGrid.Place
    }

    /// The saved object; nil when no panel is left.
    private func object(of dashboard: Dashboard, _ result: inout Result) -> KibanaJSON? {
        let placed = place(dashboard, &result)
        guard placed.contains(where: \.panel.isChart) else {
            let texts = dashboard.panels.filter { panel in placed.contains { $0.panel.id == panel.id } }
            result.omissions += texts.map { Remark(dashboard: dashboard.id, panel: $0.id, reason: "nothing else of the dashboard is left") }
            return nil
        }
        let dataView = KibanaDataView.id(source)
        let controls = KibanaControls(dashboard, source: source)
        let references: [KibanaJSON] = placed.flatMap { placed in
            placed.panel.layers.map { layer in
                ["type": "index-pattern", "id": .string(dataView), "name": "\(placed.panel.id):\(LensChart.referenceName(layer))"]
            }
        }
        return [
            "type": "dashboard", "id": "gatewatch-\(source.rawValue)-\(dashboard.id)", "coreMigrationVersion": "8.8.0", "typeMigrationVersion": "8.9.0",
            "managed": false, "attributes": attributes(dashboard, placed, controls), "references": .array(references + controls.references(dataView: dataView)),
        ]
    }

    private func place(_ dashboard: Dashboard, _ result: inout Result) -> [Placed] {
        var grid = KibanaGrid()
        var placed: [Placed] = []
        let records = dashboard.records.map { [Dashboard.Section(id: "records", panels: [$0])] } ?? []
        for section in records + dashboard.sections {
            var translated: [LensPanel] = []
            for panel in section.panels {
                var translation = LensTranslation(source: source)
                do throws(KibanaOmission) {
                    translated += try translation.panels(panel)
                    if !panel.ignores.isEmpty { translation.notes.append("controls narrow it: Kibana's reach every panel") }
                    result.notes += translation.notes.map { Remark(dashboard: dashboard.id, panel: panel.id, reason: $0) }
                } catch {
                    result.omissions.append(Remark(dashboard: dashboard.id, panel: panel.id, reason: error.reason))
                }
            }
            if let title = section.title, !translated.isEmpty { translated.insert(.heading(section, title), at: 0) }
            placed += zip(translated, grid.place(translated.map { ($0.width, $0.height) })).map { Placed(panel: $0, place: $1) }
        }
        return placed
    }

    private func attributes(_ dashboard: Dashboard, _ placed: [Placed], _ controls: KibanaControls) -> KibanaJSON {
        let dataView = KibanaDataView.id(source)
        let options: KibanaJSON = ["useMargins": true, "syncColors": true, "syncCursor": true, "syncTooltips": true, "hidePanelTitles": false]
        let search: KibanaJSON = ["query": ["query": "", "language": "kuery"], "filter": []]
        let refresh = Self.milliseconds(dashboard.refresh)
        return [
            "title": .string("Gatewatch - " + dashboard.title), "description": .string(dashboard.question), "version": 1, "timeRestore": true,
            "timeFrom": .string(dashboard.from), "timeTo": .string(dashboard.to), "refreshInterval": ["pause": .bool(refresh == nil), "value": .number(refresh ?? 30_000)],
            "panelsJSON": .string(KibanaJSON.array(placed.map { Self.panel($0, dataView: dataView) }).text),
            "optionsJSON": .string(options.text), "kibanaSavedObjectMeta": ["searchSourceJSON": .string(search.text)], "controlGroupInput": controls.json,
        ]
    }

    private static func panel(_ placed: Placed, dataView: String) -> KibanaJSON {
        let panel = placed.panel
        return [
            "type": .string(panel.type), "panelIndex": .string(panel.id), "title": .string(panel.title),
            "gridData": [
                "x": .number(Double(placed.place.x)), "y": .number(Double(placed.place.y)), "w": .number(Double(placed.place.width)),
                "h": .number(Double(placed.place.height)), "i": .string(panel.id),
            ],
            "embeddableConfig": panel.configuration(dataView: dataView),
        ]
    }

    /// `30s`, `1m`, `1h` as milliseconds; nil for everything else, which means that nothing refreshes by itself.
    private static func milliseconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1_000, "m": 60_000, "h": 3_600_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count > 0 else { return nil }
        return count * unit
    }
}
