@testable import AlertDelivery
import AlertRouting
import GatewayModel
import KeepTestSupport
import Synchronization
import Testing

/// Runs an outbox until nothing waits or `isDone` says so.
private func deliverAll(_ outbox: Outbox, until isDone: @escaping @Sendable () -> Bool = { false }) async {
    await withTaskGroup(of: Void.self) { group in
        group.addTask { await outbox.run() }
        while !isDone(), !outbox.deliveries(limit: 1, where: { $0.status == .waiting }).isEmpty { await Task.yield() }
        outbox.stop()
        await group.waitForAll()
    }
}

private func open(
    _ sender: SenderDouble, files: MemoryFiles = MemoryFiles(), clock: LeapingClock = LeapingClock(), limits: OutboxLimits = OutboxLimits(), jitter: Double = 1,
    events: EventLog<Outbox.Event> = EventLog()
) throws -> Outbox {
    try Outbox(folder: "data/alerting/outbox", files: files, clock: clock, sender: sender, limits: limits, jitter: { jitter }, onEvent: { events.note($0) })
}

struct OutboxTests {
    @Test func aMessageIsDeliveredOnceAndLogged() async throws {
        let sender = SenderDouble()
        let outbox = try open(sender)
        try await outbox.enqueue(.test("1"))
        await deliverAll(outbox)
        #expect(sender.ids == ["1"])
        let record = try #require(outbox.deliveries(limit: 10).first)
        #expect(record.status == .delivered)
        #expect(record.attempts == 1)
        #expect(record.latencySeconds == 20)
        #expect(outbox.counters[IntegrationKey(receiver: "ops", kind: "slack", index: 0)]?.delivered == 1)
    }

    @Test func messagesOfAGroupKeepTheirOrderThroughFailures() async throws {
        let failures = Mutex(5)
        let sender = SenderDouble { _ in
            failures.withLock { left in
                left -= 1
                return left >= 0 ? .retry(.init("down")) : .delivered
            }
        }
        let outbox = try open(sender)
        try await outbox.enqueue(.test("firing", firing: ["A"]))
        try await outbox.enqueue(.test("resolved", firing: [], resolved: ["A"], reason: .changed))
        await deliverAll(outbox)
        #expect(sender.ids == Array(repeating: "firing", count: 6) + ["resolved"])
        #expect(sender.inFlightMax == 1)
    }

    @Test func aMessageThatCannotBeDigestedDoesNotHoldUpOtherGroups() async throws {
        let sender = SenderDouble { $0.notification.id == "poison" ? .retry(.init("500")) : .delivered }
        let outbox = try open(sender)
        try await outbox.enqueue(.test("poison", group: "a", lifetimeSeconds: 600))
        try await outbox.enqueue(.test("good", group: "b"))
        await deliverAll(outbox)
        #expect(sender.ids.firstIndex(of: "good") ?? 99 <= 1)
        let records = Dictionary(outbox.deliveries(limit: 10).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(records["poison"]?.status == .expired)
        #expect((6...20).contains(records["poison"]?.attempts ?? 0))
        #expect(records["poison"]?.lastError == "500")
    }

    @Test func aSlowReceiverDelaysNobodyElse() async throws {
        let others = Mutex(0)
        let sender = SenderDouble { message in
            if message.notification.key.receiver == "slow" {
                // Hangs until all the others have had theirs: were they to wait for it, this would never end.
                while others.withLock({ $0 }) < 10 { await Task.yield() }
            } else { others.withLock { $0 += 1 } }
            return .delivered
        }
        let outbox = try open(sender)
        try await outbox.enqueue(.test("slow", receiver: "slow"))
        for number in 0..<10 { try await outbox.enqueue(.test("\(number)", receiver: "fast", group: "\(number)")) }
        await deliverAll(outbox)
        #expect(sender.sent.count == 11)
    }

    @Test func anAskedForWaitIsKept() async throws {
        let clock = LeapingClock(), times = EventLog<Double>()
        let sender = SenderDouble { message in
            times.note(clock.now().seconds - TestClock.start.seconds)
            return message.attempt == 1 ? .retry(.init("429", afterSeconds: 30)) : .delivered
        }
        let outbox = try open(sender, clock: clock)
        try await outbox.enqueue(.test("1", group: "a"))
        try await outbox.enqueue(.test("2", group: "b"))
        await deliverAll(outbox)
        #expect(times.all.count == 4)
        #expect(times.all[1] >= 30)
    }

    @Test func attemptsAreSpacedByTheTable() async throws {
        let clock = LeapingClock(), times = EventLog<Double>()
        let sender = SenderDouble { message in
            times.note(clock.now().seconds - TestClock.start.seconds)
            return message.attempt <= 8 ? .retry(.init("down")) : .delivered
        }
        let outbox = try open(sender, clock: clock)
        try await outbox.enqueue(.test("1"))
        await deliverAll(outbox)
        let waits = zip(times.all, times.all.dropFirst()).map { $1 - $0 }
        for (wait, wanted) in zip(waits, [1.0, 2, 4, 8, 16, 32, 60, 60]) { #expect(abs(wait - wanted) < 0.01) }
    }

    @Test func aNewerMessageReplacesOneThatItCoversAndNoOther() async throws {
        let sender = SenderDouble()
        let outbox = try open(sender)
        try await outbox.enqueue(.test("A", firing: ["A"]))
        try await outbox.enqueue(.test("A and B", firing: ["A", "B"], reason: .changed))
        try await outbox.enqueue(.test("A is over", firing: ["B"], resolved: ["A"], reason: .changed))
        try await outbox.enqueue(.test("other", group: "other", firing: ["A", "B"], resolved: []))
        await deliverAll(outbox)
        #expect(sender.ids.sorted() == ["A and B", "A is over", "other"])
        #expect(outbox.deliveries(limit: 10) { $0.id == "A" }.first?.status == .replaced)
    }

    @Test func aGoneReceiverIsSentNothingMoreUntilItsConfigurationIsReadAnew() async throws {
        let isGone = Mutex(true)
        let sender = SenderDouble { _ in isGone.withLock { $0 } ? .disable("the receiver answered 410") : .delivered }
        let outbox = try open(sender)
        let key = IntegrationKey(receiver: "ops", kind: "slack", index: 0)
        for number in 1...3 { try await outbox.enqueue(.test("\(number)", group: "\(number)")) }
        await deliverAll(outbox)
        #expect(sender.sent.count == 1)
        #expect(outbox.states[key]?.condition == .disabled)
        #expect(outbox.counters[key]?.failed == 3)
        isGone.withLock { $0 = false }
        outbox.enableAll()
        let again = try open(sender)
        try await again.enqueue(.test("4"))
        await deliverAll(again)
        #expect(again.states[key]?.condition == .ok)
    }

    @Test func aFullQueueDropsTheOldest() async throws {
        let sender = SenderDouble()
        var limits = OutboxLimits()
        limits.messagesMax = 5
        let outbox = try open(sender, limits: limits)
        for number in 0..<12 { try await outbox.enqueue(.test("\(number)", group: "\(number)")) }
        await deliverAll(outbox)
        #expect(sender.ids == (7..<12).map { "\($0)" })
        #expect(outbox.deliveries(limit: 100) { $0.status == .dropped }.count == 7)
        #expect(outbox.counters.values.first?.failed == 7)
    }

    @Test func messagesLeaveAtTheReceiversRate() async throws {
        let clock = LeapingClock(), times = EventLog<Double>()
        let sender = SenderDouble(rate: DeliveryRate(perSecond: 1, burst: 4)) { _ in
            times.note(clock.now().seconds - TestClock.start.seconds)
            return .delivered
        }
        let outbox = try open(sender, clock: clock)
        for number in 0..<10 { try await outbox.enqueue(.test("\(number)", group: "\(number)")) }
        await deliverAll(outbox)
        #expect(times.all.prefix(4).allSatisfy { $0 < 0.001 })
        #expect(times.all.count == 10)
        for (index, time) in times.all.enumerated().dropFirst(4) { #expect(time >= Double(index - 3) - 0.001) }
    }

    @Test func anUnknownOutcomeIsSentAgainAFewTimesOnlyWhereRepetitionsCannotBeTold() async throws {
        for (recognises, attempts) in [(false, 3), (true, 12)] {
            let sender = SenderDouble(recognisesRepetitions: recognises) { $0.attempt < 12 ? .retry(.init("no answer", mayHaveArrived: true)) : .delivered }
            let outbox = try open(sender)
            try await outbox.enqueue(.test("1"))
            await deliverAll(outbox)
            #expect(sender.sent.count == attempts)
            #expect(sender.sent.map(\.mayHaveArrived) == [false] + Array(repeating: true, count: attempts - 1))
        }
    }

    @Test func whatWasToldIsKnownAfterARestartAndASnapshot() async throws {
        let files = MemoryFiles(), sender = SenderDouble()
        var limits = OutboxLimits()
        limits.journalBytesMax = 1
        let message = Notification.test("1", firing: ["A"], resolved: ["B"])
        let outbox = try open(sender, files: files, limits: limits)
        try await outbox.enqueue(message)
        await deliverAll(outbox)
        await outbox.close()
        let again = try open(sender, files: files.afterKill())
        let told = try #require(again.lastNotified(message.key))
        #expect(told.firing == [message.alerts[0].alert.fingerprint])
        #expect(told.resolved == [message.alerts[1].alert.fingerprint])
        #expect(told.at == message.createdAt)
        #expect(again.lastNotified(NotificationKey(receiver: "ops", integration: "slack", index: 1, group: message.key.group)) == nil)
        #expect(again.deliveries(limit: 10).map(\.status) == [.delivered])
        let nothing = NotifiedState(firing: [], resolved: [], at: TestClock.start.adding(5))
        try await again.note(nothing, for: message.key, until: TestClock.start.adding(60))
        #expect(again.lastNotified(message.key) == nothing)
        await again.close()
    }
}

struct OutboxEventTests {
    @Test func eventsSurviveTheJournal() {
        var message = WaitingMessage(sequence: 7, notification: .test("x", firing: ["A", "ä\"\n"], resolved: ["B"]), firstBadAt: TestClock.start, notBefore: TestClock.start)
        message.attempts = 3
        message.begunAt = TestClock.start.adding(1)
        message.uncertainAttempts = 1
        message.lastError = "no"
        var infinite = Notification.test("y")
        infinite.alerts[0].alert.evidence?.value = .infinity
        let events: [OutboxEvent] = [
            .queued(message), .queued(WaitingMessage(sequence: 8, notification: infinite, firstBadAt: nil, notBefore: TestClock.start)), .began(7, at: TestClock.start),
            .failed(7, error: "e", notBefore: TestClock.start, mayHaveArrived: true), .ended(7, .expired, at: TestClock.start, error: nil),
            .notified(message.notification.key, NotifiedState(firing: [AlertFingerprint(1)], resolved: [AlertFingerprint(.max)], at: TestClock.start), until: TestClock.start.adding(9)),
            .recorded(message.record(.failed, at: TestClock.start, error: "gone")),
        ]
        for event in events { #expect(OutboxEvent(event.encode()) == event) }
        for bytes in ["", "{}", "{\"event\":\"began\"}", "{\"event\":\"new kind\"}", "[1]"] { #expect(OutboxEvent(Array(bytes.utf8)) == nil) }
    }
}
