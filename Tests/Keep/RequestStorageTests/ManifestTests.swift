import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

private let sample: Manifest = {
    var manifest = Manifest()
    manifest.generation = 12
    manifest.firstLog = 7
    manifest.nextSequence = 123_457
    manifest.nextPart = 14
    manifest.retainedFromDay = 20_380
    manifest.keyCheck = 1_234_567_890_123_456_789
    manifest.parts = [Manifest.Entry(day: 20_410, number: 3, rows: 1_000_000, bytes: 31_234_567), Manifest.Entry(day: 20_411, number: 13, rows: 1, bytes: 900)]
    return manifest
}()

@Test func manifestComesBackAsItWas() throws {
    #expect(try Manifest(sample.encode(), file: "MANIFEST") == sample)
    #expect(try Manifest(Manifest().encode(), file: "MANIFEST") == Manifest())
}

@Test func everyFlippedOrMissingByteOfAManifestIsFound() {
    let bytes = sample.encode()
    for place in bytes.indices {
        for mask in [UInt8(1), 0x20, 0x80] {
            var flipped = bytes
            flipped[place] ^= mask
            #expect(throws: StorageError.self) { try Manifest(flipped, file: "MANIFEST") }
        }
        #expect(throws: StorageError.self) { try Manifest(Array(bytes.prefix(place)), file: "MANIFEST") }
    }
}

@Test func manifestOfANewerVersionIsRefused() {
    let text = "gatewatch-store 3\nanything new\n"
    let checksum = String(Checksum32.of(text), radix: 16)
    let bytes = Array((text + "crc32 " + String(repeating: "0", count: 8 - checksum.count) + checksum + "\n").utf8)
    #expect(throws: StorageError.unsupportedFormat(file: "MANIFEST", version: 3)) { try Manifest(bytes, file: "MANIFEST") }
}

@Test(arguments: ["/store/MANIFEST", "/store/MANIFEST.copy"]) func damagedManifestIsReplacedByItsCopy(path: String) async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now]))
    try await store.flush()
    _ = try await store.append(.simple(times: [now]))
    let files = (test.files as! MemoryFiles).afterKill()
    var content = files.content(path)
    content[30] ^= 1
    files.setContent(path, content)
    let again = TestStore(files)
    #expect(try again.open().statistics.records == 2)
    #expect(again.events.damage.count == 1 && again.events.damage[0].hasPrefix(String(path.dropFirst("/store/".count))))
    // It was mended on the way.
    let third = TestStore(files.afterKill())
    #expect(try third.open().statistics.records == 2)
    #expect(third.events.damage.isEmpty)
}

@Test func twoDamagedManifestsRefuseToOpen() async throws {
    let test = TestStore()
    let store = try test.open()
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    let files = (test.files as! MemoryFiles).afterKill()
    for path in ["/store/MANIFEST", "/store/MANIFEST.copy"] { files.setContent(path, [1, 2, 3]) }
    #expect(throws: StorageError.self) { try TestStore(files).open() }
    for path in ["/store/MANIFEST", "/store/MANIFEST.copy"] { try files.remove(path) }
    #expect(throws: StorageError.damaged(file: "MANIFEST", what: "it is missing, but there is 0000000001.wal", offset: 0)) { try TestStore(files).open() }
}


private enum Checksum32 {
    static func of(_ text: String) -> UInt32 { Checksum.crc32(Array(text.utf8)) }
}
