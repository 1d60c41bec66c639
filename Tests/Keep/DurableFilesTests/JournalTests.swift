import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

private let folder = "data/journal"

/// What a caller was told is kept, and what was ever handed over, in order.
private struct Told {
    var kept: [[UInt8]] = []
    var handed: [[UInt8]] = []
}

/// A short life: appends of all sizes, two snapshots, more appends.
private func live(_ files: MemoryFiles, _ told: inout Told) async {
    guard let (journal, recovered) = try? Journal.open(folder: folder, files: files) else { return }
    let state = EventLog<[UInt8]>()
    for entry in recovered.entries { state.note(entry) }
    for step in 0..<8 {
        let entries = (0..<(step % 3 + 1)).map { [UInt8](repeating: UInt8(step), count: ($0 + step) * 7) }
        told.handed += entries
        do {
            try await journal.append(entries) { failure in if failure == nil { for entry in entries { state.note(entry) } } }
            told.kept += entries
        } catch {}
        if step == 2 || step == 5 { try? await journal.replace { state.all } }
    }
    await journal.close()
}

/// Whether `part` is in `whole`, in order.
private func isSubsequence(_ part: [[UInt8]], of whole: [[UInt8]]) -> Bool {
    var rest = whole[...]
    for entry in part {
        guard let index = rest.firstIndex(of: entry) else { return false }
        rest = rest[(index + 1)...]
    }
    return true
}

private func check(_ files: MemoryFiles, _ told: Told, _ what: String) async throws {
    let (journal, recovered) = try Journal.open(folder: folder, files: files)
    #expect(recovered.damage.isEmpty, "\(what): \(recovered.damage)")
    #expect(isSubsequence(told.kept, of: recovered.entries), "\(what): something is lost")
    #expect(isSubsequence(recovered.entries, of: told.handed), "\(what): something is doubled")
    try await journal.append([[9, 9, 9]]) { _ in }
    await journal.close()
    let again = try Journal.open(folder: folder, files: files)
    #expect(again.recovered.entries == recovered.entries + [[9, 9, 9]], "\(what): it goes on")
    await again.journal.close()
}

struct JournalTests {
    private func steps() async -> Int {
        let files = MemoryFiles()
        var told = Told()
        await live(files, &told)
        return files.steps
    }

    @Test func aJournalSaysWhatItWasTold() async throws {
        let files = MemoryFiles()
        var told = Told()
        await live(files, &told)
        #expect(told.kept.count == 15)
        #expect(told.kept == told.handed)
        try await check(files.afterKill(), told, "no fault")
        #expect(files.names.filter { $0.hasSuffix(".wal") }.count == 1)
    }

    @Test func dyingAtAnyStepLosesAndDoublesNothing() async throws {
        let steps = await steps()
        #expect(steps > 30)
        for step in 1...steps {
            let files = MemoryFiles()
            files.plan(MemoryFiles.Plan(from: step))
            var told = Told()
            await live(files, &told)
            try await check(files.afterKill(), told, "killed at step \(step)")
            try await check(files.afterPowerCut(), told, "power cut at step \(step)")
        }
    }

    @Test(arguments: [(28, 1), (5, 1), (28, 3), (5, 6)]) func anErrorAtAnyStepLosesAndDoublesNothing(code: Int, length: Int) async throws {
        for step in 1...(await steps()) {
            let files = MemoryFiles()
            files.plan(MemoryFiles.Plan(from: step, until: step + length, code: Int32(code)))
            var told = Told()
            await live(files, &told)
            files.plan(MemoryFiles.Plan())
            try await check(files.afterKill(), told, "error \(code) at step \(step)")
            try await check(files.afterPowerCut(), told, "error \(code) at step \(step), then a power cut")
        }
    }

    @Test func damageCostsOnlyTheFrameThatItHits() async throws {
        let files = MemoryFiles()
        let (journal, _) = try Journal.open(folder: folder, files: files)
        for number in 0..<20 { try await journal.append([[UInt8](repeating: UInt8(number), count: 50)]) { _ in } }
        await journal.close()
        let path = try #require(files.names.first { $0.hasSuffix(".wal") })
        let bytes = files.content(path)
        for place in stride(from: 40, to: bytes.count - 90, by: 13) {
            var broken = bytes
            broken[place] ^= 0x55
            files.setContent(path, broken)
            let (journal, recovered) = try Journal.open(folder: folder, files: files)
            #expect(recovered.entries.count == 19, "byte \(place)")
            #expect(!recovered.damage.isEmpty, "byte \(place)")
            await journal.close()
        }
    }

    @Test func aClosedJournalRefuses() async throws {
        let (journal, _) = try Journal.open(folder: folder, files: MemoryFiles())
        await journal.close()
        await #expect(throws: StorageError.closed) { try await journal.append([[1]]) { _ in } }
        await #expect(throws: StorageError.closed) { try await journal.replace { [] } }
    }
}
