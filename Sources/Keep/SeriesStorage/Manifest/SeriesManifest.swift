internal import DurableFiles
internal import GatewayModel

/// What counts: the blocks, and from which log on the samples are not in blocks. Drawn in `docs/formats/series-manifest.md`.
struct SeriesManifest: ManifestContent {
    struct Entry: Sendable, Equatable {
        /// UTC days since 1970.
        let day: Int32
        let number: UInt64
        let samples: Int64
        let bytes: Int64
    }

    static let format = "gatewatch-series"
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

    var lines: String {
        var text = "generation \(generation)\n"
        text += "first-log \(firstLog)\n"
        text += "next-block \(nextBlock)\n"
        text += "next-series \(nextSeries)\n"
        if let retainedFromDay { text += "retained-from-day \(retainedFromDay)\n" }
        for block in blocks { text += "block \(block.day) \(block.number) \(block.samples) \(block.bytes)\n" }
        return text
    }

    mutating func read(_ words: [Substring]) -> Bool {
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
}
