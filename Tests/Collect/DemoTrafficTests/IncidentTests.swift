import DemoTraffic
import GatewayModel
import Testing

private func incident(_ name: String, _ traffic: DemoTraffic) throws -> DemoIncident {
    try #require(traffic.incidents.first { $0.name == name })
}

/// Records from some minutes after a time.
private func records(_ traffic: DemoTraffic, _ time: Timestamp, plus minutes: Int64, lasting length: Int) -> DemoRecords {
    Demo.records(traffic, Timestamp(microseconds: time.microseconds + minutes * 60_000_000), minutes: length)
}

@Test func incidentsStandAtFixedTimesOfTheirDays() {
    let expected = [
        "creeping-server 2026-03-05T00:00:00.000000Z 2026-03-07T00:00:00.000000Z", "silence 2026-03-10T02:37:00.000000Z 2026-03-10T02:51:00.000000Z",
        "bad-upgrade 2026-03-14T09:30:00.000000Z 2026-03-14T09:55:00.000000Z", "cost-jump 2026-03-15T08:00:00.000000Z -",
        "runaway-script 2026-03-17T10:20:00.000000Z 2026-03-17T10:45:00.000000Z", "slow-provider 2026-03-19T14:10:00.000000Z 2026-03-19T15:00:00.000000Z",
    ]
    #expect(Demo.traffic.incidents.map { "\($0.name) \($0.from.iso8601) \($0.to?.iso8601 ?? "-")" } == expected)
}

@Test func incidentsCanBeFilteredFor() throws {
    for incident in Demo.traffic.incidents where !incident.filter.isEmpty { _ = try FilterParser.parse(incident.filter) }
}

/// A Friday and a Monday as "now": the slow day is a workday, then a Sunday.
@Test(arguments: ["2026-03-20T10:42Z", "2026-03-23T23:10Z"])
func slowProviderIsAboutSixTimesSlower(now: String) throws {
    let traffic = Demo.traffic(perDay: 150_000, now: Demo.time(now))
    let slow = try incident("slow-provider", traffic)
    let during = records(traffic, slow.from, plus: 5, lasting: 45)
    let before = records(traffic, slow.from, plus: -50, lasting: 45)
    let (slowRows, usualRows) = (during.rows(.provider, "anthropic"), before.rows(.provider, "anthropic"))
    let ratio = percentile(during.values(.duration, where: slowRows), 0.95) / percentile(before.values(.duration, where: usualRows), 0.95)
    #expect((4.2...7.8).contains(ratio), "\(ratio)")
    #expect((0.012...0.06).contains(share(of: during.rows(.errorType, "timeout"), among: slowRows)))
    #expect(share(of: before.rows(.errorType, "timeout"), among: usualRows) < 0.01)
    let others = percentile(during.values(.duration, where: during.rows(.provider, "openai")), 0.95)
    let othersBefore = percentile(before.values(.duration, where: before.rows(.provider, "openai")), 0.95)
    #expect((0.6...1.6).contains(others / othersBefore))
}

@Test func runawayScriptIsRefused() throws {
    let script = try incident("runaway-script", Demo.traffic)
    let during = records(Demo.traffic, script.from, plus: 0, lasting: 25)
    let before = records(Demo.traffic, script.from, plus: -25, lasting: 25)
    #expect((1.6...3.5).contains(Double(during.count) / Double(before.count)))
    let refused = during.integers(.status).map { $0 == 429 }
    #expect((0.25...0.6).contains(share(of: refused, among: refused.map { _ in true })))
    #expect(Set(zip(during.texts(.client), refused).filter(\.1).map(\.0)).contains("research-notebooks"))
    let scripted = during.rows(.userAgent, "python-requests/2.32.5")
    #expect(Set(zip(during.texts(.user), scripted).filter(\.1).map(\.0)).count == 1)
    #expect(!before.texts(.userAgent).contains("python-requests/2.32.5"))
}

@Test func badUpgradeBreaksOneModelOfOneVersion() throws {
    let upgrade = try incident("bad-upgrade", Demo.traffic)
    let during = records(Demo.traffic, upgrade.from, plus: 0, lasting: 25)
    let after = records(Demo.traffic, upgrade.from, plus: 27, lasting: 25)
    let model = during.rows(.model, "gemini-3.5-flash")
    let broken = during.integers(.status).map { $0 == 502 }
    #expect((0.5...0.85).contains(share(of: broken, among: model)))
    #expect(share(of: broken, among: model.map { !$0 }) < 0.02)
    #expect(share(of: after.integers(.status).map { $0 >= 500 }, among: after.rows(.model, "gemini-3.5-flash")) < 0.03)
    #expect(share(of: during.rows(.gatewayVersion, "3.18.0"), among: during.rows(.gateway, "apisix")) > 0.9)
    #expect(share(of: after.rows(.gatewayVersion, "3.18.1"), among: after.rows(.gateway, "apisix")) > 0.9)
}

@Test func nothingAtAllPassesDuringTheSilence() throws {
    let silence = try incident("silence", Demo.traffic)
    #expect(records(Demo.traffic, silence.from, plus: 0, lasting: 14).count == 0)
    #expect(records(Demo.traffic, silence.from, plus: -14, lasting: 14).count > 200)
    #expect(records(Demo.traffic, silence.from, plus: 14, lasting: 14).count > 200)
}

@Test func oneTeamSwitchesItsModelAndNotItsUse() throws {
    // The switch lies on a Sunday; the Friday before it is compared with the Thursday after it.
    func use(_ day: String) -> (calls: Int, models: Set<String>) {
        let records = Demo.records(Demo.traffic(perDay: 30_000), Demo.time(day), minutes: 360)
        let client = records.rows(.client, "contract-review")
        return (client.count { $0 }, Set(zip(records.texts(.model), client).filter(\.1).map(\.0)))
    }
    let before = use("2026-03-13T09:00Z")
    let after = use("2026-03-19T09:00Z")
    #expect(before.models == ["gpt-5.4-mini"])
    #expect(after.models == ["gpt-5.5"])
    #expect((0.6...1.6).contains(Double(after.calls) / Double(before.calls)))
}

@Test func selfHostedServerGetsSlowerBitByBit() throws {
    let creeping = try incident("creeping-server", Demo.traffic)
    func firstToken(hours: Int64) -> Double {
        let records = records(Demo.traffic, creeping.from, plus: hours * 60, lasting: 60)
        return percentile(records.values(.timeToFirstToken, where: records.rows(.provider, "self_hosted")), 0.5)
    }
    // The same hour of five days, so that the rhythm of the day plays no part.
    let days = [-10, 14, 38, 62].map { firstToken(hours: Int64($0)) }
    #expect((1.7...2.8).contains(days[1] / days[0]))
    #expect((3.2...5.2).contains(days[2] / days[0]))
    #expect((0.7...1.4).contains(days[3] / days[0]))
}

@Test func somethingMovesWhileOneWatches() throws {
    let later = Timestamp(microseconds: Demo.now.microseconds + 3_600_000_000)
    let live = Demo.traffic.incidents(in: TimeRange(from: Demo.now, to: later)).filter { $0.name.hasPrefix("live") }
    #expect((5...7).contains(live.count))
    #expect(live.allSatisfy { ($0.to?.microseconds ?? 0) - $0.from.microseconds == 90_000_000 })
    #expect((live.first?.from.microseconds ?? 0) - Demo.now.microseconds < 300_000_000)
    let event = try #require(live.first { $0.filter == "provider: openai" })
    let busy = Demo.traffic(perDay: 2_000_000)
    let during = Demo.records(busy, event.from, minutes: 1)
    let before = records(busy, event.from, plus: -2, lasting: 1)
    let ratio =
        percentile(during.values(.timeToFirstToken, where: during.rows(.provider, "openai")), 0.5)
        / percentile(before.values(.timeToFirstToken, where: before.rows(.provider, "openai")), 0.5)
    #expect((1.5...4).contains(ratio))
}

@Test func historyHasNoLiveEvents() {
    let history = TimeRange(from: Demo.time("2026-02-18"), to: Demo.now)
    #expect(Demo.traffic.incidents(in: history).map(\.name) == Demo.traffic.incidents.map(\.name))
}
