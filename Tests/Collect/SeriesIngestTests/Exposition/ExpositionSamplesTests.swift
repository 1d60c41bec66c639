import ByteCoding
import Foundation
import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

/// Large texts as programs really expose them, against a count that knows nothing of the grammar.
struct ExpositionSamplesTests {
    struct File: CustomTestStringConvertible, Sendable {
        let path: String
        let bytes: [UInt8]
        var testDescription: String { path }
    }

    private static let files: [File] = SharedData.archives("prometheus", prefix: "text_exposition_samples").flatMap { archive -> [File] in
        ((try? TarArchive.files(of: archive)) ?? []).filter { $0.path.contains("testdata/") }.map { file in
            File(path: file.path, bytes: Gzip.isGzip(file.bytes) ? ((try? Gzip.decompress(file.bytes, limit: 1 << 24)) ?? []) : file.bytes)
        }
    }

    @Test(.enabled(if: SharedData.isPresent)) func theFilesAreThere() { #expect(Self.files.count >= 6) }

    @Test(.enabled(if: SharedData.isPresent), arguments: files) private func everySampleIsFound(_ file: File) throws {
        let format: ExpositionFormat = file.path.contains(".om.") ? .openMetrics : .text
        let read = try readExposition(file.bytes, format)
        let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
        #expect(read.samples.count == lines.count)
        // Without timestamps a series is what stands in front of the last blank.
        let series = Set(lines.map { line in line.split(separator: " # ")[0].split(separator: " ").dropLast().joined(separator: " ") })
        #expect(Set(read.samples.map(\.labels)).count == series.count)
    }
}
