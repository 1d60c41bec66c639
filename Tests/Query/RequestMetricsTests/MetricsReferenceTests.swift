import Foundation
import GatewayModel
import RequestMetrics
import Testing

/// The list of families in `docs/reference/metrics.md`. `GATEWATCH_UPDATE=1` writes it anew.
@Test func theReferenceListsEveryFamily() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("docs/reference/metrics.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let (begin, end) = ("<!-- families -->\n", "<!-- end of families -->")
    let start = try #require(page.range(of: begin)).upperBound
    let stop = try #require(page.range(of: end)).lowerBound
    var list = "| name | type | labels | meaning |\n|---|---|---|---|\n"
    for family in MetricFamily.shipped {
        let constants = Set(family.variants.flatMap { $0.labels.map(\.name) }).sorted()
        var meaning = family.help
        if case .histogram(let field, let limits)? = family.variants.first?.measure {
            let texts = limits.limits.map { limit in
                let text = (Double(limit) / field.unit.divisor).description
                return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
            }
            meaning += " Limits: " + texts.joined(separator: " ") + "."
        }
        list += "| `\(family.name)` | \(family.kind.rawValue) | \((family.labels.map(\.name) + constants).joined(separator: ", ")) | \(meaning) |\n"
    }
    if ProcessInfo.processInfo.environment["GATEWATCH_UPDATE"] != nil {
        try (page[..<start] + list + page[stop...]).write(to: file, atomically: true, encoding: .utf8)
    } else {
        #expect(page[start..<stop] == list, "run this test with GATEWATCH_UPDATE=1")
    }
}
