import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

@testable import Dashboards

/// A shelf over a disk in memory, with a clock that is set by hand.
private struct Bench {
    let files: MemoryFiles
    let clock: TestClock
    let shelf: SnapshotShelf

    init(_ files: MemoryFiles = MemoryFiles(), clock: TestClock = TestClock()) throws {
        (self.files, self.clock) = (files, clock)
        shelf = try SnapshotShelf(folder: "/snapshots", files: files, now: { clock.now })
    }

    func add(_ title: String, days: Int64 = 30) async throws -> Snapshot {
        try await shelf.add(title: title, search: "?page=overview", days: days) { $0.member("answers", title) }
    }

    var contents: [String] { files.names.filter { $0.hasSuffix(".json") } }
}

struct SnapshotShelfTests {
    @Test func aSnapshotGoesWhenItsTimeIsOver() async throws {
        let bench = try Bench()
        let short = try await bench.add("short", days: 1)
        let long = try await bench.add("long", days: 2)
        #expect(String(decoding: try bench.shelf.content(short.id), as: UTF8.self).hasSuffix(#""answers":"short"}"#))
        bench.clock.leap(days: 1)
        #expect(bench.shelf.list() == [long])
        #expect(throws: SnapshotError.notFound(id: short.id)) { _ = try bench.shelf.content(short.id) }
        await #expect(throws: SnapshotError.notFound(id: short.id)) { try await bench.shelf.remove(short.id) }
        // Its file goes when the next one comes.
        let next = try await bench.add("next")
        #expect(bench.contents.count == 2 && bench.shelf.list() == [next, long])
    }

    @Test func aCrashAtAnyStepLeavesAllThatWasAcknowledgedAndNoMore() async throws {
        for step in 1...40 {
            let bench = try Bench()
            let kept = try await bench.add("kept")
            let gone = try await bench.add("gone")
            bench.files.plan(MemoryFiles.Plan(from: step))
            let added = try? await bench.add("new")
            let isRemoved = (try? await bench.shelf.remove(gone.id)) != nil
            let again = try Bench(bench.files.afterPowerCut(), clock: bench.clock)
            let listed = again.shelf.list()
            #expect(listed.contains(kept))
            if let added { #expect(listed.contains(added), "step \(step)") }
            if isRemoved { #expect(!listed.contains(gone), "step \(step)") }
            for snapshot in listed { #expect(try again.shelf.content(snapshot.id).count == snapshot.bytes, "step \(step)") }
            #expect(again.contents.count == listed.count, "step \(step)")
        }
    }

    @Test func identifiersCannotBeGuessed() async throws {
        let bench = try Bench()
        var seen: Set<String> = []
        for _ in 0..<50 { seen.insert(try await bench.add("x").id) }
        #expect(seen.count == 50 && seen.allSatisfy { $0.count == 22 })
    }

    @Test func thereIsALimit() async throws {
        let bench = try Bench()
        for _ in 0..<SnapshotLimits.countMax { _ = try await bench.add("x") }
        await #expect(throws: SnapshotError.full) { _ = try await bench.add("one more") }
        await #expect(throws: SnapshotError.tooLarge) {
            _ = try await bench.shelf.add(title: "", search: "", days: 1) { $0.member("answers", String(repeating: "x", count: SnapshotLimits.bytesMax)) }
        }
        bench.clock.leap(days: 31)
        _ = try await bench.add("room again")
        #expect(bench.shelf.list().count == 1)
    }
}
