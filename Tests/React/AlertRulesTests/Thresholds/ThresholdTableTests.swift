import AlertRules
import ConfigurationText
import Testing

/// The table that puts an operator's numbers into the shipped rules.
struct ThresholdTableTests {
    private static let rules = """
        groups:
          - name: g
            rules:
              - record: gateway:capacity:rate
                expr: vector(100)
              - record: gateway:double:rate
                expr: 2 * x
              - alert: High
                expr: sum(rate(errors[5m])) / sum(rate(requests[5m])) > 0.05 and on () sum(increase(errors[5m])) >= 5
              - alert: Low
                expr: hits < 0.3
              - alert: Plain
                expr: broken
        """

    private static func file() throws -> RuleFile { try RuleFileReader().read(rules, path: "r.yaml") }

    private static func texts(_ file: RuleFile) -> [String: String] {
        Dictionary(uniqueKeysWithValues: file.groups.flatMap(\.rules).map { ($0.name, $0.text) })
    }

    @Test func numbersAreReplacedAndAllElseStays() throws {
        let table = try ThresholdTable.read(
            """
            thresholds:
              High: {limit: 0.1, unit: ratio, meaning: "failed", requirement: "L4"}
              Low: 1e-3
              gateway:capacity:rate: 250
            """)
        let before = Self.texts(try Self.file())
        let after = Self.texts(table.applied(to: try Self.file()))
        #expect(after["High"] == "sum(rate(errors[5m])) / sum(rate(requests[5m])) > 0.1 and on () sum(increase(errors[5m])) >= 5")
        #expect(after["Low"] == "hits < 0.001")
        #expect(after["gateway:capacity:rate"] == "vector(250)")
        #expect(after["Plain"] == before["Plain"] && after["gateway:double:rate"] == before["gateway:double:rate"])
        #expect(table.faults(for: [try Self.file()]).isEmpty)
        #expect(table["High"]?.unit == "ratio" && table["Low"]?.limit == 0.001 && table["Plain"] == nil)
    }

    @Test func theExpressionThatIsEvaluatedIsTheOneThatIsShown() throws {
        let rule = try #require(try ThresholdTable.read("thresholds: {Low: 7}").applied(to: try Self.file()).groups[0].rules.first { $0.name == "Low" })
        #expect(ThresholdSearch.threshold(of: rule.expression)?.threshold.limit == 7)
    }

    @Test func namesWithoutARuleAndRulesWithoutANumberAreTold() throws {
        let table = try ThresholdTable.read("thresholds:\n  Hihg: 1\n  Plain: 2\n  gateway:double:rate: 3")
        let faults = table.faults(for: [try Self.file()])
        #expect(faults.count == 3)
        #expect(faults[0] == "line 2, column 3: no shipped rule is called Hihg; the nearest is High")
        #expect(faults[1].hasPrefix("line 3, column 3: Plain does not end") && faults[2].hasPrefix("line 4, column 3: gateway:double:rate does not"))
    }

    @Test(arguments: ["", "# nothing", "thresholds:", "thresholds: {}"])
    func nothingIsAnEmptyTable(_ text: String) throws { #expect(try ThresholdTable.read(text).entries.isEmpty) }

    @Test(arguments: [
        ("thresholds: [1]", 1, "mapping"), ("thresholds:\n  High: much", 2, "number"), ("thresholds:\n  High: {unit: s}", 2, "limit"),
        ("thresholds:\n  High: {limit: 1, limits: 2}", 2, "limits"), ("limits: {High: 1}", 1, "limits"), ("thresholds:\n  High: .nan", 2, "number"),
        ("thresholds:\n\tHigh: 1", 2, "YAML"),
    ])
    func whatIsWrongIsToldWithItsPlace(_ text: String, _ line: Int, _ word: String) {
        let fault = #expect(throws: ConfigurationFault.self) { _ = try ThresholdTable.read(text) }
        #expect(fault?.line == line && fault?.message.contains(word) == true, "\(fault?.reason ?? "")")
    }
}
