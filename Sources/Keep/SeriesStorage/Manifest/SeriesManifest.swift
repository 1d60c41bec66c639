internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// What counts: the blocks, and from which log on the samples are not in blocks. Drawn in `docs/formats/series-manifest.md`.
///
/// Text, so that a person can read what a store consists of; the last line is the checksum of all before it. It stands on disk twice: what the new one no
/// longer names is removed only when both are in place, so either may be lost.
struct SeriesManifest: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        /// UTC days since 1970.
        let day: Int32
        let number: UInt64
        let samples: Int64
        let bytes: Int64
    }

    static let version = 1

    /// Counts up with every change.
    var generation: UInt64 = 0
    /// Samples in logs with this number and above are not in blocks; logs below are leftovers.
    var firstLog: UInt64 = 1
    /// The number of the next block.
    var nextBlock: UInt64 = 1
    /// No series in a block has this id or a higher one.
    var nextSeries: UInt32 = 1
    /// Days before this one were dropped; nil when none was.
    var retainedFromDay: Int32?
    /// By number.
    var blocks: [Entry] = []

    init() {}

    func encode() -> [UInt8] {
        var text = "gatewatch-series \(Self.version)\n"
        text += "generation \(generation)\n"
        text += "first-log \(firstLog)\n"
        text += "next-block \(nextBlock)\n"
        text += "next-series \(nextSeries)\n"
        if let retainedFromDay { text += "retained-from-day \(retainedFromDay)\n" }
        for block in blocks { text += "block \(block.day) \(block.number) \(block.samples) \(block.bytes)\n" }
        let body = Array(text.utf8)
        return body + Self.lastLine(body)
    }

    /// `crc32 1a2b3c4d` and a line feed.
    private static func lastLine(_ body: [UInt8]) -> [UInt8] {
        let checksum = String(Checksum.crc32(body), radix: 16)
        return Array("crc32 \(String(repeating: "0", count: 8 - checksum.count))\(checksum)\n".utf8)
    }

    /// - Parameter file: the name for errors.
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` with the byte of the line that cannot be read, ``StorageError/unsupportedFormat(file:version:)``.
    init(_ bytes: [UInt8], file: String) throws(StorageError) {
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
        guard words.count == 2, words[0] == "gatewatch-series", let version = Int(words[1]) else {
            throw .damaged(file: file, what: "it is not a manifest", offset: 0)
        }
        guard version <= Self.version else { throw .unsupportedFormat(file: file, version: version) }
    }

    private mutating func read(_ words: [Substring]) -> Bool {
        switch words.first {
        case "generation": return Self.set(&generation, words)
        case "first-log": return Self.set(&firstLog, words)
        case "next-block": return Self.set(&nextBlock, words)
        case "next-series": return Self.set(&nextSeries, words)
        case "retained-from-day":
            guard words.count == 2, let day = Int32(words[1]) else { return false }
            retainedFromDay = day
            return true
        case "block":
            guard words.count == 5, let day = Int32(words[1]), let number = UInt64(words[2]), let samples = Int64(words[3]), let bytes = Int64(words[4]) else { return false }
            blocks.append(Entry(day: day, number: number, samples: samples, bytes: bytes))
            return true
        default: return false
        }
    }

    private static func set<T: FixedWidthInteger>(_ target: inout T, _ words: [Substring]) -> Bool {
        guard words.count == 2, let value = T(words[1]) else { return false }
        target = value
        return true
    }
}

extension SeriesManifest {
    /// Puts the manifest in place; when this returns it counts, also after a power cut.
    func commit(_ paths: SeriesPaths, _ files: any FileLayer) throws(StorageError) {
        let bytes = encode()
        try files.replace(paths.manifest, with: bytes)
        try files.replace(paths.manifestCopy, with: bytes)
    }

    /// What was found of the manifest.
    struct Found {
        /// The newer of the two; nil in a folder that has none.
        var manifest: SeriesManifest?
        /// Whether both are there, undamaged and the same.
        var isWhole = false
        /// What was wrong with one of the two.
        var damage: [StorageError] = []
    }

    /// - Throws: when there are manifests and none can be read, or a newer program wrote them.
    static func load(_ paths: SeriesPaths, _ files: any FileLayer) throws(StorageError) -> Found {
        var manifests: [SeriesManifest] = []
        var found = Found()
        for path in [paths.manifest, paths.manifestCopy] {
            guard let image = try files.image(path) else { continue }
            do throws(StorageError) {
                unsafe manifests.append(try SeriesManifest(image.withBytes { unsafe [UInt8]($0) }, file: paths.relative(path)))
            } catch {
                if case .unsupportedFormat = error { throw error }
                found.damage.append(error)
            }
        }
        found.manifest = manifests.max { $0.generation < $1.generation }
        found.isWhole = manifests.count == 2 && manifests[0] == manifests[1]
        if found.manifest == nil, let failure = found.damage.first { throw failure }
        return found
    }
}
