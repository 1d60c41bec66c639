import AlertRules
import Foundation
import GatewayModel
import PromQL
import Testing

/// The rules of the alert generator compliance suite, played through by hand as its specification says.
///
/// Source: prometheus/compliance `alert_generator/rules.yaml` and `specification.md`, kept beside the repository.
@Suite(.enabled(if: ComplianceRules.archive != nil, "the compliance suite is not beside the repository"))
struct ComplianceTests {
    private func fixture(_ group: String, _ series: [String: String]) throws -> RuleFixture {
        let file = try ComplianceRules.file()
        let found = try #require(file.groups.first { $0.name == group })
        #expect(found.interval == 30_000)
        var fixture = RuleFixture([])
        fixture.state = RuleGroupState(found, file: file.path, options: fixture.options)
        var full: [String: String] = [:]
        for (labels, values) in series { full["alert_generator_test_suite{\(labels)}"] = values }
        try fixture.load(full)
        return fixture
    }

    @Test func pendingAndFiringAndResolved() throws {
        let name = "PendingAndFiringAndResolved_SimpleAlert"
        var fixture = try fixture("PendingAndFiringAndResolved", ["alertname=\"\(name)\",rulegroup=\"PendingAndFiringAndResolved\"": "9x3 11x17 9x60"])
        // Above 10 from 120 s to 630 s; `for` is six minutes.
        var told: [(seconds: Int64, alert: Alert)] = []
        for seconds in stride(from: Int64(0), through: 1_800, by: 30) {
            told += fixture.evaluate(at: seconds).alerts.map { (seconds, $0) }
            let state = fixture.status[0].state
            #expect(state == (seconds < 120 || seconds >= 660 ? .inactive : seconds < 480 ? .pending : .firing), "at \(seconds)")
            let series = try fixture.query("ALERTS", at: seconds)
            #expect(series.count == (state == .inactive ? 0 : 1))
        }
        let firing = told.filter { $0.seconds < 660 }
        #expect(firing.map(\.seconds) == [480, 540, 600])
        #expect(firing.allSatisfy { $0.alert.startsSeconds == 480 && $0.alert.endsSeconds == $0.seconds + 240 })
        let resolved = told.filter { $0.seconds >= 660 }
        #expect(resolved.allSatisfy { $0.alert.startsSeconds == 480 && $0.alert.endsSeconds == 660 })
        #expect(resolved.first?.seconds == 660)
        #expect(resolved.map(\.seconds).max().map { $0 <= 660 + 900 } == true)
        #expect(firing.first?.alert.annotations["summary"] == "The value is 11 11")
        #expect(firing.first?.alert.labels == SeriesLabels(["alertname": name, "foo": "bar", "rulegroup": "PendingAndFiringAndResolved"].map { SeriesLabel($0.key, $0.value) }))
    }

    @Test func anAlertThatEndsWhilePendingIsNeverTold() throws {
        let group = "PendingAndResolved_AlwaysInactive"
        var fixture = try fixture(
            group,
            [
                "alertname=\"\(group)_PendingAlert\",rulegroup=\"\(group)\"": "9x3 11x4 9x30",
                "alertname=\"\(group)_InactiveAlert\",rulegroup=\"\(group)\"": "11x40",
            ])
        for seconds in stride(from: Int64(0), through: 900, by: 30) {
            #expect(fixture.evaluate(at: seconds).alerts.isEmpty)
            #expect(fixture.status[0].state == (seconds >= 120 && seconds < 270 ? .pending : .inactive), "at \(seconds)")
            #expect(fixture.status[1].state == .inactive)
        }
    }

    @Test func zeroForFiresAtOnceAndASmallForAtTheNextEvaluation() throws {
        let group = "ZeroFor_SmallFor"
        var fixture = try fixture(
            group,
            [
                "alertname=\"\(group)_ZeroFor\",rulegroup=\"\(group)\"": "9 11x9", "alertname=\"\(group)_SmallFor\",rulegroup=\"\(group)\"": "9 15x9",
                "rulegroup=\"\(group)\",for=\"template\",id=\"2\"": "2x9", "rulegroup=\"\(group)\",for=\"template\",id=\"1\"": "1x9",
            ])
        #expect(fixture.evaluate(at: 0).alerts.isEmpty)
        let first = fixture.evaluate(at: 30).alerts
        #expect(first.map(\.name) == ["\(group)_ZeroFor"])
        #expect(first.first?.annotations["template_test"] == "1.049M 1Mi 2m 15s 95.9% 2022-01-25 12:36:43 +0000 UTC")
        #expect(first.first?.annotations["template_query_test"] == "Args are: foo bar 99. first_id:1,1:1,2:2,")
        #expect(fixture.status[1].state == .pending)
        let second = fixture.evaluate(at: 60).alerts
        #expect(second.map(\.name) == ["\(group)_SmallFor"])
        #expect(second.first?.annotations["template_test"] == "This Part IS TESTING the strings. ::1 127.0.0.1. 7815. replaced text. .")
    }

    @Test func aLaterRuleSeesTheAlertsOfAnEarlierOneAndNewAlertsOfARuleAreIndependent() throws {
        let group = "NewAlerts_OrderCheck"
        let name = "\(group)_Rule1"
        var fixture = try fixture(
            group,
            [
                "alertname=\"\(name)\",rulegroup=\"\(group)\",variant=\"one\"": "9 11x20", "alertname=\"\(name)\",rulegroup=\"\(group)\",variant=\"two\"": "9x5 11x15",
            ])
        var told: [Int64: [String]] = [:]
        for seconds in stride(from: Int64(0), through: 500, by: 30) {
            told[seconds] = fixture.evaluate(at: seconds).alerts.filter { $0.startsSeconds == seconds }.map { "\($0.name) \($0.labels["variant"] ?? "")" }
        }
        #expect(told[210] == ["\(name) one"])
        // The second alert fires at 360 s, and the second rule, which asks for both, at the same evaluation.
        #expect(told[360] == ["\(name) two", "\(group)_Rule2 "])
        let both = fixture.status[1].alerts?.first
        #expect(both?.annotations["description"] == "Based on ALERTS. Old alertname was \(name). foo was bar.")
        #expect(both?.labels["foo"] == "baz")
    }
}

/// The rules of the suite, from its archive.
enum ComplianceRules {
    static var archive: URL? {
        let shared =
            ProcessInfo.processInfo.environment["GATEWATCH_SHARED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../../shared").standardized
        let file = shared.appending(path: "data/suites/prometheus/compliance_alert_generator.tar.gz")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    static func file() throws -> RuleFile {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = ["xzOf", archive?.path ?? "", "alert_generator/rules.yaml"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try RuleFileReader().read(String(decoding: data, as: UTF8.self), path: "rules.yaml")
    }
}
