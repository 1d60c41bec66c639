import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Synchronization
import Testing

/// A store with parts of several days, rows in the log, and what it shows.
private func fill(_ test: TestStore, seed: Int = 3) async throws -> (store: RequestStore, oracle: RecordOracle) {
    let store = try test.open()
    var batches = RandomBatches(seed: seed, now: test.clock.now, days: 3, oneFieldIn: 8)
    var oracle = RecordOracle()
    for index in 0..<5 {
        let batch = batches.next(rows: 20)
        oracle.append(batch, try await store.append(batch))
        if index < 4 { try await store.flush() }
    }
    return (store, oracle)
}

private func restored(_ files: MemoryFiles, from backup: String = "/backup") throws -> [Int64: Row] {
    _ = try StoreRestore.run(from: backup, to: "/restored", files: files)
    var test = TestStore(files)
    test.folder = "/restored"
    let store = try test.open()
    #expect(store.snapshot(of: .all).notes.isEmpty)
    return try store.snapshot(of: .all).rows()
}

@Test(arguments: [true, false], [true, false]) func backupOfARunningStoreHoldsWhatWasAcknowledged(copies: Bool, hasLinks: Bool) async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    files.setLinks(hasLinks)
    let (store, oracle) = try await fill(test)
    let report = try StoreBackup.run(from: "/store", to: "/backup", copiesAll: copies, files: files)
    #expect(report.partRecords == 80 && report.missing.isEmpty && report.kept == 0)
    #expect(copies || !hasLinks ? report.linked == 0 : report.linked == store.statistics.parts)
    // What comes later is not in it, and what goes later stays in it.
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    await store.setRetention(days: 1)
    #expect(try restored(files) == oracle.rows)
}

@Test func backupOfAStoppedStoreIsTheSame() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let (store, oracle) = try await fill(test)
    await store.close()
    _ = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    #expect(try restored(files) == oracle.rows)
}

@Test func secondBackupKeepsWhatIsThereAndRemovesWhatIsGone() async throws {
    var test = TestStore()
    test.configuration.mergeSettleSeconds = 0
    let files = test.files as! MemoryFiles
    let (store, first) = try await fill(test)
    var oracle = first
    _ = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    let parts = store.statistics.parts
    let again = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    #expect(again.kept == parts && again.linked == 0)
    let batch = RecordBatch.simple(times: [test.clock.now.microseconds])
    oracle.append(batch, try await store.append(batch))
    try await store.flush()
    let more = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    // The rows of the log went to parts of up to four days.
    #expect(more.kept == parts && (1...4).contains(more.linked))
    await store.mergeParts(isWhole: true)
    let merged = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    #expect(merged.kept == 0 && merged.linked == store.statistics.parts)
    #expect(files.names.filter { $0.hasPrefix("/backup/parts/") }.count == store.statistics.parts)
    #expect(try restored(files) == oracle.rows)
}

@Test func otherFilesComeAlong() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    _ = try await fill(test)
    try files.replace("/etc/gatewatch.yaml", with: Array("listen: ...".utf8))
    let extras = [StoreBackup.Extra(path: "/etc/gatewatch.yaml", name: "config/gatewatch.yaml"), .init(path: "/nowhere", name: "nothing"), .init(path: "/etc/gatewatch.yaml", name: "../evil")]
    _ = try StoreBackup.run(from: "/store", to: "/backup", extras: extras, files: files)
    _ = try restored(files)
    #expect(files.content("/restored/config/gatewatch.yaml") == Array("listen: ...".utf8))
    #expect(!files.names.contains { $0.contains("evil") || $0.contains("nothing") })
}

@Test func backupThatDiesAtAnyStepIsRefusedAndCompletedByTheNext() async throws {
    let test = TestStore()
    let prepared = test.files as! MemoryFiles
    let (_, oracle) = try await fill(test)
    let whole = prepared.afterKill()
    whole.plan(MemoryFiles.Plan())
    _ = try StoreBackup.run(from: "/store", to: "/backup", files: whole)
    let steps = whole.steps
    #expect(steps > 30)
    for step in 1...steps {
        let files = prepared.afterKill()
        files.plan(MemoryFiles.Plan(from: step))
        #expect(throws: StorageError.self) { try StoreBackup.run(from: "/store", to: "/backup", files: files) }
        let after = files.afterKill()
        if !after.names.contains("/backup/BACKUP") {
            #expect(throws: StorageError.self) { try StoreRestore.run(from: "/backup", to: "/restored", files: after) }
        }
        _ = try StoreBackup.run(from: "/store", to: "/backup", files: after)
        #expect(try restored(after) == oracle.rows, "died at step \(step)")
        #expect(!after.names.contains { $0.hasPrefix("/backup") && $0.hasSuffix(".tmp") && $0.contains("/parts/") })
    }
}

@Test func everyFlippedByteOfABackupIsFoundByTheRestore() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    _ = try await fill(test)
    _ = try StoreBackup.run(from: "/store", to: "/backup", copiesAll: true, files: files)
    for name in files.names where name.hasPrefix("/backup/") {
        let content = files.content(name)
        for place in stride(from: 0, to: content.count, by: max(1, content.count / 40)) {
            let copy = files.afterKill()
            var flipped = content
            flipped[place] ^= 8
            copy.setContent(name, flipped)
            #expect { try StoreRestore.run(from: "/backup", to: "/restored", files: copy) } throws: { error in
                if case .damaged(let file, _, _)? = error as? StorageError { name.hasSuffix(file) } else { false }
            }
            #expect(!copy.names.contains { $0.hasPrefix("/restored") })
        }
    }
}

@Test func restoreGoesIntoAnEmptyFolderOnly() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    _ = try await fill(test)
    _ = try StoreBackup.run(from: "/store", to: "/backup", files: files)
    try files.replace("/restored/something", with: [1])
    #expect(throws: StorageError.self) { try StoreRestore.run(from: "/backup", to: "/restored", files: files) }
    #expect(throws: StorageError.self) { try StoreBackup.run(from: "/backup2", to: "/x", files: files) }
}

@Test func folderThatIsNoBackupIsLeftAlone() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    _ = try await fill(test)
    try files.replace("/home/letter", with: [1])
    #expect(throws: StorageError.self) { try StoreBackup.run(from: "/store", to: "/home", files: files) }
    #expect(files.names.filter { $0.hasPrefix("/home") } == ["/home/letter"])
}

@Test func namesOfABackupStayInItsFolder() {
    for name in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/"] { #expect(!BackupIndex.isInside(name)) }
    for name in ["BACKUP", "parts/2026-03-05/0000000001.part", "..a"] { #expect(BackupIndex.isInside(name)) }
}

/// Backups while rows are appended, flushed, merged and dropped: each holds at least what was acknowledged before it began, and nothing twice.
@Test func backupsUnderLoadAreConsistent() async throws {
    let folder = try TemporaryFolder()
    var test = TestStore(SystemFiles())
    test.folder = folder.path + "/data"
    test.configuration.mergeSettleSeconds = 0
    let store = try test.open()
    let now = test.clock.now.microseconds
    let stop = Mutex(false)
    async let load: Int64 = {
        var count: Int64 = 0
        while !stop.withLock({ $0 }) {
            guard (try? await store.append(.simple(times: (0..<50).map { now - $0 * 3_600_000_000 }))) != nil else { break }
            count += 50
            if count % 200 == 0 { try? await store.flush() }
            if count % 800 == 0 { await store.mergeParts(isWhole: true) }
        }
        return count
    }()
    for round in 0..<4 {
        while store.statistics.records < Int64(round + 1) * 400 { await Task.yield() }
        let before = store.statistics.records
        _ = try StoreBackup.run(from: test.folder, to: folder.path + "/backup")
        let after = store.statistics.records
        var copy = TestStore(SystemFiles())
        copy.folder = folder.path + "/restored-\(round)"
        _ = try StoreRestore.run(from: folder.path + "/backup", to: copy.folder)
        let restored = try copy.open()
        #expect(restored.snapshot(of: .all).notes.isEmpty)
        // `rows()` expects that no number stands twice.
        let rows = try restored.snapshot(of: .all).rows().count
        #expect(rows >= before && rows <= after + 50 && rows % 50 == 0)
        await restored.close()
    }
    stop.withLock { $0 = true }
    _ = await load
    await store.close()
}
