import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

@testable import AlertRouting

/// A router that ends and begins again, with the same disk and the same queue.
@Suite struct AlertRouterRestartTests {
    private let evidence = AlertEvidence(
        expression: "x > 1", value: 2, threshold: AlertThreshold(.greater, 1), group: "g", file: "f", activeAt: TestClock.start)

    private func started() async throws -> RoutingBench {
        let bench = try RoutingBench(AlertRouterTests.simple)
        await bench.router.receive([bench.alert("alertname=A,x=1", evidence: evidence), bench.alert("alertname=A,x=2", evidence: evidence)])
        #expect(await bench.pass(10).count == 1)
        return bench
    }

    private func restarted(_ bench: RoutingBench, after seconds: Double) throws -> RoutingBench {
        try RoutingBench(AlertRouterTests.simple, queue: bench.queue, files: bench.files.afterKill(), at: bench.clock.now().advanced(milliseconds: Int64(seconds * 1000)))
    }

    @Test func nothingIsToldAgainThatTheQueueKnows() async throws {
        let bench = try restarted(try await started(), after: 5)
        await bench.router.receive([bench.alert("alertname=A,x=1", evidence: evidence)])
        await bench.router.rulesHaveEvaluated()
        #expect(await bench.pass(120, firing: "alertname=A,x=1", "alertname=A,x=2") == [])
    }

    @Test func nothingEndsBeforeRulesWereEvaluated() async throws {
        // The program was away for longer than the alerts said they would last.
        let bench = try restarted(try await started(), after: 1_200)
        #expect(await bench.pass(300) == [])
        #expect(await bench.router.alerts().count == 2)
        await bench.router.receive([bench.alert("alertname=A,x=1", evidence: evidence)])
        await bench.router.rulesHaveEvaluated()
        #expect(await bench.pass(120, firing: "alertname=A,x=1") == ["hook/webhook changed: +alertname=A,x=1 -alertname=A,x=2"])
    }

    @Test func theEndIsToldOfWhatWasOverWhenTheProgramCameBack() async throws {
        let bench = try restarted(try await started(), after: 1_200)
        await bench.router.rulesHaveEvaluated()
        #expect(await bench.pass(70) == ["hook/webhook changed: -alertname=A,x=1 -alertname=A,x=2"])
        #expect(await bench.pass(120) == [])
    }

    @Test func alertsOfOthersAreHeldUntilTheyHadTimeToBeToldAgain() async throws {
        let first = try RoutingBench(AlertRouterTests.simple)
        await first.fire("alertname=A")
        #expect(await first.pass(10).count == 1)
        let bench = try restarted(first, after: 1_200)
        await bench.router.rulesHaveEvaluated()
        #expect(await bench.pass(140) == [])
        #expect(await bench.pass(80) == ["hook/webhook changed: -alertname=A"])
    }

    @Test func whatWasToldToBeOverDoesNotFireAgainAfterAKill() async throws {
        let first = try RoutingBench(AlertRouterTests.simple)
        await first.fire("alertname=A")
        #expect(await first.pass(10).count == 1)
        await first.end("alertname=A")
        #expect(await first.pass(60) == ["hook/webhook changed: -alertname=A"])
        let bench = try restarted(first, after: 1)
        #expect(await bench.pass(300) == [])
    }

    @Test func anEndThatWasToldBeforeAKillReachesTheReceiverAfterIt() async throws {
        let first = try RoutingBench(AlertRouterTests.simple)
        await first.fire("alertname=A")
        #expect(await first.pass(10).count == 1)
        await first.end("alertname=A")
        first.queue.fail(.closed)
        #expect(await first.pass(60) == [])
        first.queue.fail(nil)
        let bench = try restarted(first, after: 1)
        #expect(await bench.pass(70) == ["hook/webhook changed: -alertname=A"])
    }

    @Test func silencesHoldAfterARestart() async throws {
        let first = try RoutingBench(AlertRouterTests.simple)
        let now = first.clock.now()
        let silence = Silence(
            matchers: [try SeriesMatcher("alertname", pattern: "A|B"), SeriesMatcher("x", equals: "", negated: true)], startsAt: now, endsAt: now.advanced(milliseconds: 3_600_000),
            createdBy: "me", comment: "c", annotations: SeriesLabels([SeriesLabel("kind", "maintenance")]))
        let id = try await first.router.setSilence(silence)
        let bench = try restarted(first, after: 1)
        let kept = try #require(await bench.router.silence(id))
        #expect(kept.matchers == silence.matchers && kept.annotations == silence.annotations && kept.createdBy == "me")
        await bench.fire("alertname=A,x=1")
        #expect(await bench.pass(30) == [])
    }

    @Test func aSilenceThatCouldNotBeKeptDoesNotHold() async throws {
        let bench = try RoutingBench(AlertRouterTests.simple)
        bench.files.plan(MemoryFiles.Plan(from: 1, code: 28))
        let now = bench.clock.now()
        await #expect(throws: SilenceError.self) {
            _ = try await bench.router.setSilence(
                Silence(matchers: [SeriesMatcher("a", equals: "b")], startsAt: now, endsAt: now.advanced(milliseconds: 1000), createdBy: "", comment: ""))
        }
        #expect(await bench.router.silences.isEmpty)
    }

    @Test func aDamagedFileOfSilencesIsNotOverwritten() async throws {
        let first = try RoutingBench(AlertRouterTests.simple)
        let now = first.clock.now()
        let silence = Silence(matchers: [SeriesMatcher("a", equals: "b")], startsAt: now, endsAt: now.advanced(milliseconds: 1000), createdBy: "", comment: "")
        _ = try await first.router.setSilence(silence)
        first.files.setContent("alerting/silences.json", Array("{\"version\":1,".utf8))
        let bench = try restarted(first, after: 1)
        #expect(bench.events.all.contains { if case .damaged = $0 { true } else { false } })
        await #expect(throws: SilenceError.self) { _ = try await bench.router.setSilence(silence) }
        #expect(bench.files.content("alerting/silences.json") == Array("{\"version\":1,".utf8))
    }
}
