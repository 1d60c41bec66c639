import GatewayModel
import Testing

@testable import Dashboards

struct ReportPageTests {
    private static func figures() -> MonthlyFigures {
        var figures = MonthlyFigures(month: "October 2026", monthBefore: "September 2026", timeZone: "Europe/Berlin")
        figures.now.requests = 1_272_998
        figures.now.availability = 0.99996
        figures.now.cost = 4_498.2
        var before = MonthlyFigures.Totals()
        before.requests = 1_000_000
        before.availability = 0.999
        before.cost = 4_000
        figures.before = before
        figures.days = [
            MonthlyFigures.Day(time: Timestamp(microseconds: 0), requests: 10, errorRate: 0.01, cost: 2),
            MonthlyFigures.Day(time: Timestamp(microseconds: 0), requests: 0, errorRate: nil, cost: nil),
        ]
        figures.providers = [MonthlyFigures.Row(name: "<b>&\"evil\"", requests: 3, errorRate: nil, p95: 0.4, cost: 1, costBefore: nil)]
        return figures
    }

    private static func page(_ figures: MonthlyFigures) -> String { ReportPage(figures, clock: { _ in "2026-10-05 14:03" }).html }

    @Test func whatComesFromRequestsIsTextAndNeverMarkup() {
        let html = Self.page(Self.figures())
        #expect(html.contains("&lt;b&gt;&amp;&quot;evil&quot;"))
        #expect(!html.contains("<b>"))
        #expect(!html.contains("<script"))
    }

    @Test func aFaultIsNeverRoundedAway() {
        #expect(Self.page(Self.figures()).contains("99.996 %"))
        #expect(ReportNumber.percent(0.999999) == "99.999 %")
        #expect(ReportNumber.percent(1) == "100 %")
        #expect(ReportNumber.percent(0) == "0 %")
    }

    @Test func monthsAreComparedOnlyWhenBothAreWhole() {
        var figures = Self.figures()
        #expect(Self.page(figures).contains("+12.5 % against September 2026"))
        figures.isRunning = true
        #expect(!Self.page(figures).contains("September 2026"))
        #expect(Self.page(figures).contains("so far"))
        figures.isRunning = false
        figures.before = nil
        #expect(!Self.page(figures).contains("September 2026"))
    }

    @Test func aMonthWithoutRequestsSaysSo() {
        let html = Self.page(MonthlyFigures(month: "May 2020", monthBefore: "April 2020", timeZone: "UTC"))
        #expect(html.contains("No requests are kept of this month."))
    }

    @Test func incidentsAreListedWithTheirLength() {
        var figures = Self.figures()
        let start = Timestamp(microseconds: 1_000_000)
        figures.incidents = [
            MonthlyFigures.Event(id: "I-1", title: "openai fails", severity: "critical", started: start, resolved: Timestamp(microseconds: 1_801_000_000)),
            MonthlyFigures.Event(id: "I-2", title: "slow", severity: "warning", started: start, resolved: nil),
        ]
        let html = Self.page(figures)
        #expect(html.contains("There were 2 incidents."))
        #expect(html.contains("<td>30 min</td>") && html.contains("<td>goes on</td>"))
    }

    @Test(arguments: [(0.0, "0"), (999, "999"), (12_345, "12,345"), (9_994_999, "9,994,999"), (12_345_678, "12.3 M"), (3_900_000_000, "3.9 G")])
    func countsAreShort(value: Double, text: String) { #expect(ReportNumber.count(value) == text) }

    @Test(arguments: [(0.25, "250 ms"), (8.78, "8.78 s"), (129, "2.15 min")]) func durationsHaveTheirUnit(value: Double, text: String) { #expect(ReportNumber.seconds(value) == text) }
}
