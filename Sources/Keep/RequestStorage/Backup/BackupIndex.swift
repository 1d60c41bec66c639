internal import ByteCoding
package import DurableFiles
package import GatewayModel

/// What a backup consists of: the file `BACKUP`, written last, so that a folder without it is an unfinished backup. Drawn in `docs/formats/backup.md`.
package struct BackupIndex: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let bytes: Int
        /// CRC-32 of the content.
        package let checksum: UInt32
    }

    static let fileName = "BACKUP"
    static let version = 1

    /// When the backup was finished.
    package var created: Timestamp
    /// The generation of the manifest that it holds.
    var generation: UInt64
    /// By name from the backup's folder on.
    package var files: [String: Entry] = [:]

    package var bytes: Int64 { files.values.reduce(0) { $0 + Int64($1.bytes) } }

    init(created: Timestamp, generation: UInt64) {
        self.created = created
        self.generation = generation
    }

    func encode() -> [UInt8] {
        var text = "gatewatch-backup \(Self.version)\ncreated \(created.microseconds)\ngeneration \(generation)\n"
        for (name, entry) in files.sorted(by: { $0.key < $1.key }) { text += "file \(entry.bytes) \(Self.hexadecimal(entry.checksum)) \(name)\n" }
        let body = Array(text.utf8)
        return body + Self.lastLine(body)
    }

    private static func hexadecimal(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func lastLine(_ body: [UInt8]) -> [UInt8] { Array("crc32 \(hexadecimal(Checksum.crc32(body)))\n".utf8) }

    /// The index of the backup in this folder; nil when there is none, as in an unfinished backup.
    package static func load(_ folder: String, _ files: any FileLayer) throws(StorageError) -> BackupIndex? {
        guard let image = try files.image(folder + "/" + fileName) else { return nil }
        return unsafe try BackupIndex(image.withBytes { unsafe [UInt8]($0) })
    }

    /// - Throws: ``StorageError/damaged(file:what:offset:)`` with the byte of the line that cannot be read, ``StorageError/unsupportedFormat(file:version:)``.
    init(_ bytes: [UInt8]) throws(StorageError) {
        let body = bytes.dropLast(Self.lastLine([]).count)
        guard !body.isEmpty, Self.lastLine(Array(body)).elementsEqual(bytes[body.count...]) else {
            throw .damaged(file: Self.fileName, what: "its checksum does not fit", offset: body.count)
        }
        self.init(created: Timestamp(microseconds: 0), generation: 0)
        var offset = 0
        for line in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 3)
            if offset == 0 {
                guard words.count == 2, words[0] == "gatewatch-backup", let version = Int(words[1]) else {
                    throw .damaged(file: Self.fileName, what: "it is not a backup's index", offset: 0)
                }
                guard version <= Self.version else { throw .unsupportedFormat(file: Self.fileName, version: version) }
            } else if !read(words) {
                throw .damaged(file: Self.fileName, what: "an unknown line", offset: offset)
            }
            offset += line.count + 1
        }
    }

    private mutating func read(_ words: [Substring]) -> Bool {
        switch words.first {
        case "created":
            guard words.count == 2, let value = Int64(words[1]) else { return false }
            created = Timestamp(microseconds: value)
        case "generation":
            guard words.count == 2, let value = UInt64(words[1]) else { return false }
            generation = value
        case "file":
            guard words.count == 4, let bytes = Int(words[1]), bytes >= 0, let checksum = UInt32(words[2], radix: 16), Self.isInside(words[3]) else { return false }
            files[String(words[3])] = Entry(bytes: bytes, checksum: checksum)
        default: return false
        }
        return true
    }

    /// Whether a name stays in the folder: a restore must not write elsewhere.
    static func isInside(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/", omittingEmptySubsequences: false).contains { $0.isEmpty || $0 == "." || $0 == ".." }
    }
}
