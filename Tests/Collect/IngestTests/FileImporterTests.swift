import ByteCoding
import Foundation
import GatewayModel
import Testing

@testable import Ingest

@Suite struct FileImporterTests {
    /// Reads all records of a file with this content.
    private func importing(_ content: [UInt8], documentBytesMax: Int = 16 << 20) throws -> (paths: [String?], rejected: [RejectedItem], error: ImportError?, importer: FileImporter) {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")
        try Data(content).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        var importer = FileImporter(descriptor: file.fileDescriptor, pipeline: try Reading.pipeline(documentBytesMax: documentBytesMax), context: Reading.context(.file))
        importer.rowsMax = 700
        var paths: [String?] = []
        var rejected: [RejectedItem] = []
        var failure: ImportError?
        do throws(ImportError) {
            while let piece = try importer.next() {
                paths += (0..<piece.batch.count).map { piece.batch.text(.path, row: $0) }
                rejected += piece.rejected
            }
        } catch { failure = error }
        return (paths, rejected, failure, importer)
    }

    private func lines(_ count: Int) -> [String] {
        (0..<count).map { #"{"request":{"uri":"/\#($0)","method":"GET","headers":{"x":"\#(String(repeating: "y", count: 1_000))"}},"response":{"status":200},"start_time":1766650000000,"latency":1}"# }
    }

    enum Form: String, CaseIterable {
        case lines, array, gzippedLines, gzipMembers
    }

    @Test(arguments: Form.allCases) func everyRecordOfALargeFileIsRead(_ form: Form) throws {
        let count = 2_500
        let all = lines(count)
        let content: [UInt8] =
            switch form {
            case .lines: Array(all.joined(separator: "\n").utf8)
            case .array: Array("[\(all.joined(separator: ",\n"))]".utf8)
            case .gzippedLines: Gzip.compress(Array(all.joined(separator: "\n").utf8))
            case .gzipMembers: Gzip.compress(Array((all[..<999].joined(separator: "\n") + "\n").utf8)) + Gzip.compress(Array(all[999...].joined(separator: "\n").utf8))
            }
        let done = try importing(content)
        #expect(done.error == nil && done.rejected.isEmpty)
        #expect(done.paths == (0..<count).map { "/\($0)" })
        #expect(done.importer.itemsRead == count && done.importer.bytesRead == Int64(content.count))
    }

    @Test func refusalsCountLinesAndItemsOverAllPieces() throws {
        var all = lines(2_000)
        all[1_500] = #"{"request": nonsense}"#
        let content = all.joined(separator: "\n")
        let done = try importing(Array(content.utf8))
        #expect(done.paths.count == 1_999 && done.rejected.count == 1)
        #expect(done.rejected[0].item == 1_500 && done.rejected[0].line == 1_501 && done.rejected[0].column == 13)
        let start = all[..<1_500].reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(done.rejected[0].byteRange == start..<(start + all[1_500].utf8.count))
    }

    @Test func refusedDocumentsOfAllPiecesAreKeptAsTheyStandInTheFile() throws {
        var all = lines(2_000)
        let broken = [3, 900, 1_500, 1_999]
        for index in broken { all[index] = #"{"marked\#(index)": nonsense}"# }
        let folder = try DeadLetterTests.Folder()
        let url = folder.url.appendingPathComponent("input")
        try Data(all.joined(separator: "\n").utf8).write(to: url)
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        let letters = DeadLetterFile(path: folder.url.appendingPathComponent("dead.ndjson").path)
        var importer = FileImporter(descriptor: file.fileDescriptor, pipeline: try Reading.pipeline(), context: Reading.context(.file), deadLetters: letters)
        importer.rowsMax = 700
        while try importer.next() != nil {}
        let kept = try folder.lines("dead.ndjson").map { try JSONValue.parse($0) }
        #expect(kept.map { $0["line"]?.integer } == broken.map { Int64($0 + 1) })
        for (letter, index) in zip(kept, broken) { #expect(letter["document"]?.string?.contains("marked\(index)\"") == true && letter["source"]?.string == "import") }
    }

    @Test func damagedAndTruncatedGzipGiveWhatStandsBefore() throws {
        let packed = Gzip.compress(Array(lines(3_000).joined(separator: "\n").utf8))
        let cut = try importing(Array(packed[..<(packed.count / 2)]))
        #expect(cut.error == .truncatedGzip && cut.paths.count > 500 && cut.paths.count < 3_000)
        var broken = packed
        broken.replaceSubrange((packed.count / 2)..<(packed.count / 2 + 50), with: repeatElement(0xff, count: 50))
        let damaged = try importing(broken)
        #expect(damaged.error != nil && damaged.paths.count > 500)
    }

    @Test func lineBeyondTheLimitIsPassedOverInConstantMemory() throws {
        let all = lines(3)
        let huge = #"{"a":""# + String(repeating: "x", count: 5 << 20) + #""}"#
        let done = try importing(Array([all[0], huge, all[1], all[2]].joined(separator: "\n").utf8), documentBytesMax: 100_000)
        #expect(done.paths == ["/0", "/1", "/2"] && done.rejected.map(\.code) == [.tooLarge])
    }

    @Test(arguments: ["", "\n\n", "[]"]) func fileWithoutRecordsGivesNone(_ content: String) throws {
        let done = try importing(Array(content.utf8))
        #expect(done.paths.isEmpty && done.rejected.isEmpty && done.error == nil)
    }

    @Test func closedDescriptorIsAnError() throws {
        var importer = FileImporter(descriptor: -1, pipeline: try Reading.pipeline(), context: Reading.context(.file))
        #expect(throws: ImportError.unreadable(code: EBADF)) { try importer.next() }
    }
}
