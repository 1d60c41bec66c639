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

    @Test func labelsThatFunctionsMakeUpAreKnown() throws {
        let query = #"label_replace(sum by (a) (label_join(x, "b", ",", "c")), "d", "$1", "a", "(.*)") + count_values("e", y)"#
        #expect(try PromQLParser.parse(query).madeUpLabels == ["b", "d", "e"])
    }
}
