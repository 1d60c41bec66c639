import AlertRules
import Foundation
import GatewayModel
import Testing

@testable import Dashboards

struct KibanaIndexTests {
    @Test func mapsEveryFieldOfTheSchema() throws {
        let properties = try #require(KibanaIndex(source: .gatewatch, index: "gw-events*").template["template"]?["mappings"]?["properties"])
        for definition in RequestSchema.definitions where definition.field != .index {
            let type = try #require(properties[definition.name]?["type"]?.string, "\(definition.name)")
            switch definition.unit {
            case .instant: #expect(type == "date")
            case .boolean: #expect(type == "boolean")
            case .duration, .money: #expect(type == "double")
            case .none, .bytes, .tokens, .count: #expect(type == (definition.kind == .integer ? "long" : definition.field == .errorMessage ? "text" : "keyword"))
            }
        }
        #expect(properties["gen_ai.provider.name"] == ["type": "alias", "path": "provider"])
    }

    @Test(arguments: [(KibanaSource.apisix, KibanaSource.apisixFields), (.noveum, KibanaSource.noveumFields)])
    func mapsEveryPathThatDashboardsRead(_ source: KibanaSource, _ fields: [RequestField: KibanaField]) throws {
        let mappings = try #require(KibanaIndex(source: source, index: source.standardIndex).template["template"]?["mappings"])
        for field in fields.values {
            var place = mappings
            for name in field.path.split(separator: ".") {
                place = try #require(place["properties"]?[String(name)] ?? place["fields"]?[String(name)], "\(field.path)")
            }
            #expect(place["type"] != nil, "\(field.path)")
        }
    }

    @Test(arguments: [("gw-events*", "gw-events"), ("apisix*", "apisix"), ("gw-events-*", "gw-events"), ("a-*,b-*", "a"), ("*", "gatewatch")])
    func isNamedAfterThePattern(_ index: String, _ name: String) {
        #expect(KibanaIndex(source: .gatewatch, index: index).name == name)
    }

    @Test func deletesAfterNinetyDays() {
        #expect(KibanaIndex(source: .gatewatch, index: "x*").lifecyclePolicy["policy"]?["phases"]?["delete"]?["min_age"] == "90d")
    }
}

struct KibanaAlertRulesTests {
    /// The shipped rules and their thresholds, from the project's folder.
    private static let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../rules").standardized

    @Test func limitsAreThoseOfTheShippedRules() throws {
        let table = try ThresholdTable.read(try String(contentsOf: Self.rules.appending(path: "thresholds.yaml"), encoding: .utf8))
        for (name, limit) in KibanaAlertRules.limits { #expect(table[name]?.limit == limit, "\(name)") }
    }

    @Test func everyAlertOfTheGatewayIsARuleOrListedWithAReason() throws {
        let text = try String(contentsOf: Self.rules.appending(path: "gateway-alerts.yaml"), encoding: .utf8)
        let alerts = text.matches(of: /- alert: (\w+)/).map { String($0.1) }
        let rules = Set(KibanaAlertRules(source: .gatewatch, index: "gw-events*").rules.map(\.name))
        let listed = KibanaAlertRules.omissions.map(\.alerts).joined(separator: ", ")
        #expect(alerts.count > 20)
        for alert in alerts { #expect(rules.contains(alert) || listed.contains(alert) || alert.hasPrefix("Gatewatch"), "\(alert)") }
    }

    @Test(arguments: KibanaSource.allCases)
    func isWrittenAsTheGoldenFileSays(_ source: KibanaSource) throws {
        let rules = KibanaAlertRules(source: source, index: source.standardIndex)
        try GoldenFile("kibana/alert-rules-\(source.rawValue).ndjson").compare(rules.text)
        #expect(Set(rules.rules.map(\.id)).count == rules.rules.count)
        #expect(rules.rules.allSatisfy { $0.id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/) != nil })
    }
}
