import AlertRules
import PromQL
import Testing

struct RuleFileEditTests {
    private static let text = """
        # A comment.
        groups:
          - name: a   # another
            rules:
              - alert: Plain
                expr: rate(up[5m]) > 0.05   # why
              - alert: Block
                expr: |
                  sum by (job) (up)
                    > 10
                  and on (job) rate(up[5m]) > 10
              - {record: 'a:limit', expr: vector(100)}
              - alert: Quoted
                expr: 'up{job="it''s"} > 3'
        """

    /// Changes the expressions of the rules named.
    private func edited(_ changes: [String: String], _ text: String = text) throws -> String {
        let file = try RuleFileReader().read(text, path: "a.yml")
        var changed = file
        for index in changed.groups[0].rules.indices {
            guard let expression = changes[changed.groups[0].rules[index].name] else { continue }
            changed.groups[0].rules[index].text = expression
        }
        return try RuleFileEdit.text(text, file, changed: changed)
    }

    @Test func onlyTheNumberChanges() throws {
        #expect(try edited([:]) == Self.text)
        #expect(try edited(["Plain": "rate(up[5m]) > 1e-03"]) == Self.text.replacing("> 0.05 ", with: "> 1e-03 "))
        #expect(try edited(["Block": "sum by (job) (up)\n  > 2000\nand on (job) rate(up[5m]) > 10\n"]) == Self.text.replacing("> 10\n          and", with: "> 2000\n          and"))
        #expect(try edited(["a:limit": "vector(5)"]) == Self.text.replacing("vector(100)", with: "vector(5)"))
    }

    @Test func whatIsWrittenWithEscapesIsRefused() throws {
        #expect(throws: RuleFileProblem.self) { try edited(["Quoted": "up{job=\"it's\"} > 4"]) }
    }

    @Test func theEditedFileHasTheNewExpressions() throws {
        let file = try RuleFileReader().read(try edited(["Plain": "rate(up[5m]) > 7", "a:limit": "vector(5)"]), path: "a.yml")
        #expect(file.groups[0].rules.map(\.text) == ["rate(up[5m]) > 7", "sum by (job) (up)\n  > 10\nand on (job) rate(up[5m]) > 10\n", "vector(5)", "up{job=\"it's\"} > 3"])
    }
}
