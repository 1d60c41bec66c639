import ByteCoding
package import Foundation

/// The regular files of a gzipped tar archive, by path.
package enum TarArchive {
    package struct Damaged: Error { package let file: String }

    package static func files(of archive: URL) throws -> [(path: String, bytes: [UInt8])] {
        let bytes = try Gzip.decompress([UInt8](Data(contentsOf: archive)), limit: 256 << 20)
        var files: [(path: String, bytes: [UInt8])] = []
        var at = 0
        while at + 512 <= bytes.count, bytes[at] != 0 {
            let header = bytes[at..<at + 512]
            guard let size = Int(text(header, 124, 12), radix: 8), at + 512 + size <= bytes.count else { throw Damaged(file: archive.path) }
            let prefix = text(header, 345, 155)
            let path = (prefix.isEmpty ? "" : prefix + "/") + text(header, 0, 100)
            // "0" or 0: a regular file.
            if header[at + 156] == UInt8(ascii: "0") || header[at + 156] == 0 { files.append((path, Array(bytes[at + 512..<at + 512 + size]))) }
            at += 512 + (size + 511) / 512 * 512
        }
        return files
    }

    private static func text(_ header: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> String {
        let field = header[(header.startIndex + offset)..<(header.startIndex + offset + length)]
        return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
}
