import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Synchronization
import Testing

/// What lies in a data folder beside the records.
struct KeptFoldersTests {
    private static let log = "0000000001.wal"

    @Test func filesAreSortedByHowTheyMayBeCopied() {
        let folders = KeptFolders([
            "wal/0000000007.wal", "parts/2026-03-05/0000000003.part", "MANIFEST", "id.key", "LOCK", "BACKUP", "families.totals", "dashboards/mine.yaml", "dashboards/.versions/mine/1.yaml",
            "annotations/0000000002.wal", "annotations/0000000003.wal", "snapshots/index/0000000001.wal", "snapshots/abc.json", "snapshots/abc.json.tmp", "series/MANIFEST",
            "series/MANIFEST.copy", "series/LOCK", "series/metadata", "series/wal/0000000004.wal", "series/blocks/0000000001.block", "../evil",
        ])
        #expect(folders.stores == ["series": ["series/metadata", "series/wal/0000000004.wal", "series/blocks/0000000001.block"]])
        #expect(folders.journals == [
            "annotations": ["annotations/0000000002.wal", "annotations/0000000003.wal"], "snapshots/index": ["snapshots/index/0000000001.wal"],
        ])
        #expect(folders.singles == ["families.totals", "dashboards/mine.yaml", "dashboards/.versions/mine/1.yaml", "snapshots/abc.json"])
    }

    /// A store with two kept files; `act` is done at each further call that lists the folder, as another process does.
    private func backup(_ changes: [@Sendable (MemoryFiles) throws -> Void]) async throws -> (files: MemoryFiles, calls: Int) {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        let store = try test.open()
        _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
        for (name, text) in [("series/MANIFEST", "1"), ("series/MANIFEST.copy", "1"), ("series/blocks/0000000001.block", "one"), ("series/wal/\(Self.log)", "a"), ("annotations/\(Self.log)", "x")] {
            try files.replace("/store/" + name, with: Array(text.utf8))
        }
        let calls = Mutex(0)
        _ = try StoreBackup.run(
            from: "/store", to: "/backup",
            names: {
                let call = calls.withLock { calls in
                    defer { calls += 1 }
                    return calls
                }
                let names = files.names.filter { $0.hasPrefix("/store/") }.map { String($0.dropFirst("/store/".count)) }
                // After the listing, so that it is behind already when it is looked at.
                if changes.indices.contains(call) { do { try changes[call](files) } catch { Issue.record(error) } }
                return names
            }, files: files)
        _ = try StoreRestore.run(from: "/backup", to: "/restored", files: files)
        return (files, calls.withLock { $0 })
    }

    private func text(_ files: MemoryFiles, _ name: String) -> String { String(decoding: files.content("/restored/" + name), as: UTF8.self) }

    @Test func whatStandsStillIsCopiedOnce() async throws {
        let (files, calls) = try await backup([])
        #expect(calls == 5)
        #expect(text(files, "series/MANIFEST") == "1" && text(files, "series/blocks/0000000001.block") == "one" && text(files, "annotations/\(Self.log)") == "x")
    }

    /// A flush: samples go to a block, and their log goes.
    @Test func aStoreWhoseManifestChangesIsCopiedAgain() async throws {
        let flush: @Sendable (MemoryFiles) throws -> Void = { files in
            try files.replace("/store/series/blocks/0000000002.block", with: Array("two".utf8))
            try files.replace("/store/series/wal/0000000002.wal", with: Array("b".utf8))
            for name in ["MANIFEST", "MANIFEST.copy"] { try files.replace("/store/series/" + name, with: Array("2".utf8)) }
            try files.remove("/store/series/wal/\(Self.log)")
        }
        let (files, calls) = try await backup([{ _ in }, flush])
        #expect(calls == 6)
        #expect(text(files, "series/MANIFEST") == "2" && text(files, "series/blocks/0000000002.block") == "two" && text(files, "series/wal/0000000002.wal") == "b")
        #expect(!files.names.contains("/restored/series/wal/\(Self.log)"))
    }

    /// A journal that is written anew begins a file that stands for all before it, and these go.
    @Test func aJournalThatIsWrittenAnewIsCopiedAgain() async throws {
        let compaction: @Sendable (MemoryFiles) throws -> Void = { files in
            try files.replace("/store/annotations/0000000002.wal", with: Array("all".utf8))
            try files.remove("/store/annotations/\(Self.log)")
        }
        let (files, _) = try await backup([{ _ in }, { _ in }, compaction])
        #expect(text(files, "annotations/0000000002.wal") == "all" && !files.names.contains("/restored/annotations/\(Self.log)"))
        let roll: @Sendable (MemoryFiles) throws -> Void = { files in try files.replace("/store/annotations/0000000002.wal", with: Array("more".utf8)) }
        let (both, _) = try await backup([{ _ in }, { _ in }, roll])
        #expect(text(both, "annotations/\(Self.log)") == "x" && text(both, "annotations/0000000002.wal") == "more")
    }

    /// The file of a snapshot is written before the journal speaks of it.
    @Test func whatAJournalSpeaksOfIsThere() async throws {
        let keep: @Sendable (MemoryFiles) throws -> Void = { files in try files.replace("/store/snapshots/new.json", with: Array("{}".utf8)) }
        let (files, _) = try await backup([{ _ in }, { _ in }, { _ in }, keep])
        #expect(text(files, "snapshots/new.json") == "{}")
    }

    @Test func aFolderThatNeverRestsIsToldInsteadOfTriedForEver() async throws {
        let change: @Sendable (MemoryFiles) throws -> Void = { files in
            try files.replace("/store/series/MANIFEST", with: files.content("/store/series/MANIFEST") + [1])
        }
        await #expect(throws: StorageError.self) { _ = try await backup(Array(repeating: change, count: 200)) }
    }

    @Test func whatWasRemovedSinceTheLastBackupIsNotRestored() async throws {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        let store = try test.open()
        _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
        for name in ["a", "b"] { try files.replace("/store/dashboards/\(name).yaml", with: Array(name.utf8)) }
        func back() throws {
            _ = try StoreBackup.run(from: "/store", to: "/backup", names: { files.names.filter { $0.hasPrefix("/store/") }.map { String($0.dropFirst("/store/".count)) } }, files: files)
        }
        try back()
        #expect(files.names.contains("/backup/dashboards/a.yaml"))
        try files.remove("/store/dashboards/a.yaml")
        try back()
        #expect(!files.names.contains("/backup/dashboards/a.yaml") && files.names.contains("/backup/dashboards/b.yaml"))
        // A folder that was made of a backup by hand has its index; that of the new backup is another.
        try files.replace("/store/BACKUP", with: files.content("/backup/BACKUP"))
        try back()
        _ = try StoreRestore.run(from: "/backup", to: "/restored", files: files)
        #expect(files.names.contains("/restored/dashboards/b.yaml") && !files.names.contains("/restored/dashboards/a.yaml"))
    }
}
