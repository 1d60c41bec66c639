import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

@Test func secondOpenerIsToldWhoHasTheFolder() async throws {
    let folder = try TemporaryFolder()
    var test = TestStore(SystemFiles())
    test.folder = folder.path
    let store = try test.open()
    #expect(throws: StorageError.locked(folder: folder.path, holder: LockHolder.text.trimmingCharacters(in: .newlines))) { try test.open() }
    #expect(LockHolder.text.contains("pid \(getpid()) on "))
    await store.close()
    let next = try test.open()
    await next.close()
}

@Test func keyIsMadeOnceAndOnlyForTheOwner() async throws {
    let folder = try TemporaryFolder()
    var test = TestStore(SystemFiles())
    test.folder = folder.path
    let store = try test.open()
    let key = store.keyedHash
    await store.close()
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/id.key")[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let again = try test.open()
    #expect(again.keyedHash == key)
    await again.close()
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder.path + "/id.key"))
    #expect(throws: StorageError.damaged(file: "id.key", what: "3 bytes instead of 16", offset: 0)) { try test.open() }
}

@Test func leftoversOfACrashAreRemovedAndStrangersLeftAlone() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now]))
    try await store.flush()
    let files = (test.files as! MemoryFiles).afterKill()
    let leftovers = ["/store/parts/2026-03-05/0000000009.part", "/store/parts/2026-03-05/0000000010.part.tmp", "/store/wal/0000000001.wal", "/store/MANIFEST.tmp"]
    let strangers = ["/store/parts/2026-03-05/notes.txt", "/store/rejected/0000000001.part"]
    for path in leftovers + strangers { files.close(try files.create(path, isPrivate: false)) }
    let again = TestStore(files)
    #expect(try again.open().statistics.records == 1)
    #expect(Set(files.names).isDisjoint(with: leftovers))
    #expect(Set(files.names).isSuperset(of: strangers))
    #expect(again.events.damage.isEmpty)
}

@Test func systemFilesSayWhatWasRefused() throws {
    let files = SystemFiles()
    #expect(throws: StorageError.system(operation: "create", file: "/proc/none", code: ENOENT)) { try files.create("/proc/none", isPrivate: false) }
    #expect(try files.image("/nowhere") == nil)
    #expect(try files.list("/nowhere").isEmpty)
    #expect(try files.space("/tmp").total > 0)
    let full = try files.openForAppending("/dev/full")
    defer { files.close(full) }
    #expect { try files.write([1], 0..<1, to: full) } throws: { error in
        if case .full? = error as? StorageError { true } else { false }
    }
}
