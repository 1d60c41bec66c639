import GatewayModel
import Testing

@testable import PromQL

/// An expression, and the windows of its selectors at 1,000 s: text, left end and right end in seconds.
private let cases: [(String, [(String, Int64, Int64)])] = [
    ("1 + 2", []),
    ("up", [("up", 1_000, 1_000)]),
    ("rate(up[5m])", [("up[5m]", 700, 1_000)]),
    ("rate(up[5m] offset 1m)", [("up[5m] offset 1m", 640, 940)]),
    ("rate(up[1m] @ 500)", [("up[1m] @ 500.000", 440, 500)]),
    ("sum(rate(a[1m])) / on () (sum(rate(b[2m])))", [("a[1m]", 940, 1_000), ("b[2m]", 880, 1_000)]),
    ("max_over_time(rate(a[1m])[10m:1m] offset 1m)", [("a[1m]", 280, 940)]),
    ("histogram_quantile(scalar(q), -a)", [("q", 1_000, 1_000), ("a", 1_000, 1_000)]),
    ("topk(scalar(k), a offset -10s)", [("k", 1_000, 1_000), ("a offset -10s", 1_010, 1_010)]),
]

struct SelectionWindowTests {
    @Test(arguments: cases) func everySelectorTellsTheTimeItReads(_ query: String, _ expected: [(String, Int64, Int64)]) throws {
        let windows = try PromQLParser.parse(query).selectionWindows(at: 1_000_000)
        #expect(windows.map(\.text) == expected.map(\.0))
        #expect(windows.map { $0.from / 1_000 } == expected.map(\.1))
        #expect(windows.map { $0.through / 1_000 } == expected.map(\.2))
    }

    /// For each selector which of the labels a, b and le are those of the series behind a value.
    @Test(arguments: [
        ("x", ["a b le"]), ("sum by (a) (x)", ["a"]), ("sum without (a) (x)", ["b le"]), ("topk(3, x)", ["a b le"]), ("sum(x)", [""]),
        ("histogram_quantile(0.9, sum by (le, a) (rate(x[1m])))", ["a"]), (#"label_replace(x, "a", "$1", "b", "(.*)")"#, ["b le"]),
        ("x / on (a) y", ["a", "a"]), ("x / ignoring (a) y", ["b le", "b le"]), ("x * on (a) group_left (b) y", ["a le", "a b"]),
        ("x and on (a) y", ["a b le", "a"]), ("x or y", ["a b le", "a b le"]), (#"count_values("a", x)"#, [""]), ("topk(scalar(k), x)", ["", "a b le"]),
    ])
    func theScopeSaysByWhichLabelsTheSeriesAreKnown(_ query: String, _ expected: [String]) throws {
        let windows = try PromQLParser.parse(query).selectionWindows(at: 0)
        #expect(windows.map { window in ["a", "b", "le"].filter { window.scope.holds($0) }.joined(separator: " ") } == expected)
    }
}
