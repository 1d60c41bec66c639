import ByteCoding
import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Synchronization
import Testing

private let replacing = BatchIdentity(replaces: [true])

private func delete(_ id: String, rowsBefore: Int = 0) -> DocumentDeletion { DocumentDeletion(DocumentName(index: "requests", id: id), rowsBefore: rowsBefore) }

@Test func replacedAndDeletedRecordsAreInNoAnswerAndSnapshotsDoNotChange() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now + 1], ids: ["a", "b"]))
    let before = store.snapshot(of: .all)
    let receipt = try await store.append(.simple(times: [now + 2], ids: ["a"]), identity: replacing)
    #expect(receipt == AppendReceipt(firstSequence: 3, replaced: [0], replacedVersions: [2]))
    let deleted = try await store.append(RecordBatch(), identity: BatchIdentity(deletions: [delete("b"), delete("b"), delete("none")]))
    #expect(deleted.deletedVersions == [2, 0, 0])
    #expect(Set(try store.snapshot(of: .all).rows().keys) == [3])
    #expect(Set(try before.rows().keys) == [1, 2])
    #expect(store.statistics.records == 1 && store.statistics.hiddenRecords == 2)
}

@Test func oneBatchIndexesDeletesAndIndexesTheSameDocumentInItsOrder() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    let identity = BatchIdentity(replaces: [true, true, false], deletions: [delete("a", rowsBefore: 1), delete("a", rowsBefore: 3)])
    let receipt = try await store.append(.simple(times: [now, now + 1, now + 2], ids: ["a", "a", "a"]), identity: identity)
    #expect(receipt == AppendReceipt(firstSequence: 1, conflicts: [2], deletedVersions: [2, 2]))
    #expect(try store.snapshot(of: .all).rows().isEmpty)
    #expect(store.sequence(ofDocument: "a", index: "requests") == nil)
}

@Test func flushedRowsNoLongerHoldWhatWasHiddenBefore() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now + 1], ids: ["a", "b"]))
    _ = try await store.append(.simple(times: [now + 2], ids: ["a"]), identity: replacing)
    try await store.flush()
    #expect(store.statistics.hiddenRecords == 0)
    #expect(store.snapshot(of: .all).segments.map(\.rowCount) == [2])
    // Hidden in a part: listed in a file, and known after a restart.
    _ = try await store.append(.simple(times: [now + 3], ids: ["b"]), identity: replacing)
    try await store.flush()
    #expect(store.statistics.hiddenRecords == 1)
    let files = (test.files as! MemoryFiles).afterKill()
    #expect(files.names.filter { $0.hasPrefix("/store/hidden/") }.count == 1)
    let again = try TestStore(files).open()
    #expect(Set(try again.snapshot(of: .all).rows().keys) == [3, 4])
    #expect(try await again.append(.simple(times: [now], ids: ["b"]), identity: replacing).replacedVersions == [3])
}

@Test func dayOfDeletedRecordsLeavesNoPart() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now - Timestamp.microsecondsPerDay], ids: ["a", "b"]))
    #expect(try await store.remove([2, 2, 9]) == [true, false, false])
    try await store.flush()
    #expect(store.statistics.parts == 1 && store.statistics.hiddenRecords == 0)
    #expect(store.sequence(ofDocument: "b", index: "requests") == nil)
}

/// A record that is replaced while its rows are being written to a part.
@Test func recordHiddenDuringAFlushStaysHidden() async throws {
    let gate = GatedFiles()
    let test = TestStore(gate)
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now + 1], ids: ["a", "b"]))
    gate.close()
    async let flushed: Void = store.flush()
    await gate.reached()
    _ = try await store.append(.simple(times: [now + 2], ids: ["a"]), identity: replacing)
    #expect(Set(try store.snapshot(of: .all).rows().keys) == [2, 3])
    gate.open()
    try await flushed
    #expect(Set(try store.snapshot(of: .all).rows().keys) == [2, 3])
    let killed = try TestStore(gate.inner.afterKill()).open()
    #expect(Set(try killed.snapshot(of: .all).rows().keys) == [2, 3])
    try await store.flush()
    let flushedAgain = try TestStore(gate.inner.afterPowerCut()).open()
    #expect(Set(try flushedAgain.snapshot(of: .all).rows().keys) == [2, 3])
}

@Test func tooManyHiddenRecordsRefuseReplacingAndNothingElse() async throws {
    var test = TestStore()
    test.configuration.hiddenRecordsMax = 2
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now], ids: ["a"]))
    try await store.flush()
    for _ in 0..<2 { _ = try await store.append(.simple(times: [now], ids: ["a"]), identity: replacing) }
    await #expect { try await store.append(.simple(times: [now], ids: ["a"]), identity: replacing) } throws: { error in
        if case .full(let reason) = error as? StorageError { reason.contains("merged") } else { false }
    }
    #expect(try await store.append(.simple(times: [now], ids: ["c"])).conflicts.isEmpty)
    #expect(store.statistics.unwritableReason == nil)
    // A flush leaves out what is hidden in memory: there is room again.
    try await store.flush()
    #expect(try await store.append(.simple(times: [now], ids: ["a"]), identity: replacing).replacedVersions == [4])
}

@Test func retentionForgetsTheHiddenRecordsOfItsDays() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now - 9 * Timestamp.microsecondsPerDay, now], ids: ["old", "new"]))
    try await store.flush()
    _ = try await store.remove([1, 2])
    #expect(store.statistics.hiddenRecords == 2)
    await store.setRetention(days: 2)
    #expect(store.statistics.hiddenRecords == 1 && store.statistics.records == 0)
    #expect(try TestStore((test.files as! MemoryFiles).afterKill()).open().statistics.hiddenRecords == 1)
}

@Test func deletionsAloneDoNotFillTheLogForEver() async throws {
    var test = TestStore()
    test.configuration.logBytesMax = 2_000
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: (0..<60).map { now + $0 }))
    try await store.flush()
    for sequence in 1...60 { #expect(try await store.remove([Int64(sequence)]) == [true]) }
    try await store.flush()
    #expect(store.statistics.records == 0 && store.statistics.writeAheadLogBytes < 4_000)
}

@Test func logOfVersion1IsReadAndNotContinued() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now], ids: ["a"]))
    let files = (test.files as! MemoryFiles).afterKill()
    let path = "/store/wal/0000000001.wal"
    let header = LogFileHeader(number: 1, previousNumber: 0, previousEnd: 0, version: 1).encode()
    files.setContent(path, header + files.content(path).dropFirst(header.count))
    let again = try TestStore(files).open()
    let size = files.content(path).count
    #expect(try await again.append(.simple(times: [now], ids: ["a"]), identity: replacing).replacedVersions == [2])
    #expect(files.content(path).count == size)
    #expect(Set(try TestStore(files.afterKill()).open().snapshot(of: .all).rows().keys) == [2])
}

@Test(arguments: [0, 9, 16, 40]) func damagedListOfHiddenRecordsIsNamedAndTheStoreOpens(offset: Int) async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now, now + 1]))
    try await store.flush()
    _ = try await store.remove([1])
    _ = try await store.append(.simple(times: [now + 2]))
    try await store.flush()
    let files = (test.files as! MemoryFiles).afterKill()
    let path = files.names.first { $0.hasPrefix("/store/hidden/") }!
    var content = files.content(path)
    content[min(offset, content.count - 1)] ^= 1
    files.setContent(path, content)
    let again = TestStore(files)
    if offset == 9 {
        #expect(throws: StorageError.self) { try again.open() }
    } else {
        let notes = try again.open().snapshot(of: .all).notes
        #expect(notes.count == 1 && notes[0].contains("hidden/") && notes[0].contains("1 deleted or replaced records"))
    }
}

@Test(arguments: 0..<20) func setOfHiddenSequencesIsAsANaiveSet(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var set = HiddenSequences()
    var naive: Set<Int64> = []
    for _ in 0..<60 {
        let some = (0..<Int.random(in: 0...20, using: &random)).map { _ in Int64.random(in: 1...300, using: &random) }
        if random.oneIn(3) {
            set.remove(some)
            naive.subtract(some)
        } else {
            set.insert(some)
            naive.formUnion(some)
        }
        let low = Int64.random(in: 0...300, using: &random)
        let high = Int64.random(in: low...301, using: &random)
        #expect(set.all == naive.sorted() && set.count == naive.count && set.isEmpty == naive.isEmpty)
        #expect(set.within(low...high) == naive.filter { (low...high).contains($0) }.sorted())
        #expect(set.contains(low) == naive.contains(low))
    }
    #expect(set.within(0...Int64.max) == naive.sorted())
}

@Test func listOfHiddenRecordsComesBack() throws {
    for count in [1, 2, 16_384, 16_385, 40_000] {
        let sequences = (0..<count).map { Int64($0 * 3 + 1) }
        let image = FileImage(copying: HiddenFile.encode(sequences))
        #expect(try HiddenFile.decode(image, name: "x") == sequences)
    }
}

/// Files that hold the making of parts back until they are told to go on.
private final class GatedFiles: FileLayer {
    let inner = MemoryFiles()
    private struct State {
        var isClosed = false
        var isReached = false
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    func close() { state.withLock { $0.isClosed = true } }
    func open() {
        state.withLock { $0.isClosed = false }
        gate.signal()
    }

    /// Returns when a part is about to be made.
    func reached() async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if !state.isReached { state.waiting = continuation }
                return state.isReached
            }
            if isReached { continuation.resume() }
        }
    }

    func create(_ path: String, isPrivate: Bool) throws(StorageError) -> OpenFile {
        if path.contains(".part") {
            let (mustWait, waiting) = state.withLock { state in
                if state.isClosed { state.isReached = true }
                defer { state.waiting = nil }
                return (state.isClosed, state.isClosed ? state.waiting : nil)
            }
            waiting?.resume()
            if mustWait { gate.wait() }
        }
        return try inner.create(path, isPrivate: isPrivate)
    }

    func createFolder(_ path: String) throws(StorageError) { try inner.createFolder(path) }
    func list(_ folder: String) throws(StorageError) -> [String] { try inner.list(folder) }
    func openForAppending(_ path: String) throws(StorageError) -> OpenFile { try inner.openForAppending(path) }
    func write(_ bytes: [UInt8], _ range: Range<Int>, to file: OpenFile) throws(StorageError) -> Int { try inner.write(bytes, range, to: file) }
    func synchronize(_ file: OpenFile) throws(StorageError) { try inner.synchronize(file) }
    func truncate(_ file: OpenFile, to bytes: Int) throws(StorageError) { try inner.truncate(file, to: bytes) }
    func close(_ file: OpenFile) { inner.close(file) }
    func rename(_ path: String, to target: String) throws(StorageError) { try inner.rename(path, to: target) }
    func remove(_ path: String) throws(StorageError) { try inner.remove(path) }
    func link(_ path: String, to target: String) throws(StorageError) { try inner.link(path, to: target) }
    func removeFolderIfEmpty(_ path: String) { inner.removeFolderIfEmpty(path) }
    func synchronizeFolder(_ path: String) throws(StorageError) { try inner.synchronizeFolder(path) }
    func image(_ path: String) throws(StorageError) -> FileImage? { try inner.image(path) }
    func space(_ folder: String) throws(StorageError) -> (free: Int64, total: Int64) { try inner.space(folder) }
    func lock(_ path: String, holder: String) throws(StorageError) -> OpenFile { try inner.lock(path, holder: holder) }
}
