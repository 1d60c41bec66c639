internal import ByteCoding
package import GatewayModel

/// What a store's manifest says. Text, so that a person can read what the store consists of: the format's name and version, a line for each fact, and
/// last the checksum of all before it.
package protocol ManifestContent: Sendable, Equatable {
    /// The first word of the file.
    static var format: String { get }
    /// The version that is written; it and those before are read.
    static var version: Int { get }
    /// Counts up with every change.
    var generation: UInt64 { get set }
    /// The lines between the first and the checksum, each with its line feed.
    var lines: String { get }

    /// What the manifest of a new store says.
    init()
    /// Takes up one of ``lines``; false when it is unknown or does not say what it should.
    mutating func read(_ words: [Substring]) -> Bool
}

extension ManifestContent {
    package func encode() -> [UInt8] {
        let body = Array("\(Self.format) \(Self.version)\n\(lines)".utf8)
        return body + Self.lastLine(body)
    }

    /// `crc32 1a2b3c4d` and a line feed.
    private static func lastLine(_ body: [UInt8]) -> [UInt8] {
        let checksum = String(Checksum.crc32(body), radix: 16)
        return Array("crc32 \(String(repeating: "0", count: 8 - checksum.count))\(checksum)\n".utf8)
    }

    /// - Parameter file: the name for errors.
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` with the byte of the line that cannot be read, ``StorageError/unsupportedFormat(file:version:)``.
    package init(_ bytes: [UInt8], file: String) throws(StorageError) {
        self.init()
        let body = bytes.dropLast(Self.lastLine([]).count)
        guard !body.isEmpty, Self.lastLine(Array(body)).elementsEqual(bytes[body.count...]) else {
            throw .damaged(file: file, what: "its checksum does not fit", offset: body.count)
        }
        var offset = 0
        for line in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            if offset == 0 { try Self.checkVersion(words, file) }
            guard offset == 0 || read(words) else { throw .damaged(file: file, what: "an unknown line", offset: offset) }
            offset += line.count + 1
        }
    }

    private static func checkVersion(_ words: [Substring], _ file: String) throws(StorageError) {
        guard words.count == 2, words[0] == format, let version = Int(words[1]) else {
            throw .damaged(file: file, what: "it is not a manifest", offset: 0)
        }
        guard version <= Self.version else { throw .unsupportedFormat(file: file, version: version) }
    }

    /// Reads a line of a word and one number; false when it is none or negative.
    package static func set<T: FixedWidthInteger>(_ target: inout T, _ words: [Substring]) -> Bool {
        guard words.count == 2, let value = T(words[1]), value >= 0 else { return false }
        target = value
        return true
    }
}
