import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

private func check(_ store: RequestStore, _ model: DocumentModel, _ what: String) throws {
    let rows = try store.snapshot(of: .all).rows()
    #expect(rows == model.rows, "\(what)")
    #expect(store.statistics.records == Int64(model.rows.count), "\(what)")
    for id in DocumentTraffic.ids { #expect(store.sequence(ofDocument: id, index: "logs") == model.sequence(of: id), "\(what): \(id)") }
}

/// Index, create, delete, repeated messages, removals by number, flushes and restarts, in any order: the store stays what a naive one is.
@Test(arguments: 0..<12) func documentsAndMessagesAreAsInANaiveStore(seed: Int) async throws {
    var test = TestStore()
    // Small enough that flushes also happen by themselves.
    test.configuration.rowsPerFlush = seed % 3 == 0 ? 40 : 1_000_000
    var store = try test.open()
    var traffic = DocumentTraffic(random: SeededGenerator(seed: seed), now: test.clock.now)
    var model = DocumentModel()
    for step in 0..<150 {
        let what = "seed \(seed), step \(step)"
        let (batch, identity) = traffic.next()
        let expected = model.apply(batch, identity)
        #expect(try await store.append(batch, identity: identity) == expected, "\(what)")
        if traffic.random.oneIn(6) {
            // Documents and unknown numbers: how long a removed message is known depends on when its row goes.
            let asked = (0..<5).map { _ in Int64.random(in: 1...Int64(step * 4 + 4), using: &traffic.random) }
                .filter { model.rows[$0].map { $0[.documentID] != nil } ?? true }
            let removed = asked.map { model.remove($0) }
            #expect(try await store.remove(asked) == removed, "\(what)")
        }
        if traffic.random.oneIn(12) { try await store.flush() }
        if traffic.random.oneIn(8) { try check(store, model, what) }
        if traffic.random.oneIn(15) {
            let files = test.files as! MemoryFiles
            if traffic.random.oneIn(2) { await store.close() }
            test.files = traffic.random.oneIn(2) ? files.afterKill() : files.afterPowerCut()
            store = try test.open()
            try check(store, model, "\(what), restarted")
            #expect(test.events.damage == [], "\(what)")
        }
    }
    try check(store, model, "seed \(seed), at the end")
}

/// What a sender has done and heard when its store failed: the state before the step that was not acknowledged, and after it.
private func live(_ test: TestStore, seed: Int, stopsAtError: Bool = true) async -> (before: DocumentModel, after: DocumentModel) {
    var traffic = DocumentTraffic(random: SeededGenerator(seed: seed), now: test.clock.now, days: 2)
    var before = DocumentModel()
    guard let store = try? test.open() else { return (before, before) }
    for step in 0..<14 {
        let (batch, identity) = traffic.next()
        var after = before
        let expected = after.apply(batch, identity)
        guard let receipt = try? await store.append(batch, identity: identity) else { return (before, after) }
        #expect(receipt == expected)
        before = after
        if step == 4 || step == 8 || step == 12 { try? await store.flush() }
    }
    await store.close()
    return (before, before)
}

private func stepsOfALife(seed: Int) async -> Int {
    let test = TestStore()
    _ = await live(test, seed: seed)
    return (test.files as! MemoryFiles).steps
}

/// All of a batch, with what it replaces and deletes, or nothing of it.
private func check(_ files: MemoryFiles, _ states: (before: DocumentModel, after: DocumentModel), _ what: String) async throws {
    let test = TestStore(files)
    let store = try test.open()
    let rows = try store.snapshot(of: .all).rows()
    let model = rows == states.after.rows ? states.after : states.before
    try check(store, model, what)
    #expect(store.snapshot(of: .all).notes.isEmpty, "\(what)")
    try await store.flush()
    let reopened = try TestStore(files.afterKill()).open()
    #expect(try reopened.snapshot(of: .all).rows() == rows, "\(what): flushed and restarted")
}

@Test(arguments: [3, 4]) func dyingAtAnyStepKeepsBatchesAndWhatTheyHideTogether(seed: Int) async throws {
    let steps = await stepsOfALife(seed: seed)
    #expect(steps > 60)
    for step in 1...steps {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        files.plan(MemoryFiles.Plan(from: step))
        let states = await live(test, seed: seed)
        try await check(files.afterKill(), states, "seed \(seed), killed at step \(step)")
        try await check(files.afterPowerCut(), states, "seed \(seed), power cut at step \(step)")
    }
}

@Test(arguments: [(28, 1), (5, 3)] as [(Int32, Int)]) func anErrorAtAnyStepKeepsBatchesAndWhatTheyHideTogether(code: Int32, length: Int) async throws {
    let steps = await stepsOfALife(seed: 5)
    for step in 1...steps {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        files.plan(MemoryFiles.Plan(from: step, until: step + length, code: code))
        let states = await live(test, seed: 5)
        files.plan(MemoryFiles.Plan())
        try await check(files.afterKill(), states, "error \(code) at step \(step)")
        try await check(files.afterPowerCut(), states, "error \(code) at step \(step), then a power cut")
    }
}
