import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

@testable import AlertRouting

@Suite struct AlertRouterTests {
    static let simple = """
        route: {receiver: hook, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
        receivers: [{name: hook, webhook_configs: [{url: "http://sink/"}]}]
        """

    @Test func aGroupWaitsThenTellsOnceThenAgainWhenSomethingIsNew() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A,x=1", "alertname=A,x=2")
        #expect(await bench.pass(9) == [])
        #expect(await bench.pass(1) == ["hook/webhook first: +alertname=A,x=1 +alertname=A,x=2"])
        await bench.fire("alertname=A,x=3")
        #expect(await bench.pass(59) == [])
        #expect(await bench.pass(1) == ["hook/webhook changed: +alertname=A,x=1 +alertname=A,x=2 +alertname=A,x=3"])
        #expect(await bench.pass(300, firing: "alertname=A,x=1", "alertname=A,x=2", "alertname=A,x=3") == [])
    }

    @Test func whatIsOverIsToldOnceAndForgotten() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        #expect(await bench.pass(10).count == 1)
        await bench.end("alertname=A")
        #expect(await bench.pass(60) == ["hook/webhook changed: -alertname=A"])
        // Rules tell the end for a quarter of an hour.
        for _ in 0..<15 {
            await bench.end("alertname=A")
            #expect(await bench.pass(60) == [])
        }
        #expect(await bench.router.groupCount == 0)
        await bench.fire("alertname=A")
        #expect(await bench.pass(10) == ["hook/webhook first: +alertname=A"])
    }

    @Test func whatCameAndWentBeforeItsMessageIsNotTold() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        _ = await bench.pass(5)
        await bench.end("alertname=A")
        #expect(await bench.pass(120) == [])
        #expect(await bench.router.groupCount == 0)
        await bench.end("alertname=B")
        #expect(await bench.router.groupCount == 0)
    }

    @Test func anAlertThatNobodyTellsAgainEndsAtItsTime() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        #expect(await bench.router.post([PostedAlert(labels: [SeriesLabel("alertname", "B")])]).faults.isEmpty)
        #expect(await bench.pass(10).count == 2)
        let told = await bench.pass(240 + 59)
        #expect(told == ["hook/webhook changed: -alertname=A"])
        // Without an end of its own it lasts for resolve_timeout, five minutes.
        #expect(await bench.pass(60) == ["hook/webhook changed: -alertname=B"])
    }

    @Test func anAlertThatWentOnIsRepeated() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        _ = await bench.pass(10)
        #expect(await bench.pass(3_600, firing: "alertname=A") == [])
        #expect(await bench.pass(61, firing: "alertname=A") == ["hook/webhook repeated: +alertname=A"])
    }

    @Test func anOldAlertDoesNotWait() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.router.receive([bench.alert("alertname=A", since: bench.clock.now().advanced(milliseconds: -60_000))])
        await bench.router.flushDue()
        #expect(bench.queue.take().count == 1)
    }

    @Test func whoDoesNotHearOfEndsHearsOfTheNextBeginning() async throws {
        let bench = try RoutingBench(Self.simple.replacing("url: \"http://sink/\"", with: "url: \"http://sink/\", send_resolved: false"))
        await bench.fire("alertname=A")
        #expect(await bench.pass(10).count == 1)
        await bench.end("alertname=A")
        #expect(await bench.pass(60) == [])
        await bench.fire("alertname=A")
        #expect(await bench.pass(10) == ["hook/webhook first: +alertname=A"])
    }

    @Test func aSilencedAlertIsNotToldAndItsEndIsToldWhenTheSilenceEnds() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        #expect(await bench.pass(10).count == 1)
        let now = bench.clock.now()
        let id = try await bench.router.setSilence(
            Silence(matchers: [SeriesMatcher("alertname", equals: "A")], startsAt: now, endsAt: now.advanced(milliseconds: 3_600_000), createdBy: "me", comment: "quiet"))
        #expect(await bench.router.alerts().map(\.silencedBy) == [[id]])
        await bench.end("alertname=A")
        #expect(await bench.pass(300) == [])
        try await bench.router.expireSilence(id)
        #expect(await bench.pass(60) == ["hook/webhook changed: -alertname=A"])
        #expect(await bench.router.groupCount == 0)
    }

    @Test func anAlertThatFiresOnIsToldWhenItsSilenceEnds() async throws {
        let bench = try RoutingBench(Self.simple)
        let now = bench.clock.now()
        _ = try await bench.router.setSilence(
            Silence(matchers: [SeriesMatcher("x", equals: "1")], startsAt: now, endsAt: now.advanced(milliseconds: 120_000), createdBy: "me", comment: ""))
        await bench.fire("alertname=A,x=1", "alertname=A,x=2")
        #expect(await bench.pass(10) == ["hook/webhook first: +alertname=A,x=2"])
        #expect(await bench.pass(170, firing: "alertname=A,x=1", "alertname=A,x=2") == ["hook/webhook changed: +alertname=A,x=1 +alertname=A,x=2"])
    }

    @Test func mutedTimesKeepQuietAndNothingIsLost() async throws {
        // Noon of a Thursday; muted from noon to one.
        let bench = try RoutingBench(
            """
            route:
              receiver: hook
              routes: [{matchers: [team="x"], receiver: hook, group_wait: 10s, group_interval: 1m, mute_time_intervals: [lunch]}]
            receivers: [{name: hook, webhook_configs: [{url: "http://sink/"}]}]
            time_intervals: [{name: lunch, time_intervals: [{times: [{start_time: '12:05', end_time: '13:00'}], weekdays: [thursday]}]}]
            """)
        await bench.fire("team=x")
        #expect(await bench.pass(10).count == 1)
        #expect(await bench.pass(295, firing: "team=x") == [])
        await bench.end("team=x")
        #expect(await bench.pass(600) == [])
        let groups = await bench.router.groups()
        #expect(groups.isEmpty, "what is over is not shown")
        await bench.fire("team=x,n=2")
        #expect(await bench.router.groups().flatMap(\.alerts).map(\.mutedBy) == [["lunch"]])
        #expect(await bench.router.groups().flatMap(\.alerts).map(\.state) == [.suppressed])
        let told = await bench.pass(3_600, firing: "team=x,n=2")
        #expect(told == ["hook/webhook changed: +n=2,team=x -team=x"])
    }

    @Test func activeTimesAreTheOnlyOnes() async throws {
        let bench = try RoutingBench(
            """
            route: {receiver: none, routes: [{receiver: hook, group_wait: 1s, active_time_intervals: [evening]}]}
            receivers: [{name: none}, {name: hook, webhook_configs: [{url: "http://sink/"}]}]
            time_intervals: [{name: evening, time_intervals: [{times: [{start_time: '12:10', end_time: '24:00'}]}]}]
            """)
        await bench.fire("a=1")
        #expect(await bench.pass(599, firing: "a=1") == [])
        #expect(await bench.pass(61, firing: "a=1") == ["hook/webhook first: +a=1"])
    }

    @Test func anInhibitedAlertIsNotToldWhileItsSourceFires() async throws {
        let bench = try RoutingBench(
            Self.simple.replacing("[alertname]", with: "['...']") + "\ninhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [host]}]")
        await bench.fire("severity=critical,host=a", "severity=warning,host=a", "severity=warning,host=b")
        #expect(await bench.pass(10) == ["hook/webhook first: +host=a,severity=critical", "hook/webhook first: +host=b,severity=warning"])
        let source = bench.alert("severity=critical,host=a").fingerprint
        #expect(await bench.router.alerts().map(\.inhibitedBy).filter { !$0.isEmpty } == [[source]])
        await bench.end("severity=critical,host=a")
        let told = await bench.pass(60, firing: "severity=warning,host=a", "severity=warning,host=b")
        #expect(told == ["hook/webhook changed: -host=a,severity=critical", "hook/webhook first: +host=a,severity=warning"])
    }

    @Test func whatTheQueueRefusesIsHandedOverAgain() async throws {
        let bench = try RoutingBench(Self.simple)
        bench.queue.fail(.full(reason: "no space"))
        await bench.fire("alertname=A")
        #expect(await bench.pass(12) == [])
        #expect(bench.events.all.contains { if case .notQueued = $0 { true } else { false } })
        bench.queue.fail(nil)
        #expect(await bench.pass(5) == ["hook/webhook first: +alertname=A"])
        #expect(await bench.pass(120) == [])
    }

    @Test func aDigestCollectsAndTellsOnceWhatHappened() async throws {
        let bench = try RoutingBench(
            """
            route: {receiver: hook, group_by: [], digest: {interval: 30m}, group_wait: 1s, group_interval: 10s}
            receivers: [{name: hook, webhook_configs: [{url: "http://sink/"}]}]
            """)
        await bench.fire("a=1")
        _ = await bench.pass(60)
        await bench.end("a=1")
        await bench.fire("a=2")
        #expect(await bench.pass(1_739, firing: "a=2") == [])
        #expect(await bench.pass(1) == ["hook/webhook first: +a=2 -a=1"])
        #expect(await bench.pass(1_800, firing: "a=2") == [])
        await bench.end("a=2")
        #expect(await bench.pass(1_800) == ["hook/webhook changed: -a=2"])
        #expect(await bench.router.groupCount == 0)
    }

    @Test func limitsHoldAndAreCounted() async throws {
        var limits = RoutingLimits()
        limits.alertsMax = 3
        limits.groupsMax = 2
        let bench = try RoutingBench(Self.simple.replacing("[alertname]", with: "['...']"), limits: limits)
        await bench.fire("a=1", "a=2", "a=3", "a=4")
        #expect(await bench.pass(10).count == 2)
        #expect(await bench.router.alerts().count == 3)
        let counters = await bench.router.counters
        #expect(counters.dropped == 1 && counters.groupsDropped == 1)
        await bench.end("a=1", "a=2")
        #expect(await bench.pass(60).count == 2)
        // There is room again when it is told again.
        await bench.fire("a=3", "a=4")
        #expect(await bench.pass(10).count == 2)
    }

    @Test func anotherConfigurationTellsNothingTwice() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        #expect(await bench.pass(10).count == 1)
        await bench.router.reload(try RoutingConfigurationReader.read(Self.simple.replacing("repeat_interval: 1h", with: "repeat_interval: 2h"), folder: "/"))
        #expect(await bench.pass(120, firing: "alertname=A") == [])
        await bench.end("alertname=A")
        #expect(await bench.pass(60) == ["hook/webhook changed: -alertname=A"])
    }

    @Test func withoutAFileAlertsAreOnlyShown() async throws {
        let queue = KeptQueue()
        let clock = HandClock()
        let router = AlertRouter(.pageOnly, queue: queue, clock: clock, files: RoutingFiles(folder: "alerting", files: MemoryFiles()))
        _ = await router.post([PostedAlert(labels: [SeriesLabel("alertname", "A")])])
        clock.advance(10)
        await router.flushDue()
        #expect(queue.messages.isEmpty)
        #expect(await router.alerts().map(\.receivers) == [["page"]])
        #expect(await router.groups().map(\.key) == ["{}:{alertname=\"A\"}"])
    }

    @Test func aClockThatIsSetBackHoldsNothingUp() async throws {
        let bench = try RoutingBench(Self.simple)
        await bench.fire("alertname=A")
        bench.clock.advance(-86_400)
        #expect(await bench.pass(61) == ["hook/webhook first: +alertname=A"])
    }
}
