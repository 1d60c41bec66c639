@testable import AlertDelivery
import AlertRouting
import GatewayModel
@testable import PromQL
import RequestQuery
import Testing

struct SeriesChartMakerTests {
    private static let now = Timestamp(microseconds: 1_772_726_600_000_000)

    private static func alert(activeSecondsAgo: Int64, endedSecondsAgo: Int64? = nil, _ labels: [String: String] = ["model": "a", "provider": "p"]) -> Alert {
        Alert(
            labels: SeriesLabels(labels.merging(["alertname": "X", "severity": "critical"]) { a, _ in a }.map { SeriesLabel($0.key, $0.value) }),
            startsAt: Timestamp(microseconds: now.microseconds - activeSecondsAgo * 1_000_000), endsAt: Timestamp(microseconds: now.microseconds + (endedSecondsAgo.map { -$0 } ?? 600) * 1_000_000),
            evidence: AlertEvidence(
                expression: "errors > 5", value: 7, threshold: AlertThreshold(.greater, 5), group: "g", file: "f", activeAt: Timestamp(microseconds: now.microseconds - activeSecondsAgo * 1_000_000)))
    }

    @Test(arguments: [(0, nil), (60, nil), (3_600, nil), (864_000, nil), (7_200, 3_600), (60, 30)] as [(Int64, Int64?)])
    func theTimeShownHoldsTheBeginningAndIsBounded(_ example: (ago: Int64, ended: Int64?)) throws {
        let alert = Self.alert(activeSecondsAgo: example.ago, endedSecondsAgo: example.ended)
        let grid = SeriesChartMaker.grid(alert, try #require(alert.evidence), Self.now)
        #expect(grid.count <= SeriesChartMaker.pointsMax + 1 && grid.count > 20)
        #expect(grid[grid.count - 1] == grid.end)
        #expect(grid.end <= Self.now.microseconds / 1_000)
        if example.ago < 86_400 { #expect(grid.start <= alert.startsAt.microseconds / 1_000 - 40 * 60_000) }
    }

    private static func series(_ labels: [String: String]) -> AnswerSeries {
        var points = SampleColumns()
        points.append(0, 1)
        return AnswerSeries(labels: SeriesLabels(labels.map { SeriesLabel($0.key, $0.value) }), points: points)
    }

    @Test func theSeriesIsTheOneThatMadeTheAlert() {
        let all = [["__name__": "e", "model": "b", "provider": "p"], ["provider": "p"], ["__name__": "e", "model": "a", "provider": "p"], [:]].map(Self.series)
        #expect(SeriesChartMaker.own(all, of: Self.alert(activeSecondsAgo: 1))?.labels["model"] == "a")
        #expect(SeriesChartMaker.own([Self.series(["x": "1"])], of: Self.alert(activeSecondsAgo: 1))?.labels["x"] == "1")
        #expect(SeriesChartMaker.own([Self.series(["x": "1"]), Self.series(["x": "2"])], of: Self.alert(activeSecondsAgo: 1)) == nil)
    }

    @Test func thePictureShowsTheAlertsOwnValues() async throws {
        let store = SampleStore()
        let end = Self.now.microseconds / 1_000
        for model in ["a", "b"] {
            let labels = SeriesLabels([SeriesLabel("__name__", "errors"), SeriesLabel("model", model), SeriesLabel("provider", "p")])
            var samples = SampleColumns()
            for time in stride(from: end - 3_600_000, through: end, by: 15_000) { samples.append(time, model == "a" ? Double(time - end) / 360_000 + 10 : 1_000) }
            store.append(labels, samples)
        }
        let maker = SeriesChartMaker(reader: store, options: .standard, queries: QueryRunner(parallelQueries: 1))
        let alert = Self.alert(activeSecondsAgo: 1_800)
        let file = try #require(await maker.chart(of: alert, zone: .utc, now: Self.now))
        let picture = try #require(ReadPNG(file))
        // The line rises from the middle to the top: there is red ink near the upper right corner, and would be none if model b were drawn.
        #expect((150..<300).contains { row in let c = picture.colour(600, Double(row) / 2); return c.red > 150 && c.green < 90 })
        var unknown = alert
        unknown.evidence?.expression = "nothing > 5"
        #expect(await maker.chart(of: unknown, zone: .utc, now: Self.now) == nil)
        unknown.evidence?.expression = "errors >"
        #expect(await maker.chart(of: unknown, zone: .utc, now: Self.now) == nil)
        unknown.evidence = nil
        #expect(await maker.chart(of: unknown, zone: .utc, now: Self.now) == nil)
    }
}
