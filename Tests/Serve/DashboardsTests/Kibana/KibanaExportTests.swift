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
        for panel in try panels(text) {
            let index = try #require(panel["panelIndex"] as? String)
            for layer in try layers(panel).keys { #expect(names.contains("\(index):indexpattern-datasource-layer-\(layer)")) }
        }
        #expect(names.contains { $0.hasPrefix("controlGroup_") })
    }

    @Test(arguments: KibanaSource.allCases)
    func everyColumnIsOrderedAndEveryPartOfAFormulaIsThere(_ source: KibanaSource) throws {
        for panel in try panels(KibanaExport(source: source).export([KibanaFixture.dashboard]).text) {
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
