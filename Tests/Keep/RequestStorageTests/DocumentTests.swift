import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

@Test func knownDocumentsAreRefusedAndTheOthersOfTheBatchKept() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    let first = try await store.append(.simple(times: [now, now + 1], ids: ["a", "b"]))
    #expect(first == AppendReceipt(firstSequence: 1))
    let second = try await store.append(.simple(times: [now + 2, now + 3, now + 4, now + 5], ids: ["b", "c", "", "c"]))
    #expect(second == AppendReceipt(firstSequence: 3, conflicts: [0, 3]))
    let third = try await store.append(.simple(times: [now], ids: ["a"]))
    #expect(third == AppendReceipt(firstSequence: 5, conflicts: [0]))
    #expect(try store.snapshot(of: .all).rows().mapValues { $0[.time] } == [
        1: .integer(now), 2: .integer(now + 1), 3: .integer(now + 3), 4: .integer(now + 4),
    ])
    #expect(store.sequence(ofDocument: "c", index: "requests") == 3)
    #expect(store.sequence(ofDocument: "c", index: "other") == nil)
    #expect(store.sequence(ofDocument: "d", index: "requests") == nil)
}

@Test(arguments: [false, true]) func documentsAreKnownAfterARestart(isFlushed: Bool) async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now - Timestamp.microsecondsPerDay, now], ids: ["a", "b", ""]))
    if isFlushed { try await store.flush() }
    let again = try TestStore((test.files as! MemoryFiles).afterKill()).open()
    #expect(again.sequence(ofDocument: "a", index: "requests") == 1)
    #expect(again.sequence(ofDocument: "b", index: "requests") == 2)
    #expect(try await again.append(.simple(times: [now], ids: ["b"])).conflicts == [0])
}

@Test func documentsThatCouldNotBeStoredAreNotKnown() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    files.plan(MemoryFiles.Plan(from: 1, until: 2, code: 5, only: .synchronize))
    await #expect(throws: StorageError.self) { try await store.append(.simple(times: [now], ids: ["a"])) }
    #expect(try await store.append(.simple(times: [now], ids: ["a"])).conflicts.isEmpty)
}

@Test func droppedDocumentsMayComeAgain() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now - 9 * Timestamp.microsecondsPerDay, now], ids: ["old", "new"]))
    try await store.flush()
    await store.setRetention(days: 2)
    #expect(store.sequence(ofDocument: "old", index: "requests") == nil)
    #expect(try await store.append(.simple(times: [now, now], ids: ["old", "new"])).conflicts == [1])
}

@Test func theOldestDocumentsAreForgottenAtTheLimit() async throws {
    var test = TestStore()
    test.configuration.documentIDsMax = 20
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<100 { _ = try await store.append(.simple(times: [now], ids: ["doc-\(index)"])) }
    try await store.flush()
    test.files = (test.files as! MemoryFiles).afterKill()
    for store in [store, try test.open()] {
        #expect(store.sequence(ofDocument: "doc-99", index: "requests") == 100)
        #expect(store.sequence(ofDocument: "doc-91", index: "requests") == 92)
        #expect(store.sequence(ofDocument: "doc-0", index: "requests") == nil)
    }
}

@Test func sendersOfTheSameDocumentAtOnceStoreItOnce() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    let conflicts = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 { group.addTask { try await store.append(.simple(times: [now], ids: ["same"])).conflicts.count } }
        return try await group.reduce(0, +)
    }
    #expect(conflicts == 39)
    #expect(store.statistics.records == 1)
}
