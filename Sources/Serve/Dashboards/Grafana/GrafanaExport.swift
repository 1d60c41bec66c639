package import ByteCoding
internal import GatewayModel
package import RequestMetrics
internal import RequestQuery

/// A dashboard as Grafana imports it.
package struct GrafanaFile: Sendable {
    /// `overview.json`
    package let name: String
    /// Grafana's name of the dashboard, the same in every export.
    package let uid: String
    package let json: JSONValue
    /// What was left out or is told differently, in reading order.
    package let remarks: [ExportRemark]

    /// The file's text, for people and their version control.
    package var text: String { json.indented }

    /// The same on one line, where bytes count.
    var compactText: String {
        var writer = JSONWriter()
        json.write(to: &writer)
        return writer.string
    }
}

/// What an export could not say, or says differently.
package struct ExportRemark: Sendable, Equatable {
    package let dashboard: String
    /// The panel's id; nil for the dashboard as a whole.
    package let panel: String?
    /// Whether the panel is not part of the export at all.
    package let isOmitted: Bool
    /// For people, without a full stop.
    package let reason: String

    package var text: String { "\(dashboard)\(panel.map { "/\($0)" } ?? ""): \(isOmitted ? "left out: " : "")\(reason)" }
}

/// Writes dashboards for Grafana: classic JSON, schema version 39, which every Grafana since 10 reads.
///
/// Source of the format: grafana/grafana-foundation-sdk, the schemas of its `dashboard`, `prometheus` and panel packages.
package struct GrafanaExport: Sendable {
    /// How the file finds its data source.
    package enum DataSource: String, Sendable, CaseIterable {
        /// A choice above the panels: works wherever the file comes from.
        case variable
        /// Asked for when a person imports the file (`__inputs`); files that are provisioned cannot have it.
        case inputs
    }

    private let families: [MetricFamily]
    private let dataSource: DataSource
    private let gatewatchURL: String

    /// - Parameters:
    ///   - families: what the translation of questions to the requests may use.
    ///   - gatewatchURL: where people reach Gatewatch: links on values lead there; changed in Grafana by the variable of that name.
    package init(families: [MetricFamily] = MetricFamily.shipped, dataSource: DataSource = .variable, gatewatchURL: String = "http://127.0.0.1:7600") {
        self.families = families
        self.dataSource = dataSource
        self.gatewatchURL = gatewatchURL.hasSuffix("/") ? String(gatewatchURL.dropLast()) : gatewatchURL
    }

    package func file(_ dashboard: Dashboard) -> GrafanaFile {
        let translator = PromQLTranslator(families: families)
        var remarks: [ExportRemark] = []
        var layout = GrafanaLayout(source: source)
        for section in dashboard.sections {
            var made: [GrafanaPanel] = []
            for panel in section.panels { made += Self.panels(panel, dashboard, translator, &remarks) }
            layout.add(section, made)
        }
        let variables = GrafanaVariables(dashboard, translator: translator, source: source, gatewatchURL: gatewatchURL, choosesSource: dataSource == .variable)
        remarks += variables.remarks
        let uid = Self.uid(of: dashboard.id)
        return GrafanaFile(
            name: dashboard.id + ".json", uid: uid, json: document(dashboard, uid, panels: layout.panels, variables: variables.list), remarks: remarks)
    }

    /// Grafana's uid of a dashboard: 8 to 40 characters.
    ///
    /// The dashboards of LLM gateways have those under which their users' links know them.
    package static func uid(of id: String) -> String {
        if id == "llm-gateway-providers" { return "llm-gateway-provider" }
        let full = id.hasPrefix("llm-gateway") ? id : "gatewatch-" + id
        guard full.utf8.count > uidBytesMax else { return full }
        return full.prefix(uidBytesMax - 9) + "-" + String(fingerprint(full), radix: 16)
    }

    private static let uidBytesMax = 40

    /// FNV-1a, 32 bit: keeps apart long ids that begin alike.
    private static func fingerprint(_ text: String) -> UInt32 { text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }

    private static func panels(_ panel: Panel, _ dashboard: Dashboard, _ translator: PromQLTranslator, _ remarks: inout [ExportRemark]) -> [GrafanaPanel] {
        var export = PanelExport(dashboard, translator)
        func remark(_ reason: String, isOmitted: Bool = false) { remarks.append(ExportRemark(dashboard: dashboard.id, panel: panel.id, isOmitted: isOmitted, reason: reason)) }
        do throws(TranslationGap) {
            let made = try export.panels(panel)
            for text in export.remarks { remark(text) }
            return made
        } catch {
            remark(error.reason, isOmitted: true)
            return []
        }
    }

    // MARK: The document

    private var source: JSONValue { .made(["type": .text("prometheus"), "uid": .text(dataSource == .inputs ? "${DS_PROMETHEUS}" : "${datasource}")]) }

    private func document(_ dashboard: Dashboard, _ uid: String, panels: [JSONValue], variables: [JSONValue]) -> JSONValue {
        var members: [JSONValue.Member] = []
        if dataSource == .inputs { members += Self.inputs(panels) }
        let body = JSONValue.made([
            "uid": .text(uid), "title": .text(dashboard.title), "description": .text(dashboard.question), "tags": .texts(Self.tags(dashboard)), "timezone": .text("browser"),
            "editable": .bool(true), "graphTooltip": .int(1), "fiscalYearStartMonth": .int(0), "refresh": .text(dashboard.refresh), "schemaVersion": .int(39), "version": .int(1),
            "time": .made(["from": .text(dashboard.from), "to": .text(dashboard.to)]),
            "timepicker": .made(["refresh_intervals": .texts(["10s", "30s", "1m", "5m", "15m", "30m", "1h"])]),
            "annotations": .made(["list": .array(annotations)]), "templating": .made(["list": .array(variables)]), "links": .array([Self.siblings, gatewatch(dashboard)]),
            "panels": .array(panels),
        ])
        return .object(members + (body.members ?? []))
    }

    /// The tag by which the dashboards find each other, and their own.
    static let commonTag = "gatewatch"

    private static func tags(_ dashboard: Dashboard) -> [String] {
        var tags = [commonTag]
        for tag in dashboard.tags + [dashboard.group.rawValue] where !tags.contains(tag) { tags.append(tag) }
        return tags
    }

    private var annotations: [JSONValue] {
        let grafana = JSONValue.made(["type": .text("grafana"), "uid": .text("-- Grafana --")])
        return [
            .made([
                "builtIn": .int(1), "datasource": grafana, "enable": .bool(true), "hide": .bool(true), "iconColor": .text("rgba(0, 211, 255, 1)"),
                "name": .text("Annotations & Alerts"), "type": .text("dashboard"),
            ]),
            .made([
                "name": .text("Firing alerts"), "datasource": source, "enable": .bool(true), "hide": .bool(false), "iconColor": .text("red"),
                "expr": .text("ALERTS{alertstate=\"firing\"}"), "step": .text("60s"), "titleFormat": .text("{{alertname}}"), "textFormat": .text("{{severity}} {{provider}} {{model}}"),
                "tagKeys": .text("severity,provider,model"),
            ]),
            // What deployment tools post to Grafana's own API.
            .made([
                "name": .text("Deployments"), "datasource": grafana, "enable": .bool(true), "hide": .bool(false), "iconColor": .text("blue"), "type": .text("tags"),
                "target": .made(["limit": .int(100), "matchAny": .bool(true), "tags": .texts(["deployment", "deploy"]), "type": .text("tags")]),
            ]),
        ]
    }

    private static let siblings = JSONValue.made([
        "title": .text("Gatewatch dashboards"), "type": .text("dashboards"), "tags": .texts([commonTag]), "asDropdown": .bool(true), "includeVars": .bool(true), "keepTime": .bool(true),
        "targetBlank": .bool(false), "icon": .text("external link"), "tooltip": .text(""), "url": .text(""),
    ])

    private func gatewatch(_ dashboard: Dashboard) -> JSONValue {
        .made([
            "title": .text("Open in Gatewatch"), "type": .text("link"), "url": .text("${\(DrillLinks.variable)}/?page=\(dashboard.id)&from=${__from}&to=${__to}"), "tags": .texts([]),
            "asDropdown": .bool(false), "includeVars": .bool(false), "keepTime": .bool(false), "targetBlank": .bool(true), "icon": .text("dashboard"),
            "tooltip": .text("The same page with the requests behind every figure"),
        ])
    }

    private static func inputs(_ panels: [JSONValue]) -> [JSONValue.Member] {
        let all = panels + panels.flatMap { $0["panels"]?.elements ?? [] }
        let types = Set(all.compactMap { $0["type"]?.string }).subtracting(["row"]).sorted()
        let requires =
            [("grafana", "grafana", "Grafana", "10.0.0"), ("datasource", "prometheus", "Prometheus", "1.0.0")] + types.map { ("panel", $0, $0, "") }
        return [
            JSONValue.Member(
                name: "__inputs",
                value: .array([
                    .made([
                        "name": .text("DS_PROMETHEUS"), "label": .text("Prometheus"), "description": .text("Gatewatch itself, or a Prometheus that scrapes it"), "type": .text("datasource"),
                        "pluginId": .text("prometheus"), "pluginName": .text("Prometheus"),
                    ])
                ])),
            JSONValue.Member(
                name: "__requires", value: .array(requires.map { .made(["type": .text($0.0), "id": .text($0.1), "name": .text($0.2), "version": .text($0.3)]) })),
        ]
    }
}
