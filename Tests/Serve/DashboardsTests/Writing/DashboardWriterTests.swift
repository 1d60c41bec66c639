import Foundation
import Testing

@testable import Dashboards

struct DashboardWriterTests {
    @Test(arguments: ShippedFiles.ids) func shippedFilesSurviveBothForms(_ id: String) throws {
        let dashboard = try DashboardReader.read(try ShippedFiles.text(id))
        #expect(try DashboardReader.read(DashboardWriter.yaml(dashboard)) == dashboard)
        #expect(try DashboardReader.read(DashboardWriter.json(dashboard)) == dashboard)
        _ = try JSONSerialization.jsonObject(with: Data(DashboardWriter.json(dashboard).utf8))
    }

    @Test(arguments: 0..<200) func whatIsWrittenIsReadAsTheSame(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let dashboard = RandomDashboard.make(&random)
        let yaml = DashboardWriter.yaml(dashboard)
        do throws(DashboardRefusal) {
            let again = DashboardWriter.yaml(try DashboardReader.read(yaml))
            let changed = zip(yaml.split(separator: "\n"), again.split(separator: "\n")).first { $0 != $1 }
            #expect(again == yaml, "\(String(describing: changed))")
            #expect(try DashboardReader.read(yaml) == dashboard)
            #expect(try DashboardReader.read(DashboardWriter.json(dashboard)) == dashboard)
        } catch { Issue.record(Comment(rawValue: error.lines(file: "random").joined(separator: "\n") + "\n" + yaml)) }
    }

    @Test func defaultsAreFilledIntoJSONOnly() throws {
        let text = "id: m\ntitle: M\nquestion: What?\nsections:\n  - id: s\n    panels:\n      - id: a\n        title: A\n        question: How?\n        chart: firing\n"
        let dashboard = try DashboardReader.read(text)
        #expect(DashboardWriter.yaml(dashboard) == text)
        let json = DashboardWriter.json(dashboard)
        for part in [#""group":"own""#, #""order":100"#, #""range":{"from":"now-1h","to":"now"}"#, #""layout":"grid""#, #""width":6"#, #""unit":"1""#] {
            #expect(json.contains(part), "\(part) in \(json)")
        }
    }

    @Test func shortObjectsStandOnALineAndLongTextsAsBlocks() throws {
        var panel = Panel(id: "a", title: "yes", question: "Why: so?", chart: .text)
        panel.options.markdown = "# Title\n\nText\n"
        panel.thresholds = Panel.Thresholds(warning: 0.5, critical: 1)
        var dashboard = Dashboard(id: "m", title: "12", question: "What?", group: .own)
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        #expect(DashboardWriter.yaml(dashboard) == """
            id: m
            title: "12"
            question: What?
            sections:
              - id: s
                panels:
                  - id: a
                    title: "yes"
                    question: "Why: so?"
                    chart: text
                    thresholds: {warning: 0.5, critical: 1}
                    options:
                      markdown: |
                        # Title

                        Text

            """)
    }
}

/// Dashboards that hold everything that a file may hold, with texts that are hard to write.
enum RandomDashboard {
    private static let texts = [
        "plain", "with: colon", "- dash", "-dash", "'quoted'", "\"double\"", "# hash", "a # b", "true", "No", "null", "~", "1", "1e5", "0x10", "1:30", "2026-01-01", "30s", "12.5", ".5", "+1", "-1",
        "a, b", "[a]", "{a}", "{{label}}", "*star", "&anchor", "!tag", "%percent", "@at", "`tick`", "back\\slash", "two\nlines", "ends in newline\n", "\nbegins", "tab\there", " space ", "ä ö 😀", "=", "<<",
        "a:b", "trailing:", "line\n\nempty", "  indented\nblock", "block\n  indented", "two ends\n\n", "| pipe", "> more", "? question", "?", ": ", "\u{a0}nbsp", "\u{2028}sep", "y", "on", "x\n \ny",
    ]

    static func text(_ random: inout SeededRandom) -> String { texts.randomElement(using: &random) ?? "" }

    private static func maybe<Value>(_ random: inout SeededRandom, _ value: (inout SeededRandom) -> Value) -> Value? { Bool.random(using: &random) ? value(&random) : nil }

    private static func list<Value>(_ random: inout SeededRandom, _ max: Int = 3, _ value: (inout SeededRandom) -> Value) -> [Value] {
        (0..<Int.random(in: 0...max, using: &random)).map { _ in value(&random) }
    }

    private static func number(_ random: inout SeededRandom) -> Double { [0, 1, -2, 0.1, 1e-9, 1e21, 12.75, 1.0 / 3].randomElement(using: &random) ?? 0 }

    private static func unit(_ random: inout SeededRandom) -> Panel.Unit { Panel.Unit.allCases.randomElement(using: &random) ?? .number }

    static func make(_ random: inout SeededRandom) -> Dashboard {
        var dashboard = Dashboard(id: "d\(Int.random(in: 0...9, using: &random))", title: text(&random), question: text(&random) + "?", group: Dashboard.Group.allCases.randomElement(using: &random) ?? .own)
        dashboard.order = Int.random(in: 0...200, using: &random)
        dashboard.tags = list(&random) { text(&$0) }
        dashboard.from = ["now-1h", "now-30d", "now-1d/d"].randomElement(using: &random) ?? "now-1h"
        dashboard.refresh = ["30s", "5m"].randomElement(using: &random) ?? "30s"
        dashboard.exports = [[.grafana, .kibana], [.grafana], []].randomElement(using: &random) ?? []
        dashboard.variables = variables(&random)
        dashboard.records = maybe(&random) { panel("records", dashboard.variables, &$0) }
        var count = 0
        dashboard.sections = (0..<Int.random(in: 1...3, using: &random)).map { number in
            var section = Dashboard.Section(id: "s\(number)", title: maybe(&random) { text(&$0) }, panels: [])
            section.isFolded = section.title != nil && Bool.random(using: &random)
            section.layout = Bool.random(using: &random) ? .grid : .stats
            section.panels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                count += 1
                return panel("p\(count)", dashboard.variables, &random)
            }
            return section
        }
        return dashboard
    }

    private static func variables(_ random: inout SeededRandom) -> [Dashboard.Variable] {
        var field = Dashboard.Variable(name: "provider", label: text(&random), source: .field("provider"))
        field.isMulti = Bool.random(using: &random)
        field.standard = maybe(&random) { text(&$0) }
        let series = Dashboard.Variable(name: "job", label: "job", source: .label("job", metric: "up"))
        return [[], [field], [field, series]].randomElement(using: &random) ?? []
    }

    private static func panel(_ id: String, _ variables: [Dashboard.Variable], _ random: inout SeededRandom) -> Panel {
        let chart = Panel.Chart.allCases.randomElement(using: &random) ?? .text
        var panel = Panel(id: id, title: text(&random), question: text(&random) + "?", chart: chart)
        panel.unit = unit(&random)
        panel.width = Int.random(in: 1...12, using: &random)
        panel.height = maybe(&random) { Int.random(in: 100...400, using: &$0) }
        if chart == .states || (ChartTable.source(chart) == .asked && Bool.random(using: &random)) {
            panel.promql = [Panel.Expression("rate(up[$__rate_interval])", legend: maybe(&random) { text(&$0) })]
        } else if chart != .text {
            panel.query = query(&random)
        }
        panel.isCompared = Bool.random(using: &random)
        panel.thresholds = maybe(&random) { _ in Panel.Thresholds(warning: 1, critical: 0.25, isBelow: true) }
        panel.drill = maybe(&random) { drill(&$0) }
        panel.formula = maybe(&random) { text(&$0) }
        panel.action = maybe(&random) { text(&$0) }
        panel.ignores = variables.map(\.name).filter { _ in Bool.random(using: &random) }
        panel.empty = maybe(&random) { text(&$0) }
        panel.needs = maybe(&random) { text(&$0) }
        panel.options = options(chart, &random)
        panel.grafana = maybe(&random) { random in
            var note = Panel.ExportNote()
            note.omitted = maybe(&random) { text(&$0) }
            return note
        }
        return panel
    }

    private static func query(_ random: inout SeededRandom) -> Panel.Query {
        var query = Panel.Query()
        query.measures = [["count"], ["p95(duration) as slow", "ratio(status >= 500)"]].randomElement(using: &random) ?? []
        query.by = [[], ["model"], ["provider", "client"]].randomElement(using: &random) ?? []
        query.where = maybe(&random) { _ in "error_type: * and model: \"a b\"" }
        query.every = [nil, "auto", "1m"].randomElement(using: &random) ?? nil
        query.limit = maybe(&random) { Int.random(in: 1...100, using: &$0) }
        query.other = Bool.random(using: &random)
        return query
    }

    private static func drill(_ random: inout SeededRandom) -> Panel.Drill {
        var drill = Panel.Drill()
        if Bool.random(using: &random) {
            (drill.where, drill.sort, drill.isAtOrAbove) = ("status: 500", "-duration", Bool.random(using: &random))
        } else {
            (drill.dashboard, drill.variable) = ("provider", maybe(&random) { _ in "provider" })
        }
        return drill
    }

    private static func options(_ chart: Panel.Chart, _ random: inout SeededRandom) -> PanelOptions {
        var options = PanelOptions()
        let taken = ChartTable.options(chart)
        if taken.contains("figures") { options.figures = [[], [text(&random)]].randomElement(using: &random) ?? [] }
        if taken.contains("better") { options.better = .down }
        if taken.contains("target") { options.target = 0.999 }
        if taken.contains("axis") { options.axis = maybe(&random) { _ in .close } }
        if taken.contains("unpriced") { options.unpriced = maybe(&random) { _ in "not cost: *" } }
        if taken.contains("draw") { options.draw = .bars }
        if taken.contains("labels") { options.labels = Dictionary(list(&random, 4) { (text(&$0), text(&$0)) }) { first, _ in first } }
        if taken.contains("warn") { options.warn = ["length": number(&random)] }
        if taken.contains("choices") { options.choices = list(&random) { PanelOptions.Choice(field: "model", label: text(&$0)) } }
        if taken.contains("measures") { options.measures = list(&random) { column(measure: "count", &$0) } }
        if taken.contains("columns") { options.columns = list(&random) { column(measure: nil, &$0) } }
        if taken.contains("bounds") { options.bounds = [0.1, 1, 10] }
        if taken.contains("limit") { options.limit = ["80", "0.5", "sum(limit)"].randomElement(using: &random) ?? nil }
        if taken.contains("states") { options.states = list(&random) { PanelOptions.State(value: number(&$0), text: text(&$0), level: "ok") } }
        if taken.contains("limits") { options.limits = ["a b": Panel.Thresholds(critical: 3), "p95": Panel.Thresholds(warning: number(&random))] }
        if taken.contains("second_axis") { options.secondAxis = maybe(&random) { PanelOptions.SecondAxis(series: [text(&$0)], unit: unit(&$0)) } }
        if taken.contains("markdown") { options.markdown = text(&random) }
        return options
    }

    private static func column(measure: String?, _ random: inout SeededRandom) -> PanelOptions.Column {
        var column = PanelOptions.Column(title: text(&random))
        column.measure = measure
        column.unit = unit(&random)
        column.thresholds = maybe(&random) { _ in Panel.Thresholds(warning: 1) }
        column.better = .up
        return column
    }
}
