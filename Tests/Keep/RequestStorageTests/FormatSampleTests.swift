import ByteCoding
import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// Stores that older versions wrote, committed once and read for ever.
private enum FormatSamples {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Samples")

    /// The rows of every sample: all kinds of columns, absences, a document, a late record.
    static var batches: [RecordBatch] {
        let now = TestClock.start.microseconds
        var first = RecordBatch(count: 4)
        first[.time] = .integers([now, now - 86_400_000_000, now - 1_000, now - 500])
        first[.duration] = .integers([1_250_000, 3_000, absentInteger, 90_000_000])
        first[.start] = .integers([now - 1_250_000, now - 86_400_003_000, absentInteger, now - 90_000_500])
        first[.inputTokens] = .integers([1_200, 5, absentInteger, 0])
        first[.outputTokens] = .integers([350, 1, absentInteger, 0])
        first[.totalTokens] = .integers([1_550, 6, absentInteger, 0])
        first[.cost] = .integers([390_000, absentInteger, absentInteger, 0])
        first[.model] = .codes([1, 2, 0, 1], values: StringTable(["gpt-4o-mini", "größer"]))
        first[.responseModel] = .codes([2, 1, 0, 2], values: StringTable(["größer", "gpt-4o-mini"]))
        first[.requestID] = .texts(StringTable(["b2fb4e3c00112233", "0123456789abcdef", "", "ffffffffffffffff"]))
        first[.errorMessage] = .texts(StringTable(["", "", "the model is overloaded", ""]))
        var second = RecordBatch.simple(times: [now + 1, now + 2], ids: ["document-1", ""])
        second[.status] = .integers([200, 503])
        return [first, second]
    }
}

@Test(arguments: ["format-1"]) func storeOfAnOlderVersionIsRead(name: String) throws {
    let files = MemoryFiles()
    let sample = FormatSamples.folder.appendingPathComponent(name).path
    for path in try #require(FileManager.default.enumerator(atPath: sample)?.compactMap { $0 as? String }) where path != "LOCK" {
        guard let content = FileManager.default.contents(atPath: sample + "/" + path), !content.isEmpty else { continue }
        files.close(try files.create("/store/" + path, isPrivate: false))
        files.setContent("/store/" + path, [UInt8](content))
    }
    let test = TestStore(files)
    let store = try test.open()
    var expected = RecordOracle()
    expected.append(FormatSamples.batches[0], AppendReceipt(firstSequence: 1))
    expected.append(FormatSamples.batches[1], AppendReceipt(firstSequence: 5))
    #expect(try store.snapshot(of: .all).rows() == expected.rows)
    #expect(store.statistics.parts == 2 && store.statistics.recordsInMemory == 2)
    #expect(store.sequence(ofDocument: "document-1", index: "requests") == 5)
    #expect(store.keyedHash == SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908))
    #expect(test.events.damage.isEmpty)
}

/// Makes the sample of a new version of the format, never of one that has been committed: run with GATEWATCH_MAKE_SAMPLE=format-N.
@Test(.enabled(if: ProcessInfo.processInfo.environment["GATEWATCH_MAKE_SAMPLE"] != nil, "makes a sample of a new format version"))
func makeFormatSample() async throws {
    let name = try #require(ProcessInfo.processInfo.environment["GATEWATCH_MAKE_SAMPLE"])
    let folder = FormatSamples.folder.appendingPathComponent(name).path
    try #require(!FileManager.default.fileExists(atPath: folder), "a committed sample is never made again")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(0..<16).write(to: URL(fileURLWithPath: folder + "/id.key"))
    var test = TestStore(SystemFiles())
    test.folder = folder
    var store: RequestStore? = try test.open()
    _ = try await store?.append(FormatSamples.batches[0])
    try await store?.flush()
    _ = try await store?.append(FormatSamples.batches[1])
    store = nil
}
