import DurableFiles
import GatewayModel
import Incidents
import KeepTestSupport
import Synchronization
import Testing

/// A book over a disk in memory, with a clock that is set by hand.
struct BookBench {
    let files: MemoryFiles
    let clock: TestClock
    let book: IncidentBook
    let events = EventList()

    final class EventList: Sendable {
        private let list = Mutex<[IncidentBook.Event]>([])
        func add(_ event: IncidentBook.Event) { list.withLock { $0.append(event) } }
        var all: [IncidentBook.Event] { list.withLock { $0 } }
    }

    init(files: MemoryFiles = MemoryFiles(), clock: TestClock = TestClock(), options: IncidentOptions = IncidentOptions()) throws {
        (self.files, self.clock) = (files, clock)
        let events = events
        book = try IncidentBook(folder: "/incidents", files: files, options: options, now: { clock.now }, onEvent: { events.add($0) })
    }

    /// The book as another process finds it after this one has died.
    func reopened() throws -> BookBench { try BookBench(files: files.afterPowerCut(), clock: clock) }

    func alert(_ name: String, severity: String = "critical", provider: String? = "openai", model: String? = nil, activeSecondsAgo: Int64 = 0, endsIn: Int64 = 60) -> Alert {
        var labels = [SeriesLabel("alertname", name), SeriesLabel("severity", severity)]
        if let provider { labels.append(SeriesLabel("provider", provider)) }
        if let model { labels.append(SeriesLabel("model", model)) }
        let now = clock.now
        return Alert(
            labels: SeriesLabels(labels), annotations: SeriesLabels([SeriesLabel("summary", "\(name) is bad")]), startsAt: now,
            endsAt: Timestamp(microseconds: now.microseconds + endsIn * 1_000_000),
            evidence: AlertEvidence(
                expression: "x > 1", value: 2, threshold: nil, group: "g", file: "f", activeAt: Timestamp(microseconds: now.microseconds - activeSecondsAgo * 1_000_000)))
    }

    func resolved(_ alert: Alert) -> Alert {
        var alert = alert
        alert.endsAt = clock.now
        return alert
    }
}

@Suite struct IncidentBookTests {
    @Test func anAlertOpensAnIncidentAndItsEndEndsIt() async throws {
        let bench = try BookBench()
        let alert = bench.alert("ErrorRate", model: "gpt-4o", activeSecondsAgo: 30)
        await bench.book.receive([alert])
        await bench.book.receive([alert])
        let open = try #require(bench.book.incidents().first)
        #expect(bench.book.incidents().count == 1)
        #expect(open.id == "I-1")
        #expect(open.title == "ErrorRate openai gpt-4o")
        #expect(open.state == .open)
        #expect(open.severity == "critical")
        #expect(open.detectedAt.seconds - open.startedAt.seconds == 30)
        bench.clock.advance(seconds: 120)
        await bench.book.receive([bench.resolved(alert)])
        let over = try #require(bench.book.incident("I-1"))
        #expect(over.state == .resolved)
        #expect(over.resolvedAt == bench.clock.now)
        #expect(over.timeline.map(\.kind) == [.opened, .alertResolved, .resolved])
    }

    @Test(arguments: [
        // name, provider, seconds after the first, whether it joins
        ("ErrorRate", "openai", Int64(3_600), true), ("ErrorRate", "anthropic", 10, false), ("Latency", "openai", 299, true), ("Latency", "openai", 301, false),
        ("Latency", "anthropic", 10, false), ("ErrorRate", "openai", 90_000, false),
    ])
    func alertsOfOneGroupOrCauseJoin(name: String, provider: String, after: Int64, joins: Bool) async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("ErrorRate", severity: "warning", endsIn: 1_000_000)])
        bench.clock.advance(seconds: after)
        await bench.book.receive([bench.alert(name, model: "gpt-4o", endsIn: 1_000_000)])
        // The model is part of the group and of the cause: only alerts without it are the same.
        #expect(bench.book.incidents().count == 2)
        await bench.book.receive([bench.alert(name, severity: "critical", provider: provider, endsIn: 1_000_000)])
        #expect(bench.book.incidents().count == (joins ? 2 : 3))
        let first = try #require(bench.book.incident("I-1"))
        #expect(first.severity == (joins ? "critical" : "warning"))
    }

    @Test func alertsWithoutACauseDoNotJoinEachOther() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A", provider: nil), bench.alert("B", provider: nil)])
        #expect(bench.book.incidents().count == 2)
    }

    @Test func anIncidentEndsWithTheLastOfItsAlerts() async throws {
        let bench = try BookBench()
        let (first, second) = (bench.alert("A"), bench.alert("B"))
        await bench.book.receive([first, second])
        await bench.book.receive([bench.resolved(first)])
        #expect(bench.book.incident("I-1")?.state == .open)
        await bench.book.receive([bench.resolved(second)])
        #expect(bench.book.incident("I-1")?.state == .resolved)
    }

    @Test func peopleEndIncidentsWhereThatIsAskedFor() async throws {
        let bench = try BookBench(options: IncidentOptions(resolvesAutomatically: false))
        let alert = bench.alert("A")
        await bench.book.receive([alert])
        await bench.book.receive([bench.resolved(alert)])
        #expect(bench.book.incident("I-1")?.state == .open)
        let incident = try await bench.book.resolve("I-1", text: "", author: "ada")
        #expect(incident.state == .resolved)
    }

    @Test func anAlertThatComesBackSoonReopensItsIncident() async throws {
        let bench = try BookBench()
        let alert = bench.alert("A")
        await bench.book.receive([alert])
        await bench.book.receive([bench.resolved(alert)])
        bench.clock.advance(seconds: 600)
        let again = bench.alert("A")
        await bench.book.receive([again])
        let incident = try #require(bench.book.incident("I-1"))
        #expect(incident.state == .open)
        #expect(incident.resolvedAt == nil)
        #expect(incident.alerts.count == 1)
        #expect(incident.timeline.map(\.kind).contains(.reopened))
        await bench.book.receive([bench.resolved(again)])
        bench.clock.advance(seconds: 1_801)
        await bench.book.receive([bench.alert("A")])
        #expect(bench.book.incidents().count == 2)
    }

    @Test func anAlertThatNobodyTellsAgainEnds() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A", endsIn: 60)])
        bench.clock.advance(seconds: 61)
        await bench.book.maintain()
        #expect(bench.book.incident("I-1")?.state == .resolved)
    }

    @Test func peopleAcknowledgeAssignNoteResolveAndReopen() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A")])
        bench.clock.advance(seconds: 30)
        let taken = try await bench.book.acknowledge("I-1", author: "ada")
        #expect(taken.state == .acknowledged)
        #expect(taken.acknowledgedAt == bench.clock.now)
        #expect(taken.assignee == "ada")
        let assigned = try await bench.book.assign("I-1", to: "bob", author: "ada")
        #expect(assigned.assignee == "bob")
        _ = try await bench.book.note("I-1", text: "the provider has trouble", author: "bob")
        let over = try await bench.book.resolve("I-1", text: "switched over", author: "bob")
        #expect(over.state == .resolved)
        let reopened = try await bench.book.reopen("I-1", text: "not yet", author: "bob")
        #expect(reopened.state == .acknowledged)
        #expect(reopened.resolvedAt == nil)
        #expect(reopened.timeline.map(\.kind) == [.opened, .acknowledged, .assigned, .note, .resolved, .reopened])
        #expect(reopened.timeline.map(\.author) == ["", "ada", "ada", "bob", "bob", "bob"])
    }

    @Test func wishesThatMakeNoSenseAreRefused() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A")])
        let book = bench.book
        await #expect(throws: IncidentError.notFound("I-9")) { try await book.acknowledge("I-9", author: "ada") }
        await #expect(throws: IncidentError.notFound("x")) { try await book.acknowledge("x", author: "ada") }
        await #expect(throws: IncidentError.invalid(field: "author", reason: "is missing")) { try await book.acknowledge("I-1", author: " ") }
        await #expect(throws: IncidentError.invalid(field: "text", reason: "has more than 4000 bytes")) { try await book.note("I-1", text: String(repeating: "x", count: 4_001), author: "a") }
        await #expect(throws: IncidentError.invalid(field: "id", reason: "I-1 is not resolved")) { try await book.reopen("I-1", text: "", author: "ada") }
        let now = bench.clock.now
        await #expect(throws: IncidentError.invalid(field: "to", reason: "the end must lie behind the beginning")) {
            try await book.mark(title: "x", range: TimeRange(from: now, to: now), author: "ada")
        }
    }

    @Test func aStoryHasAnEnd() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A")])
        for _ in 1..<IncidentLimits.timelineMax { _ = try await bench.book.note("I-1", text: "x", author: "ada") }
        let book = bench.book
        await #expect(throws: IncidentError.self) { try await book.note("I-1", text: "x", author: "ada") }
    }

    @Test func anOutageOfEverythingIsOneIncidentOfLimitedSize() async throws {
        let bench = try BookBench()
        await bench.book.receive((0..<1_000).map { bench.alert("Alert\($0)") })
        #expect(bench.book.incidents().map(\.alerts.count) == [IncidentLimits.alertsMax])
        #expect(bench.book.incidents().first?.timeline.count == IncidentLimits.machineTimelineMax)
    }

    // MARK: The disk

    @Test func whatWasAcknowledgedSurvivesACrash() async throws {
        let bench = try BookBench()
        let alert = bench.alert("A")
        await bench.book.receive([alert])
        _ = try await bench.book.acknowledge("I-1", author: "ada")
        _ = try await bench.book.mark(title: "yesterday", range: TimeRange(from: Timestamp(microseconds: 1), to: Timestamp(microseconds: 2)), author: "ada")
        let before = bench.book.incidents()
        let again = try bench.reopened()
        #expect(again.book.incidents() == before)
        // The alert is known: told again it changes nothing, and its end is the incident's.
        await again.book.receive([alert])
        #expect(again.book.incidents() == before)
        await again.book.receive([again.resolved(alert)])
        #expect(again.book.incident("I-1")?.state == .resolved)
        await again.book.receive([again.alert("B", provider: "x")])
        #expect(again.book.incidents().map(\.id).contains("I-3"))
    }

    @Test func whateverStepTheProcessDiesAtNothingAcknowledgedIsLost() async throws {
        for step in 1...40 {
            let files = MemoryFiles()
            let bench = try BookBench(files: files)
            await bench.book.receive([bench.alert("A")])
            files.plan(MemoryFiles.Plan(from: step))
            var noted = 0
            for index in 0..<8 {
                if (try? await bench.book.note("I-1", text: "\(index)", author: "ada")) != nil { noted += 1 } else { break }
                if index == 4 { await bench.book.maintain() }
            }
            let again = try bench.reopened()
            let notes = try #require(again.book.incident("I-1")).timeline.filter { $0.kind == .note }.map(\.text)
            #expect(notes.count >= noted, "step \(step)")
            #expect(notes == (0..<notes.count).map { "\($0)" }, "step \(step)")
        }
    }

    @Test func aFullDiskCostsNoIncidentAndIsMadeUpFor() async throws {
        let bench = try BookBench()
        await bench.book.receive([bench.alert("A")])
        bench.files.plan(MemoryFiles.Plan(from: 1, code: 28))
        let book = bench.book
        await #expect(throws: IncidentError.self) { try await book.note("I-1", text: "x", author: "ada") }
        await bench.book.receive([bench.alert("B", provider: "x")])
        #expect(bench.book.incidents().count == 2)
        bench.files.plan(MemoryFiles.Plan())
        await bench.book.maintain()
        #expect(bench.events.all.last == .keptAgain)
        #expect(try bench.reopened().book.incidents() == bench.book.incidents())
    }

    @Test func whatIsOverForLongIsForgotten() async throws {
        let bench = try BookBench()
        let alert = bench.alert("A")
        await bench.book.receive([alert])
        await bench.book.receive([bench.resolved(alert)])
        bench.clock.advance(days: 399)
        await bench.book.maintain()
        #expect(bench.book.incidents().count == 1)
        bench.clock.advance(days: 2)
        await bench.book.maintain()
        #expect(bench.book.incidents().isEmpty)
        #expect(try bench.reopened().book.incidents().isEmpty)
    }

    // MARK: Questions

    @Test func incidentsAreListedByStateAndTime() async throws {
        let bench = try BookBench()
        let start = bench.clock.now
        let alert = bench.alert("A")
        await bench.book.receive([alert])
        bench.clock.advance(seconds: 100)
        await bench.book.receive([bench.resolved(alert)])
        bench.clock.advance(seconds: 1_000)
        await bench.book.receive([bench.alert("B", provider: "x")])
        #expect(bench.book.incidents().map(\.id) == ["I-2", "I-1"])
        #expect(bench.book.incidents([.resolved]).map(\.id) == ["I-1"])
        let early = TimeRange(from: start, to: Timestamp(microseconds: start.microseconds + 50_000_000))
        #expect(bench.book.incidents(in: early).map(\.id) == ["I-1"])
        #expect(bench.book.incidents(limit: 1).map(\.id) == ["I-2"])
    }

    @Test func statisticsAverageByWeek() async throws {
        // Noon of Thursday 2026-03-05, in week 10.
        let bench = try BookBench()
        let alert = bench.alert("A", activeSecondsAgo: 10)
        await bench.book.receive([alert])
        bench.clock.advance(seconds: 60)
        _ = try await bench.book.acknowledge("I-1", author: "ada")
        bench.clock.advance(seconds: 240)
        await bench.book.receive([bench.resolved(alert)])
        bench.clock.advance(days: 7)
        await bench.book.receive([bench.alert("B", severity: "info", activeSecondsAgo: 4)])
        let weeks = bench.book.statistics(weeks: 3)
        #expect(weeks.map(\.name) == ["2026-W09", "2026-W10", "2026-W11"])
        #expect(weeks.map { [$0.incidents, $0.critical, $0.info] } == [[0, 0, 0], [1, 1, 0], [1, 0, 1]])
        let means: [[Double?]] = weeks.map { [$0.meanDetectSeconds, $0.meanAcknowledgeSeconds, $0.meanResolveSeconds] }
        let expected: [[Double?]] = [[nil, nil, nil], [10, 60, 310], [4, nil, nil]]
        #expect(means == expected)
        #expect(weeks[1].from.iso8601.hasPrefix("2026-03-02T00:00:00"))
    }

    @Test(arguments: [("2024-12-31T12:00:00Z", "2025-W01"), ("2027-01-01T00:00:00Z", "2026-W53"), ("2026-01-01T00:00:00Z", "2026-W01"), ("2023-01-01T23:00:00Z", "2022-W52")])
    func weeksAreThoseOfISO8601(time: String, name: String) throws {
        let bench = try BookBench(clock: TestClock(try #require(Timestamp(iso8601: time))))
        #expect(bench.book.statistics(weeks: 1).map(\.name) == [name])
    }
}
