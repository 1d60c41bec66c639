@testable import AlertDelivery
import AlertRouting
import GatewayModel
import KeepTestSupport
import Synchronization
import Testing

/// Receivers as the world sees them over several lives of the program: which messages arrived, and whether they were said to be possible repetitions.
private final class World: Sendable {
    private let arrivals = Mutex<[(id: String, isMarked: Bool)]>([])

    func arrive(_ message: OutgoingMessage) { arrivals.withLock { $0.append((message.notification.id, message.mayHaveArrived)) } }
    var all: [(id: String, isMarked: Bool)] { arrivals.withLock { $0 } }
}

/// What was acknowledged while the program lived.
private struct Promised {
    var ids: [String] = []
}

private let folder = "data/alerting/outbox"
/// Three groups of two receivers, firing and resolved.
private let messages: [Notification] = (0..<6).flatMap { number in
    [
        Notification.test("\(number) firing", receiver: "r\(number % 2)", group: "\(number)"),
        Notification.test("\(number) resolved", receiver: "r\(number % 2)", group: "\(number)", firing: [], resolved: ["A"], reason: .changed),
    ]
}

/// One life of the program, which dies when a step of the disk says so. `isDead` tells whether it has.
private func live(_ files: MemoryFiles, _ world: World, _ promised: inout Promised, sending: [Notification], isDead: @escaping @Sendable () -> Bool) async {
    let failures = Mutex(3)
    let sender = SenderDouble { message in
        // A dead process sends nothing.
        if isDead() { return .giveUp("dead") }
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0 && left % 2 == 0
        }
        if fails { return .retry(.init("503")) }
        world.arrive(message)
        return .delivered
    }
    var limits = OutboxLimits()
    limits.journalBytesMax = 6_000
    guard let outbox = try? Outbox(folder: folder, files: files, clock: LeapingClock(), sender: sender, limits: limits, jitter: { 1 }) else { return }
    await withTaskGroup(of: Void.self) { group in
        group.addTask { await outbox.run() }
        for message in sending {
            guard !isDead() else { break }
            // After a crash routing looks up what was told, and does not tell it again.
            if outbox.lastNotified(message.key)?.at == message.createdAt, promised.ids.contains(message.id) { continue }
            if (try? await outbox.enqueue(message)) != nil, !isDead() { promised.ids.append(message.id) }
        }
        while !isDead(), !outbox.deliveries(limit: 1, where: { $0.status == .waiting }).isEmpty { await Task.yield() }
        outbox.stop()
        await group.waitForAll()
    }
    await outbox.close()
}

private func check(_ world: World, _ promised: Promised, _ what: String) {
    let arrivals = world.all
    for id in promised.ids {
        let found = arrivals.filter { $0.id == id }
        #expect(!found.isEmpty, "\(what): '\(id)' is lost")
        #expect(found.dropFirst().allSatisfy { $0.isMarked }, "\(what): '\(id)' is doubled without a mark")
        #expect(found.count <= 2, "\(what): '\(id)' came \(found.count) times")
    }
    #expect(arrivals.count { $0.isMarked } <= 2, "\(what): at most what was on its way to the two receivers is repeated")
    for number in 0..<6 {
        let order = arrivals.filter { $0.id.hasPrefix("\(number) ") }.map(\.id)
        #expect(order == order.sorted(), "\(what): firing before resolved")
    }
}

struct OutboxDurabilityTests {
    @Test func withoutFaultsEveryMessageArrivesOnce() async {
        let files = MemoryFiles(), world = World()
        var promised = Promised()
        await live(files, world, &promised, sending: messages, isDead: { false })
        #expect(world.all.map(\.id).sorted() == messages.map(\.id).sorted())
        #expect(world.all.allSatisfy { !$0.isMarked })
        #expect(files.steps > 40)
    }

    @Test(arguments: [false, true]) func dyingAtAnyStepLosesNothingAndDoublesOnlyWhatWasOnItsWay(isPowerCut: Bool) async {
        // Some hundred steps in a life; how many exactly depends on who shares a synchronisation.
        for step in 1...130 {
            let files = MemoryFiles(), world = World()
            var promised = Promised()
            files.plan(MemoryFiles.Plan(from: step))
            await live(files, world, &promised, sending: messages, isDead: { files.steps >= step })
            let next = isPowerCut ? files.afterPowerCut() : files.afterKill()
            await live(next, world, &promised, sending: [], isDead: { false })
            check(world, promised, "\(isPowerCut ? "power cut" : "killed") at step \(step)")
        }
    }

    @Test(arguments: [(28, 1), (5, 3), (28, 30)]) func anErrorOfTheDiskAtAnyStepKeepsNoMessageFromArriving(code: Int, length: Int) async {
        for step in stride(from: 5, through: 80, by: 1) {
            let files = MemoryFiles(), world = World()
            var promised = Promised()
            files.plan(MemoryFiles.Plan(from: step, until: step + length, code: Int32(code)))
            await live(files, world, &promised, sending: messages, isDead: { false })
            #expect(world.all.map(\.id).sorted() == messages.map(\.id).sorted(), "error \(code) at step \(step)")
        }
    }
}
