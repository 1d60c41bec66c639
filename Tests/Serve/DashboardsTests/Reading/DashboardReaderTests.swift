import Testing

@testable import Dashboards

struct DashboardReaderTests {
    /// A dashboard of one panel, whose lines are `panel`.
    private static func file(_ panel: String, head: String = "") -> String {
        """
        id: mine
        title: Mine
        question: What is there?
        \(head)
        sections:
          - id: one
            panels:
              - id: a
                title: A
                question: How much?
        \(panel.split(separator: "\n", omittingEmptySubsequences: false).map { "        " + $0 }.joined(separator: "\n"))
        """
    }

    /// The first panel of a file that is right.
    private func panel(_ lines: String, head: String = "") throws -> Panel {
        try #require(try DashboardReader.read(Self.file(lines, head: head)).panels.first)
    }

    /// The faults of a file that is not.
    private func faults(_ text: String) -> [DashboardFault] {
        do throws(DashboardRefusal) {
            _ = try DashboardReader.read(text)
            return []
        } catch { return error.faults }
    }

    @Test(arguments: ShippedFiles.ids) func shippedFilesAreRight(_ id: String) throws {
        let text = try ShippedFiles.text(id)
        do throws(DashboardRefusal) {
            let dashboard = try DashboardReader.read(text, id: id)
            #expect(dashboard.group != .own)
            #expect(!dashboard.panels.isEmpty)
        } catch { Issue.record(Comment(rawValue: error.lines(file: id + ".yaml").joined(separator: "\n"))) }
    }

    @Test func somethingIsShipped() { #expect(ShippedFiles.ids.contains("overview")) }

    @Test func defaultsAreThoseOfTheFormat() throws {
        let dashboard = try DashboardReader.read(Self.file("chart: firing"))
        #expect(dashboard.group == .own)
        #expect(dashboard.order == 100)
        #expect(dashboard.from == "now-1h" && dashboard.to == "now")
        #expect(dashboard.refresh == "30s")
        #expect(dashboard.exports == [.grafana, .kibana])
        let panel = try #require(dashboard.panels.first)
        #expect(panel.width == 6 && panel.unit == .number && panel.height == nil && !panel.isCompared)
    }

    @Test func figuresInARowAreNarrow() throws {
        let text = Self.file("chart: firing").replacing("id: one", with: "id: one\n    layout: stats")
        #expect(try DashboardReader.read(text).panels.map(\.width) == [2])
    }

    @Test func everyKeyIsRead() throws {
        let panel = try panel(
            """
            chart: time
            unit: req/s
            width: 8
            height: 200
            query: {measures: [count as n, "p95(duration)"], by: [model], where: "status >= 500", every: 5m, order: -n, limit: 7, other: true}
            compare: true
            thresholds: {warning: 2, critical: 5.5}
            drill: {where: "status: 500", sort: -duration, at_or_above: true}
            ignores: [model]
            empty: Nothing.
            needs: A gateway.
            options: {draw: area, stacked: true, axis: log, labels: {a: b}, second_axis: {series: [n], unit: By}}
            description: {formula: f, action: a}
            grafana: {promql: [{expr: up, legend: "{{job}}"}], chart: timeseries}
            kibana: {omit: no such chart}
            """, head: "variables: [{name: model, label: Model, field: model, multi: true, default: gpt-4o}]")
        #expect(panel.query?.measures == ["count as n", "p95(duration)"])
        #expect(panel.query?.by == ["model"])
        #expect(panel.query?.where == "status >= 500")
        #expect(panel.query?.every == "5m" && panel.query?.order == "-n" && panel.query?.limit == 7 && panel.query?.other == true)
        #expect(panel.unit == .requestsPerSecond && panel.width == 8 && panel.height == 200 && panel.isCompared)
        #expect(panel.thresholds == Panel.Thresholds(warning: 2, critical: 5.5))
        #expect(panel.drill?.where == "status: 500" && panel.drill?.sort == "-duration" && panel.drill?.isAtOrAbove == true)
        #expect(panel.ignores == ["model"] && panel.empty == "Nothing." && panel.needs == "A gateway.")
        #expect(panel.options.draw == .area && panel.options.isStacked && panel.options.axis == .log && panel.options.labels == ["a": "b"])
        #expect(panel.options.secondAxis == PanelOptions.SecondAxis(series: ["n"], unit: .bytes))
        #expect(panel.formula == "f" && panel.action == "a")
        #expect(panel.grafana?.promql == [Panel.Expression("up", legend: "{{job}}")] && panel.grafana?.chart == "timeseries")
        #expect(panel.kibana?.omitted == "no such chart")
    }

    @Test func jsonIsReadAsYAMLIs() throws {
        let json = #"{"id":"mine","title":"Caf\u00e9 \ud83d\ude00","question":"What?","sections":[{"id":"one","panels":[{"id":"a","title":"A \\ud83d","question":"How much?","chart":"firing"}]}]}"#
        let dashboard = try DashboardReader.read(json)
        #expect(dashboard.title == "Café 😀")
        #expect(dashboard.panels.map(\.title) == [#"A \ud83d"#])
    }

    @Test func keysOfTheAPIAreTakenWhereTheyComeBack() throws {
        let text = Self.file("chart: firing", head: "origin: own\nversion: 3")
        #expect(throws: DashboardRefusal.self) { try DashboardReader.read(text) }
        #expect(try DashboardReader.read(text, takesAddedKeys: true).id == "mine")
    }

    /// A fault's message begins as it is given here, stands at the place and names the key.
    struct Wrong: CustomTestStringConvertible, Sendable {
        let text: String
        let message: String
        let line: Int
        let column: Int
        let key: String
        var hint: String?
        var testDescription: String { message }
    }

    static let wrong: [Wrong] = [
        Wrong(text: file("chart: stat\nquey: {}"), message: "there is no key quey in sections[0].panels[0]", line: 12, column: 9, key: "sections[0].panels[0]", hint: "did you mean query?"),
        Wrong(text: file("chart: lines"), message: "sections[0].panels[0].chart must be one of", line: 11, column: 16, key: "sections[0].panels[0].chart"),
        Wrong(text: file("chart: tabel"), message: "sections[0].panels[0].chart must be one of", line: 11, column: 16, key: "sections[0].panels[0].chart", hint: "did you mean table?"),
        Wrong(text: file("title: B"), message: "keys are there twice: title", line: 9, column: 9, key: ""),
        Wrong(text: file("width: 6"), message: "a panel needs chart", line: 8, column: 9, key: "sections[0].panels[0]"),
        Wrong(text: file("chart: firing\nwidth: 13"), message: "sections[0].panels[0].width must be a whole number from 1 to 12", line: 12, column: 16, key: "sections[0].panels[0].width"),
        Wrong(text: file("chart: stat"), message: "the chart stat needs query or promql", line: 8, column: 9, key: "sections[0].panels[0]"),
        Wrong(text: file("chart: stat\nquery: {measures: [p95(latncy)]}"), message: "", line: 12, column: 32, key: "sections[0].panels[0].query.measures[0]"),
        Wrong(text: file("chart: stat\nquery: {measures: [count, count]}"), message: "two measures are named 'count'", line: 12, column: 35, key: "sections[0].panels[0].query.measures[1]"),
        Wrong(text: file("chart: stat\nquery: {by: [modell]}"), message: "there is no field 'modell'", line: 12, column: 22, key: "sections[0].panels[0].query.by[0]", hint: "did you mean model?"),
        Wrong(text: file("chart: stat\nquery: {by: [request_id]}"), message: "'request_id' has too many values", line: 12, column: 22, key: "sections[0].panels[0].query.by[0]"),
        Wrong(text: file("chart: stat\nquery: {order: -x}"), message: "'x' is neither a measure nor a group", line: 12, column: 24, key: "sections[0].panels[0].query.order"),
        Wrong(text: file("chart: stat\nquery: {every: 5x}"), message: "'5x' is not a bucket width", line: 12, column: 24, key: "sections[0].panels[0].query.every"),
        Wrong(text: file("chart: stat\nquery: {where: 'status >'}"), message: "", line: 12, column: 33, key: "sections[0].panels[0].query.where"),
        Wrong(text: file("chart: time\npromql: [{expr: 'sum(rate(up[5m])'}]"), message: "the PromQL cannot be read", line: 12, column: 25, key: "sections[0].panels[0].promql[0].expr"),
        Wrong(text: file("chart: time\npromql: [{expr: 'up{job=\"$jbo\"}'}]", head: "variables: [{name: job, metric: up, label_name: job}]"), message: "there is no variable $jbo", line: 12, column: 25, key: "sections[0].panels[0].promql[0].expr", hint: "did you mean job?"),
        Wrong(text: file("chart: time\nquery: {}\npromql: [{expr: up}]"), message: "a panel has query or promql, not both", line: 13, column: 17, key: "sections[0].panels[0]"),
        Wrong(text: file("chart: stat\nquery: {}\noptions: {stacked: true}"), message: "stacked is an option of time, not of the chart stat", line: 13, column: 19, key: "sections[0].panels[0].options.stacked"),
        Wrong(text: file("chart: stat\nquery: {}\nthresholds: {warning: 5, critical: 2}"), message: "critical is reached before warning", line: 13, column: 44, key: "sections[0].panels[0].thresholds"),
        Wrong(text: file("chart: stat\nquery: {}\nthresholds: {warning: 2, critical: 5, below: true}"), message: "critical is reached before warning", line: 13, column: 44, key: "sections[0].panels[0].thresholds"),
        Wrong(text: file("chart: scatter\nquery: {}\noptions: {x: cost}"), message: "cost is not one of the query's measures", line: 13, column: 22, key: "sections[0].panels[0].options.x"),
        Wrong(text: file("chart: firing\nignores: [modle]", head: "variables: [{name: model, field: model}]"), message: "there is no variable modle", line: 12, column: 19, key: "sections[0].panels[0].ignores[0]", hint: "did you mean model?"),
        Wrong(text: file("chart: firing\ndrill: {variable: provider}"), message: "drill.variable belongs to drill.dashboard", line: 12, column: 27, key: "sections[0].panels[0].drill"),
        Wrong(text: file("chart: firing\ndrill: {dashboard: a, where: 'status: 1'}"), message: "a click leads to requests or to another dashboard", line: 12, column: 28, key: "sections[0].panels[0].drill"),
        Wrong(text: file("chart: firing\ncompare: maybe"), message: "sections[0].panels[0].compare must be true or false", line: 12, column: 18, key: "sections[0].panels[0].compare"),
        Wrong(text: file("chart: firing", head: "variables: [{name: m}]"), message: "a variable needs field, or metric and label_name", line: 4, column: 13, key: "variables[0]"),
        Wrong(text: file("chart: firing", head: "variables: [{name: m, field: model, metric: up, label_name: job}]"), message: "a variable has either field, or metric", line: 4, column: 13, key: "variables[0]"),
        Wrong(text: file("chart: firing", head: "range: {from: now, to: now-1h}"), message: "", line: 4, column: 8, key: "range"),
        Wrong(text: file("chart: firing", head: "refresh: often"), message: "refresh must be a duration", line: 4, column: 10, key: "refresh"),
        Wrong(text: file("chart: firing").replacing("How much?", with: "How much"), message: "sections[0].panels[0].question must end in a question mark", line: 10, column: 19, key: "sections[0].panels[0].question"),
        Wrong(text: file("chart: firing").replacing("id: mine", with: "id: Mine"), message: "id must be 1 to 60 lower case letters", line: 1, column: 5, key: "id"),
        Wrong(text: file("chart: firing").replacing("id: mine", with: "id: schema"), message: "id must not be schema", line: 1, column: 5, key: ""),
        Wrong(text: "[1, 2]", message: "the file must be a dashboard", line: 1, column: 1, key: ""),
        Wrong(text: "", message: "the file is empty", line: 0, column: 0, key: ""),
        Wrong(text: "a: [", message: "not YAML", line: 0, column: 0, key: ""),
    ]

    @Test(arguments: wrong) func faultsSayWhatAndWhere(_ wrong: Wrong) throws {
        let fault = try #require(faults(wrong.text).first)
        #expect(fault.message.hasPrefix(wrong.message), "\(fault)")
        #expect(fault.key == wrong.key, "\(fault)")
        // Where YAML itself ends, its reader says where.
        if wrong.line > 0 { #expect(fault.place == DashboardFault.Place(line: wrong.line, column: wrong.column), "\(fault)") }
        if let hint = wrong.hint { #expect(fault.hint == hint) }
    }

    @Test func allFaultsAreToldInTheOrderOfTheFile() {
        let text = Self.file("chart: lines\nwidth: 0\ncompare: 3").replacing("title: Mine\n", with: "tilte: Mine\n")
        #expect(faults(text).map(\.place.line) == [1, 2, 11, 12, 13])
    }

    @Test func idsStandOnce() {
        let twice = Self.file("chart: firing") + "\n      - {id: a, title: B, question: 'B?', chart: firing}\n  - {id: one, panels: []}"
        #expect(faults(twice).map(\.message) == ["two sections have the id one", "two panels have the id a"] || faults(twice).map(\.message) == ["two panels have the id a"])
        let sections = Self.file("chart: firing") + "\n  - {id: one, panels: []}"
        #expect(faults(sections).map(\.message) == ["two sections have the id one"])
    }

    @Test func thereAreAtMostHundredAndTwentyPanels() {
        func dashboard(_ count: Int) -> String {
            let panels = (0..<count).map { "{id: p\($0), title: T, question: 'Q?', chart: firing}" }
            let halves = [panels.prefix(60), panels.dropFirst(60)].enumerated().map { "{id: s\($0.offset), panels: [\($0.element.joined(separator: ", "))]}" }
            return "{id: mine, title: M, question: 'Q?', sections: [\(halves.joined(separator: ", "))]}"
        }
        #expect(faults(dashboard(120)).isEmpty)
        #expect(faults(dashboard(121)).map(\.message) == ["a dashboard has at most 120 panels; this one has 121"])
        let sections = (0..<41).map { "{id: s\($0), panels: []}" }.joined(separator: ", ")
        #expect(faults("{id: m, title: M, question: 'Q?', sections: [\(sections)]}").map(\.message) == ["sections must have at most 40 elements; it has 41"])
    }

    @Test func largeFilesAreRefused() {
        #expect(faults(Self.file("chart: firing") + "\n#" + String(repeating: "x", count: 512 << 10)).first?.message.hasPrefix("a dashboard's file has at most 512 KiB") == true)
    }

    @Test(arguments: [
        String(repeating: "[", count: 200_000), String(repeating: "- ", count: 200_000), String(repeating: "{a: ", count: 50_000), String(repeating: "? ", count: 200_000),
        (0..<900).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"), "a: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ]) func deepNestingIsRefused(_ text: String) {
        #expect(!faults(String(text.prefix(500_000))).isEmpty)
    }

    @Test func manyAnchorsCostLittle() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 { text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n" }
        #expect(faults(text).map(\.message) == ["the file has more than 50000 values"])
    }

    @Test func randomDamageNeverTraps() throws {
        var random = SeededRandom(seed: 7)
        let bytes = Array(try ShippedFiles.text("overview").utf8)
        for _ in 0..<60 {
            var damaged = bytes
            for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 9...126, using: &random) }
            _ = faults(String(decoding: damaged, as: UTF8.self))
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
