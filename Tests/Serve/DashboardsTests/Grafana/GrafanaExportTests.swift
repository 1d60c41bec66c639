import ByteCoding
import Foundation
import Testing

@testable import Dashboards

/// Whole dashboards as Grafana gets them.
struct GrafanaExportTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../dashboards").standardizedFileURL

    static let shipped: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    private static func dashboard(_ id: String) throws -> Dashboard {
        try DashboardReader.read(String(contentsOf: folder.appending(path: id + ".yaml"), encoding: .utf8), id: id)
    }

    @Test(arguments: shipped) func isWrittenAsTheGoldenFileSays(_ id: String) throws {
        let dashboard = try Self.dashboard(id)
        guard dashboard.exports.contains(.grafana) else { return }
        let file = GrafanaExport().file(dashboard)
        try GoldenFile("grafana/\(id).json").compare(file.text)
    }

    /// A panel is there, or the reason is told.
    @Test(arguments: shipped) func everyPanelIsWrittenOrLeftOutWithAReason(_ id: String) throws {
        let dashboard = try Self.dashboard(id)
        let file = GrafanaExport().file(dashboard)
        let written = (file.json["panels"]?.elements ?? []).flatMap { [$0] + ($0["panels"]?.elements ?? []) }.filter { $0["type"]?.string != "row" }
        let omitted = file.remarks.filter(\.isOmitted)
        #expect(written.count >= dashboard.panels.count - omitted.count)
        #expect(Set(omitted.map(\.panel)).isSubset(of: dashboard.panels.map(\.id)) && omitted.allSatisfy { !$0.reason.isEmpty })
        for panel in dashboard.panels where !omitted.contains(where: { $0.panel == panel.id }) {
            #expect(written.contains { $0["title"]?.string?.hasPrefix(panel.title) ?? false }, "\(panel.id)")
        }
    }

    /// A choice of measures may name one of the question, or bring its own besides an order by another.
    @Test(arguments: [("failed", " / "), ("p95(duration)", "histogram_quantile"), ("count", "increase")])
    func aRankingByAMeasureThatItsQuestionNamesIsWritten(_ name: String, _ part: String) throws {
        var panel = Panel(id: "worst", title: "Worst", question: "?", chart: .ranking)
        var query = Panel.Query()
        query.measures = ["ratio(error_type: * and not error_type: client_closed) as failed", "count"]
        query.by = ["provider"]
        query.order = "-failed"
        query.limit = 10
        panel.query = query
        var measure = PanelOptions.Column(title: "Shown")
        measure.measure = name
        panel.options.measures = [measure]
        var dashboard = Dashboard(id: "a", title: "A", question: "What?", group: .own)
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        let file = GrafanaExport().file(dashboard)
        #expect(file.remarks == [])
        let expr = try #require(file.json["panels"]?.elements?.first?["targets"]?.elements?.first?["expr"]?.string)
        #expect(expr.hasPrefix("sort_desc(topk(10, ") && expr.contains(part), "\(expr)")
    }

    /// People choose the field and the measure on the page; Grafana has a panel for each that can be said.
    @Test func everyChoiceOfARankingHasAPanel() {
        var panel = Panel(id: "top", title: "Top", question: "?", chart: .ranking)
        panel.query = Panel.Query()
        panel.options.choices = [("provider", "Provider"), ("user", "User"), ("model", "Model")].map { PanelOptions.Choice(field: $0, label: $1) }
        panel.options.measures = [("Requests", "count", Panel.Unit.number), ("Longest", "max(duration)", .seconds), ("Cost", "sum(cost)", .dollars)].map { title, text, unit in
            var column = PanelOptions.Column(title: title)
            (column.measure, column.unit) = (text, unit)
            return column
        }
        var dashboard = Dashboard(id: "a", title: "A", question: "What?", group: .own)
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        let file = GrafanaExport().file(dashboard)
        let panels = file.json["panels"]?.elements ?? []
        #expect(panels.map { $0["title"]?.string } == ["Top: Provider", "Top: Model", "Top: Cost"])
        #expect(panels.last?["fieldConfig"]?["defaults"]?["unit"]?.string == "currencyUSD")
        #expect(file.remarks.allSatisfy { !$0.isOmitted })
        #expect(file.remarks.map { String($0.reason.prefix { $0 != ":" }) } == ["without User", "without Longest", "measures besides Requests by Provider only"])
    }

    @Test func panelsWrapAndFoldedSectionsKeepTheirs() {
        var dashboard = Dashboard(id: "a", title: "A", question: "What?", group: .own)
        func text(_ id: String, _ width: Int) -> Panel {
            var panel = Panel(id: id, title: id, question: "?", chart: .text)
            panel.width = width
            return panel
        }
        var folded = Dashboard.Section(id: "y", title: "Y", panels: [text("d", 12)])
        folded.isFolded = true
        dashboard.sections = [Dashboard.Section(id: "x", panels: [text("a", 6), text("b", 4), text("c", 4)]), folded]
        let panels = GrafanaExport().file(dashboard).json["panels"]?.elements ?? []
        let places = panels.map { panel in ["x", "y", "w", "h"].map { panel["gridPos"]?[$0]?.integer ?? -1 } }
        #expect(places == [[0, 0, 12, 8], [12, 0, 8, 8], [0, 8, 8, 8], [0, 16, 24, 1]])
        #expect(panels[3]["collapsed"]?.bool == true && panels[3]["panels"]?.elements?.count == 1)
    }

    @Test func uidsAreAllowedAndKeepApart() {
        #expect(GrafanaExport.uid(of: "overview") == "gatewatch-overview")
        #expect(GrafanaExport.uid(of: "llm-gateway-overview") == "llm-gateway-overview" && GrafanaExport.uid(of: "llm-gateway-providers") == "llm-gateway-provider")
        let long = String(repeating: "long-", count: 11)
        #expect(GrafanaExport.uid(of: long + "a") != GrafanaExport.uid(of: long + "b"))
        for id in ["a", long, long + "a"] { #expect((8...40).contains(GrafanaExport.uid(of: id).utf8.count)) }
    }

    @Test(arguments: [
        (Panel.Thresholds(warning: 2, critical: 5), ["green:-", "orange:2.0", "red:5.0"]), (Panel.Thresholds(critical: 5), ["green:-", "red:5.0"]),
        (Panel.Thresholds(warning: 0.5, critical: 0.25, isBelow: true), ["red:-", "orange:0.25", "green:0.5"]), (Panel.Thresholds(warning: 1, isBelow: true), ["orange:-", "green:1.0"]),
        (Panel.Thresholds(), ["green:-"]),
    ]) func thresholdsBecomeSteps(_ thresholds: Panel.Thresholds, _ expected: [String]) {
        let steps = thresholds.grafanaSteps["steps"]?.elements ?? []
        #expect(steps.map { "\($0["color"]?.string ?? ""):\($0["value"]?.double.map { "\($0)" } ?? "-")" } == expected)
    }

    @Test func namesOfConfigMapsAreThoseOfKubernetes() {
        for name in ["a", "gatewatch-dashboards", "a1", String(repeating: "x", count: 63)] { #expect(GrafanaConfigMap.isName(name)) }
        for name in ["", "-a", "a-", "A", "a_b", "a b", "a\nb", String(repeating: "x", count: 64)] { #expect(!GrafanaConfigMap.isName(name)) }
    }

    @Test func aConfigMapThatKubernetesRefusesIsNotWritten() {
        var dashboard = Dashboard(id: "a", title: "A", question: "What?", group: .own)
        var panel = Panel(id: "a", title: "A", question: "?", chart: .text)
        panel.options.markdown = String(repeating: "x", count: 1 << 20)
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        #expect(throws: GrafanaConfigMapError.self) { try GrafanaConfigMap.yaml([GrafanaExport().file(dashboard)], name: "a", namespace: nil) }
    }
}
