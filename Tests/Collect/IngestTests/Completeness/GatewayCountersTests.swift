import GatewayModel
import Testing

@testable import Ingest

@Suite struct GatewayCountersTests {
    private func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: Reading.now.microseconds + seconds * 1_000_000) }

    private func text(_ series: [(String, String)]) -> [UInt8] {
        Array(("# HELP apisix_http_status HTTP status codes per service in APISIX\n# TYPE apisix_http_status counter\n"
            + series.map { "apisix_http_status{code=\"200\",route=\"\($0.0)\",matched_uri=\"/v1/*\"} \($0.1)\n" }.joined()
            + "apisix_http_status_other{route=\"1\"} 999\napisix_http_requests_total 5555\n").utf8)
    }

    /// What the looks at these texts, 15 s apart, give.
    private func increases(_ texts: [[(String, String)]], routes: Set<String> = []) throws -> [Int64?] {
        var counters = GatewayCounters(routes: routes)
        var found: [Int64?] = []
        for (index, series) in texts.enumerated() { found.append(try counters.look(at: text(series), now: at(Int64(index) * 15))?.count) }
        return found
    }

    @Test func theFirstLookBeginsAndLaterOnesTellTheGrowthOfAllSeries() throws {
        #expect(try increases([[("1", "100"), ("2", "7")], [("1", "130"), ("2", "8")], [("1", "130"), ("2", "8")]]) == [nil, 31, 0])
    }

    @Test func aFallenValueHasBegunAtZeroAgain() throws {
        #expect(try increases([[("1", "1000"), ("2", "5")], [("1", "40"), ("2", "6")], [("1", "50"), ("2", "6")]]) == [nil, 41, 10])
    }

    @Test func aSeriesThatComesLaterCountsFromZeroAndOneThatIsMissingOnceLosesNothing() throws {
        #expect(try increases([[("1", "10")], [("1", "10"), ("2", "4")], [("1", "12")], [("1", "12"), ("2", "9")]]) == [nil, 4, 2, 5])
    }

    @Test func onlyTheNamedRoutesCount() throws {
        #expect(try increases([[("1", "10"), ("2", "10")], [("1", "13"), ("2", "90")]], routes: ["1", "9"]) == [nil, 3])
    }

    @Test func valuesInEveryFormAreReadAndOthersPassedOver() throws {
        var counters = GatewayCounters()
        _ = try counters.look(at: Array("apisix_http_status 1\n".utf8), now: at(0))
        let body = "apisix_http_status 1.5e1 1700000000000\napisix_http_status{route=\"a\\\"}b\"} 4\napisix_http_status{} NaN\napisix_http_status{x=\"1\"} -3\n"
            + "apisix_http_status{broken 7\napisix_http_status{y=\"1\"} +Inf\napisix_http_status{z=\"1\"} word\napisix_http_status{z=\"2\"}\n\n{}\n"
        #expect(try counters.look(at: Array(body.utf8), now: at(15))?.count == 14 + 4)
    }

    @Test func aLineThatIsCutIsNotTakenForARestart() throws {
        var counters = GatewayCounters()
        _ = try counters.look(at: text([("1", "12345")]), now: at(0))
        let whole = "apisix_http_status{code=\"200\",route=\"1\",matched_uri=\"/v1/*\"} 12345"
        for count in 0...whole.utf8.count {
            let cut = "# TYPE apisix_http_status counter\n" + whole.prefix(count)
            #expect(try counters.look(at: Array(cut.utf8), now: at(15 + Int64(count)))?.count == 0)
        }
    }

    @Test(arguments: ["", "nonsense", "<html>\n", "node_load1 0.5\n"]) func textsWithoutTheCounterAreAFailureAndChangeNothing(_ body: String) throws {
        var counters = GatewayCounters()
        _ = try counters.look(at: text([("1", "10")]), now: at(0))
        #expect(throws: GatewayCounters.Failure.noCounter) { try counters.look(at: Array(body.utf8), now: at(15)) }
        // What was missed meanwhile is in the next growth.
        let increase = try counters.look(at: text([("1", "25")]), now: at(30))
        #expect(increase == GatewayCounters.Increase(count: 15, from: at(0), to: at(30)))
    }

    @Test func aGatewayWithoutRequestsYetIsNotAFailure() throws {
        var counters = GatewayCounters()
        #expect(try counters.look(at: text([]), now: at(0)) == nil)
        #expect(try counters.look(at: text([("1", "3")]), now: at(15))?.count == 3)
    }

    @Test func tooManySeriesAreAFailure() throws {
        var counters = GatewayCounters()
        let lines = (0...GatewayCounters.seriesMax).map { "apisix_http_status{n=\"\($0)\"} 1\n" }.joined()
        #expect(throws: GatewayCounters.Failure.tooManySeries) { try counters.look(at: Array(lines.utf8), now: at(0)) }
    }

    @Test func anEndlessPauseAndAClockThatGoesBackBeginAnew() throws {
        var counters = GatewayCounters()
        _ = try counters.look(at: text([("1", "10")]), now: at(0))
        #expect(try counters.look(at: text([("1", "20")]), now: at(-60)) == nil)
        #expect(try counters.look(at: text([("1", "30")]), now: at(0))?.count == 10)
        #expect(try counters.look(at: text([("1", "99")]), now: at(200_000)) == nil)
        #expect(try counters.look(at: text([("1", "100")]), now: at(200_015))?.count == 1)
    }
}
