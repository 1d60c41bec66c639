@testable import AlertRules
import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import PromQL
import Testing

/// Groups at their turns: what is recorded, told, replaced, and what a restart changes.
@Suite struct RuleEngineTests {
    private static let start = RuleFixture.start

    private static func load(_ store: SampleStore, _ name: String, _ value: Double, from: Int64 = start - 60_000, count: Int = 1_000, every: Int64 = 1_000) {
        var samples = SampleColumns()
        for index in 0..<count { samples.append(from + Int64(index) * every, value) }
        store.append(SeriesLabels([SeriesLabel("__name__", name)]), samples)
    }

    @Test func aGroupIsEvaluatedAtInstantsThatAreItsIntervalApart() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .record("copy", "x")])
        try await fixture.run(milliseconds: 60_000)
        let series = try fixture.writer.store.select(
            SeriesRequest([SeriesMatcher("__name__", equals: "copy")], from: 0, through: .max, grid: StepGrid(start: 0, end: 0, step: 1)))
        var samples = SampleColumns()
        try series.first?.read(from: 0, through: .max, into: &samples)
        #expect(samples.count == 6)
        #expect(zip(samples.times, samples.times.dropFirst()).allSatisfy { $1 - $0 == 10_000 })
        let report = try #require(fixture.engine.reports.first)
        #expect(report.figures.turns == 6)
        #expect(report.figures.missed == 0)
        #expect(report.evaluations == 6)
    }

    @Test func sinksAreToldOfAlerts() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .alert("High", "x > 5")])
        try await fixture.run(milliseconds: 20_000)
        #expect(fixture.sink.told.map(\.name) == ["High"])
    }

    @Test func rulesThatStayKeepTheirAlertsAndAGroupThatSaysTheSameGoesOn() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .alert("High", "x > 5", for: 1_000)])
        try await fixture.run(milliseconds: 20_000) {
            let before = fixture.engine.reports[0].rules[0].alerts?.first?.activeAt
            #expect(before != nil)
            fixture.put([try .alert("High", "x > 5", for: 1_000)])
            #expect(fixture.engine.reports[0].rules[0].alerts?.first?.activeAt == before)
            fixture.put([try .alert("Other", "x > 50"), try .alert("High", "x > 6", for: 1_000)])
            #expect(fixture.engine.reports[0].rules[1].alerts?.first?.activeAt == before)
            #expect(fixture.engine.reports[0].rules[1].rule.text == "x > 6")
        }
    }

    @Test func aGroupThatIsGoneEndsItsSeriesAfterTwoIntervals() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .record("copy", "x")])
        try await fixture.run(milliseconds: 20_000) {
            fixture.engine.replace([])
            await fixture.clock.run(milliseconds: 12_000, sleepers: 1)
            #expect(try Self.values(fixture, "copy").count == 1)
            // The loop ends with the markers: nobody sleeps any more.
            for _ in 0..<20 where fixture.clock.sleeperCount > 0 {
                fixture.clock.advance(milliseconds: 1_000)
                for _ in 0..<100 { await Task.yield() }
            }
            while try !Self.values(fixture, "copy").isEmpty { await Task.yield() }
        }
    }

    private static func values(_ fixture: EngineFixture, _ text: String) throws -> [AnswerSample] {
        let answer = try PromQLEngine(reader: fixture.writer.store).instant(try PromQLParser.parse(text), at: fixture.clock.now())
        guard case .vector(let samples) = answer.value else { return [] }
        return samples
    }

    @Test func aStoreThatRefusesMakesTheRulesUnhealthyUntilItDoesNot() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .record("copy", "x")])
        fixture.writer.refuse(.storage(.full(reason: "no space")))
        try await fixture.run(milliseconds: 20_000) {
            #expect(fixture.engine.reports[0].rules[0].health == .failing)
            #expect(fixture.engine.reports[0].rules[0].lastError.contains("could not be stored"))
            fixture.writer.refuse(nil)
            await fixture.clock.run(milliseconds: 11_000, sleepers: 1)
            #expect(fixture.engine.reports[0].rules[0].health == .ok)
        }
        #expect(fixture.events.events.contains { if case .notStored = $0 { true } else { false } })
    }

    @Test func aClockThatIsSetBackMakesNobodyWait() async throws {
        let fixture = EngineFixture()
        Self.load(fixture.writer.store, "x", 7, from: Self.start - 8_000_000, count: 9_000)
        fixture.put([try .alert("High", "x > 5", for: 15)])
        let task = Task { await fixture.engine.run() }
        await fixture.clock.run(milliseconds: 12_000, sleepers: 1)
        fixture.clock.advance(milliseconds: -3_600_000)
        // The sleeper of before sleeps on by the old clock; it wakes when the test's clock has come there again, or is woken here.
        fixture.clock.advance(milliseconds: 3_600_000 + 5_000)
        await fixture.clock.run(milliseconds: 30_000, sleepers: 1)
        #expect(fixture.engine.reports[0].rules[0].alerts?.first?.state == .firing)
        task.cancel()
        await task.value
    }

    // MARK: Restarts

    @Test func whatFiredBeforeARestartIsNotToldAnewAndNotResolvedByIt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/firing.json"
        defer { withExtendedLifetime(folder) {} }
        let writer = StoreWriter()
        // Samples end at the restart, and come again 15 s after it.
        Self.load(writer.store, "x", 7, from: Self.start - 60_000, count: 80)
        Self.load(writer.store, "x", 7, from: Self.start + 35_000)
        let first = EngineFixture(memory: RememberedAlerts(path: path), writer: writer)
        first.put([try .alert("High", "x > 5", annotations: ["say": "so"])])
        try await first.run(milliseconds: 20_000, sleepers: 2)
        let startsAt = try #require(first.sink.told.first?.startsAt)

        let memory = RememberedAlerts(path: path)
        #expect(memory.failure == nil)
        let second = EngineFixture(memory: memory, writer: writer, clock: HandClock(Self.start + 20_000))
        second.put([try .alert("High", "x > 5", annotations: ["say": "so"])])
        #expect(second.engine.reports[0].rules[0].alerts?.map(\.state) == [.firing])
        try await second.run(milliseconds: 40_000, sleepers: 2)
        #expect(second.sink.told.allSatisfy { $0.startsAt == startsAt && $0.endsAt > startsAt })
        #expect(second.engine.reports[0].rules[0].alerts?.map(\.state) == [.firing])
    }

    @Test func whatEndedDuringARestartIsToldAsEndedWithItsAnnotations() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/firing.json"
        defer { withExtendedLifetime(folder) {} }
        let writer = StoreWriter()
        Self.load(writer.store, "x", 7, from: Self.start - 60_000, count: 80)
        Self.load(writer.store, "x", 1, from: Self.start + 20_000)
        let first = EngineFixture(memory: RememberedAlerts(path: path), writer: writer)
        first.put([try .alert("High", "x > 5", annotations: ["say": "so"])])
        try await first.run(milliseconds: 20_000, sleepers: 2)

        let second = EngineFixture(memory: RememberedAlerts(path: path), writer: writer, clock: HandClock(Self.start + 20_000))
        second.put([try .alert("High", "x > 5", annotations: ["say": "so"])])
        try await second.run(milliseconds: 60_000, sleepers: 2)
        let ended = second.sink.told.filter { $0.isResolved(at: Timestamp(microseconds: second.clock.now() * 1_000)) }
        #expect(!ended.isEmpty)
        #expect(ended.allSatisfy { $0.annotations["say"] == "so" })
    }

    @Test func anEndThatWasNotToldBeforeARestartIsToldAfterIt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/firing.json"
        defer { withExtendedLifetime(folder) {} }
        let writer = StoreWriter()
        Self.load(writer.store, "x", 7, from: Self.start - 60_000, count: 75)
        Self.load(writer.store, "x", 1, from: Self.start + 15_000)
        let first = EngineFixture(memory: RememberedAlerts(path: path), writer: writer)
        first.put([try .alert("High", "x > 5")])
        try await first.run(milliseconds: 31_000, sleepers: 2)
        let second = EngineFixture(memory: RememberedAlerts(path: path), writer: writer, clock: HandClock(Self.start + 31_000))
        second.put([try .alert("High", "x > 5")])
        try await second.run(milliseconds: 80_000, sleepers: 2)
        #expect(second.sink.told.contains { $0.isResolved(at: Timestamp(microseconds: second.clock.now() * 1_000)) })
        #expect(!second.sink.told.contains { !$0.isResolved(at: Timestamp(microseconds: second.clock.now() * 1_000)) })
    }

    @Test func aDamagedMemoryIsToldAndDoesNotKeepTheEngineFromStarting() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/firing.json"
        defer { withExtendedLifetime(folder) {} }
        try Data("{\"version\":1".utf8).write(to: URL(fileURLWithPath: path))
        #expect(RememberedAlerts(path: path).failure != nil)
    }

    @Test func aMemoryThatCannotBeWrittenIsToldAndAlertsGoOut() async throws {
        let folder = try TemporaryFolder()
        let fixture = EngineFixture(memory: RememberedAlerts(path: folder.url.path + "/missing/firing.json"))
        Self.load(fixture.writer.store, "x", 7)
        fixture.put([try .alert("High", "x > 5")])
        try await fixture.run(milliseconds: 20_000, sleepers: 2)
        #expect(fixture.sink.told.map(\.name) == ["High"])
        #expect(fixture.events.events.contains { if case .notRemembered = $0 { true } else { false } })
    }

    @Test func pendingAlertsDoNotWaitAnewAfterARestart() async throws {
        let writer = StoreWriter()
        Self.load(writer.store, "x", 7, from: Self.start - 60_000, count: 6_000)
        let rule = try Rule.alert("Slow", "x > 5", for: 3_600)
        let first = EngineFixture(writer: writer)
        first.put([rule])
        try await first.run(milliseconds: 30_000)
        let activeAt = try #require(first.engine.reports[0].rules[0].alerts?.first?.activeAt)
        let downAt = try #require(first.engine.reports[0].lastEvaluation)
        // Ten minutes of outage.
        let second = EngineFixture(writer: writer, clock: HandClock(Self.start + 630_000))
        second.put([rule])
        try await second.run(milliseconds: 31_000)
        let restored = try #require(second.engine.reports[0].rules[0].alerts?.first?.activeAt)
        // Whole seconds are kept, and the outage does not count.
        let restoredAt = restored - activeAt / 1_000 * 1_000 + downAt
        #expect(restoredAt > Self.start + 630_000 && restoredAt <= Self.start + 661_000)
    }
}
