import Foundation
import Testing

@testable import Dashboards

struct KibanaExportTests {
    private let sources = KibanaSource.allCases

    @Test(arguments: KibanaSource.allCases)
    func isWrittenAsTheGoldenFileSays(_ source: KibanaSource) throws {
        let result = KibanaExport(source: source).export([KibanaFixture.dashboard])
        let remarks = (result.omissions.map { "left out \($0)\n" } + result.notes.map { "note \($0)\n" }).joined()
        try GoldenFile("kibana/fixture-\(source.rawValue).ndjson").compare(result.text)
        try GoldenFile("kibana/fixture-\(source.rawValue).txt").compare(remarks)
    }

    @Test(arguments: KibanaSource.allCases)
    func panelsLieOn48ColumnsWithoutOverlap(_ source: KibanaSource) throws {
        let panels = try panels(KibanaExport(source: source).export([KibanaFixture.dashboard]).text)
        #expect(panels.count > 10)
        var taken: Set<[Int]> = []
        for panel in panels {
            let grid = try #require(panel["gridData"] as? [String: Any])
            let place = try ["x", "y", "w", "h"].map { try #require(grid[$0] as? Int) }
            #expect(place[0] + place[2] <= 48 && place[2] > 0 && place[3] > 0)
            #expect(grid["i"] as? String == panel["panelIndex"] as? String)
            for x in place[0]..<(place[0] + place[2]) { for y in place[1]..<(place[1] + place[3]) { #expect(taken.insert([x, y]).inserted) } }
        }
    }

    @Test(arguments: KibanaSource.allCases)
    func everyLayerAndControlFindsItsDataView(_ source: KibanaSource) throws {
        let text = KibanaExport(source: source, index: "mine-*").export([KibanaFixture.dashboard]).text
        let objects = try objects(text)
        let view = try #require(objects.first)
        #expect((view["attributes"] as? [String: Any])?["title"] as? String == "mine-*")
        let dashboard = try #require(objects.dropFirst().first)
        let references = try #require(dashboard["references"] as? [[String: String]])
        #expect(references.allSatisfy { $0["id"] == view["id"] as? String })
        let names = Set(references.compactMap { $0["name"] })
        #expect(names.count == references.count)
        for panel in try charts(text) {
            let index = try #require(panel["panelIndex"] as? String)
            for layer in try layers(panel).keys { #expect(names.contains("\(index):indexpattern-datasource-layer-\(layer)")) }
        }
        #expect(names.contains { $0.hasPrefix("controlGroup_") })
    }

    @Test(arguments: KibanaSource.allCases)
    func everyColumnIsOrderedAndEveryPartOfAFormulaIsThere(_ source: KibanaSource) throws {
        for panel in try charts(KibanaExport(source: source).export([KibanaFixture.dashboard]).text) {
            for layer in try layers(panel).values {
                let columns = try #require(layer["columns"] as? [String: [String: Any]])
                let order = try #require(layer["columnOrder"] as? [String])
                #expect(Set(order) == Set(columns.keys) && order.count == columns.count)
                for column in columns.values {
                    for part in column["references"] as? [String] ?? [] { #expect(columns[part] != nil) }
                    #expect(column["sourceField"] != nil || column["references"] != nil)
                }
                let firstMetric = order.firstIndex { columns[$0]?["isBucketed"] as? Bool == false } ?? 0
                #expect(order.dropFirst(firstMetric).allSatisfy { columns[$0]?["isBucketed"] as? Bool == false })
            }
        }
    }

    @Test func everyPanelIsWrittenOrLeftOutWithAReason() {
        for source in sources {
            let result = KibanaExport(source: source).export([KibanaFixture.dashboard])
            let left = Set(result.omissions.map(\.panel))
            for panel in KibanaFixture.dashboard.panels {
                let isWritten = result.text.contains("\\\"panelIndex\\\":\\\"\(panel.id)")
                #expect(isWritten != left.contains(panel.id), "\(source.rawValue) \(panel.id)")
            }
            #expect(result.omissions.allSatisfy { !$0.reason.isEmpty })
        }
    }

    /// Where a section begins stands its title, over the whole width; a section of which nothing is left has none.
    @Test func sectionsBeginWithTheirTitle() throws {
        let panels = try panels(KibanaExport().export([KibanaFixture.dashboard]).text)
        let headings = try panels.filter { $0["type"] as? String == "visualization" }.map { panel in
            let vis = try #require((panel["embeddableConfig"] as? [String: Any])?["savedVis"] as? [String: Any])
            #expect(vis["type"] as? String == "markdown" && (panel["gridData"] as? [String: Any])?["w"] as? Int == 48)
            return (vis["params"] as? [String: Any])?["markdown"] as? String
        }
        #expect(headings == ["### Course", "### Groups"])
        let order = panels.compactMap { $0["panelIndex"] as? String }
        #expect(order.firstIndex(of: "heading_course").map { order[$0 + 1] } == "traffic")
        var empty = KibanaFixture.dashboard
        empty.sections = [KibanaFixture.dashboard.sections[0], Dashboard.Section(id: "none", title: "None", panels: KibanaFixture.dashboard.sections[3].panels)]
        #expect(!KibanaExport().export([empty]).text.contains("### None"))
    }

    @Test func textAloneIsNoDashboard() {
        var dashboard = KibanaFixture.dashboard
        var text = Panel(id: "words", title: "Words", question: "?", chart: .text)
        text.options.markdown = "*words*"
        dashboard.sections = [Dashboard.Section(id: "s", panels: [text])]
        let alone = KibanaExport().export([dashboard])
        #expect(alone.text.hasPrefix("{\"exportedCount\":0") && alone.omissions.map(\.panel) == ["words"])
        dashboard.sections[0].panels.append(KibanaFixture.dashboard.sections[0].panels[0])
        #expect(KibanaExport().export([dashboard]).text.contains("*words*"))
    }

    /// The columns of the first layer of a panel, and what its groups are ordered by.
    private func terms(_ panel: Panel) throws -> [[String: Any]] {
        var dashboard = KibanaFixture.dashboard
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        let chart = try #require(try charts(KibanaExport().export([dashboard]).text).first)
        let columns = try #require(try layers(chart)["l1"]?["columns"] as? [String: [String: Any]])
        return columns.sorted { $0.key < $1.key }.map(\.value).filter { $0["operationType"] as? String == "terms" }
    }

    @Test func groupsAreOrderedByAMeasureThatIsNotShown() throws {
        let panel = KibanaFixture.panel("worst", .ranking, ["p95(duration) as slow", "count"], by: ["client"]) {
            $0.query?.order = "-count"
            var shown = PanelOptions.Column(title: "p95")
            shown.measure = "slow"
            $0.options.measures = [shown]
        }
        let params = try #require(try terms(panel).first?["params"] as? [String: Any])
        #expect((params["orderBy"] as? [String: Any])?["type"] as? String == "custom" && params["orderDirection"] as? String == "desc")
        #expect((params["orderAgg"] as? [String: Any])?["operationType"] as? String == "count")
    }

    @Test func barsByTwoFieldsAreStacked() throws {
        let panel = KibanaFixture.panel("failed", .bars, ["sum(cost)"], by: ["error_type", "provider"]) { $0.query?.limit = 200 }
        #expect(try terms(panel).compactMap { $0["sourceField"] as? String }.sorted() == ["error_type", "provider"])
        var dashboard = KibanaFixture.dashboard
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        #expect(KibanaExport().export([dashboard]).text.contains("bar_stacked"))
    }

    /// People choose the measure on the page; Kibana has a panel for each.
    @Test func everyMeasureOfARankingHasAPanel() throws {
        let panel = KibanaFixture.panel("top", .ranking, ["count"], by: ["client"]) {
            $0.options.choices = [PanelOptions.Choice(field: "client", label: "Client"), PanelOptions.Choice(field: "team", label: "Team")]
            $0.options.measures = [("Requests", "count"), ("Failed", "ratio(error_type: *)"), ("Cost", "sum(cost)")].map { title, text in
                var column = PanelOptions.Column(title: title)
                column.measure = text
                return column
            }
        }
        var dashboard = KibanaFixture.dashboard
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        let result = KibanaExport().export([dashboard])
        #expect(try charts(result.text).compactMap { $0["panelIndex"] as? String } == ["top-client", "top-team", "top-failed", "top-cost"])
        #expect(result.notes.map(\.reason) == [
            "measures besides Requests by Client only", "groups are ordered by the number of matching requests: Lens cannot order them by a share",
        ])
        let other = KibanaExport(source: .apisix).export([dashboard])
        #expect(other.notes.contains { $0.reason.hasPrefix("without Cost: ") } && !other.text.contains("top-cost"))
    }

    @Test func aDashboardThatIsNotMeantForKibanaIsLeftOut() {
        var dashboard = KibanaFixture.dashboard
        dashboard.exports = [.grafana]
        let result = KibanaExport().export([dashboard])
        #expect(result.text.hasPrefix("{\"exportedCount\":0"))
        #expect(result.omissions.map(\.description) == ["fixture/*: the dashboard is not meant for Kibana"])
    }

    @Test func severalDashboardsShareOneDataView() throws {
        var second = KibanaFixture.dashboard
        second.id = "second"
        let objects = try objects(KibanaExport().export([KibanaFixture.dashboard, second]).text)
        #expect(objects.map { $0["type"] as? String } == ["index-pattern", "dashboard", "dashboard", nil])
        #expect(objects.last?["exportedCount"] as? Int == 3)
    }

    @Test(arguments: [
        ("gw-events*", true), ("apisix-*,ai-gateway-metrics", true), (".ds-a", true), ("", false), ("a,", false), ("-a", false), ("A", false), ("a b", false), ("a\"", false), ("a|b", false),
    ])
    func patternsAreOfNamesThatElasticsearchTakes(_ text: String, _ isPattern: Bool) {
        #expect(KibanaExport.isIndexPattern(text) == isPattern)
    }

    // MARK: Looking inside

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    private func panels(_ text: String) throws -> [[String: Any]] {
        try objects(text).filter { $0["type"] as? String == "dashboard" }.flatMap { dashboard in
            let attributes = try #require(dashboard["attributes"] as? [String: Any])
            let inner = try #require(attributes["panelsJSON"] as? String)
            return try #require(try JSONSerialization.jsonObject(with: Data(inner.utf8)) as? [[String: Any]])
        }
    }

    /// The panels that are drawn from documents.
    private func charts(_ text: String) throws -> [[String: Any]] { try panels(text).filter { $0["type"] as? String == "lens" } }

    private func layers(_ panel: [String: Any]) throws -> [String: [String: Any]] {
        let config = panel["embeddableConfig"] as? [String: Any]
        let state = (config?["attributes"] as? [String: Any])?["state"] as? [String: Any]
        let formBased = (state?["datasourceStates"] as? [String: Any])?["formBased"] as? [String: Any]
        return try #require(formBased?["layers"] as? [String: [String: Any]])
    }
}

struct KibanaGridTests {
    @Test func aPanelThatDoesNotFitBeginsTheNextRowAndRowsAreEvenlyTall() {
        var grid = KibanaGrid()
        let places = grid.place([(6, 10), (6, 12), (4, 7), (12, 5)])
        #expect(places.map(\.x) == [0, 24, 0, 0])
        #expect(places.map(\.y) == [0, 0, 12, 19])
        #expect(places.map(\.height) == [12, 12, 7, 5])
        #expect(grid.place([(12, 3)]).first?.y == 24)
    }
}
