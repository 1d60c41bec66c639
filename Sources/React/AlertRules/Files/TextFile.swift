internal import Foundation

/// Files that people write, read whole.
package enum TextFile {
    /// - Parameter path: also of a pipe, as `/dev/stdin`.
    /// - Throws: when the file cannot be opened, has more bytes, or is no UTF-8.
    package static func read(_ path: String, bytesMax: Int) throws(RuleFileProblem) -> String {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            data = try readAll(file, bytesMax: bytesMax)
        } catch { throw RuleFileProblem("cannot read the file: \(reason(error))") }
        guard data.count <= bytesMax else { throw RuleFileProblem("the file has more than \(bytesMax) bytes") }
        guard let text = String(validating: data, as: UTF8.self) else { throw RuleFileProblem("the file is not UTF-8") }
        // A byte order mark is no part of the text.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    private static func readAll(_ file: FileHandle, bytesMax: Int) throws -> Data {
        var data = Data()
        while data.count <= bytesMax, let more = try file.read(upToCount: min(1 << 20, bytesMax + 1 - data.count)), !more.isEmpty { data += more }
        return data
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
        case .fileReadNoPermission: "permission denied"
        default: (error as NSError).localizedDescription
        }
    }
}
