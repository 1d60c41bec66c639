import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// A store with parts of three days and rows in the log, as a killed process leaves it.
private func killedStore() async throws -> (files: MemoryFiles, oracle: RecordOracle) {
    let test = TestStore()
    let store = try test.open()
    var batches = RandomBatches(seed: 41, now: test.clock.now, days: 2, oneFieldIn: 10)
    var oracle = RecordOracle()
    for index in 0..<4 {
        let batch = batches.next(rows: 8)
        oracle.append(batch, try await store.append(batch))
        if index < 2 { try await store.flush() }
    }
    return ((test.files as! MemoryFiles).afterKill(), oracle)
}

@Test func wholeStoreHasNoDamage() async throws {
    let (files, _) = try await killedStore()
    for readsAll in [false, true] {
        let inspection = try StoreInspection.run("/store", readsAll: readsAll, files: files)
        #expect(inspection.damage.isEmpty && inspection.remarks.isEmpty)
        #expect(inspection.parts == 6 && inspection.logs == 1 && inspection.partRecords == 16 && inspection.logRecords == (readsAll ? 16 : 0))
    }
    #expect(throws: StorageError.self) { try StoreInspection.run("/elsewhere", readsAll: false, files: files) }
}

/// A flipped byte in every file at every place: found, named, and the rest can be read.
@Test func everyFlippedByteOfAStoreIsFoundNamedAndCostsOnlyItself() async throws {
    let (files, oracle) = try await killedStore()
    let names = files.names.filter { $0 != "/store/LOCK" }
    #expect(names.count == 10)
    for name in names {
        let content = files.content(name)
        let relative = name.dropFirst("/store/".count)
        for place in stride(from: 0, to: content.count, by: name.hasSuffix(".key") ? 1 : max(1, content.count / 60)) {
            let copy = files.afterKill()
            var flipped = content
            flipped[place] ^= 0x20
            copy.setContent(name, flipped)
            let inspection = try StoreInspection.run("/store", readsAll: true, files: copy)
            let found = inspection.damage.contains { if case .damaged(let file, _, _) = $0 { file == relative } else { false } }
            // Damage to the last frame looks like an unfinished write.
            #expect(found || inspection.remarks.contains { $0.hasPrefix(relative) }, "\(name), byte \(place)")
            try expectTheRest(copy, oracle, "\(name), byte \(place)")
        }
    }
}

/// Every record that is shown is right in every field that can be read, and the other files' records are all there.
private func expectTheRest(_ files: MemoryFiles, _ oracle: RecordOracle, _ what: String) throws {
    let store = try TestStore(files).open()
    var seen = 0
    for segment in store.snapshot(of: .all).segments {
        var sequences: [Int64] = []
        guard (try? segment.read(.sequence, block: 0, into: &sequences)) != nil else { continue }
        seen += sequences.count
        var times: [Int64] = []
        guard (try? segment.read(.time, block: 0, into: &times)) != nil else { continue }
        for (sequence, time) in zip(sequences, times) { #expect(oracle.rows[sequence]?[.time] == .integer(time), "\(what)") }
    }
    #expect(seen >= 8, "\(what)")
}

@Test func leftoversAreRemarksAndNoDamage() async throws {
    let (files, _) = try await killedStore()
    try files.replace("/store/parts/2026-03-05/0000000099.part", with: [1])
    var log = files.content("/store/wal/0000000003.wal")
    log.append(7)
    files.setContent("/store/wal/0000000003.wal", log)
    let inspection = try StoreInspection.run("/store", readsAll: true, files: files)
    #expect(inspection.damage.isEmpty && inspection.remarks.count == 2)
}

@Test func missingFilesAreNamed() async throws {
    let (files, _) = try await killedStore()
    let part = try #require(files.names.first { $0.hasSuffix(".part") })
    for name in [part, "/store/MANIFEST.copy", "/store/id.key"] { try files.remove(name) }
    let inspection = try StoreInspection.run("/store", readsAll: false, files: files)
    #expect(inspection.damage.count == 3)
}

@Test func dayStatisticsAddUp() async throws {
    let (files, _) = try await killedStore()
    let days = try DayStatistics.all("/store", files: files)
    #expect(days.map(\.day) == ["2026-03-03", "2026-03-04", "2026-03-05"] && days.reduce(0) { $0 + $1.records } == 16)
    for day in days {
        let columns = day.columnBytes.values.reduce(0, +)
        // Header, directory and tail come on top.
        #expect(columns > 0 && columns < day.bytes && day.unreadableParts == 0)
    }
}
