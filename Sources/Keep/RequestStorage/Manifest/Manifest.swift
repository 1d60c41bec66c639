internal import DurableFiles
internal import GatewayModel

/// What counts: the parts, and from which log on the rows are not in parts. Drawn in `docs/formats/manifest.md`.
struct Manifest: ManifestContent {
    struct Entry: Sendable, Equatable {
        let day: Int32
        let number: UInt64
        let rows: Int
        let bytes: Int
    }

    /// The list of hidden records that counts.
    struct Hidden: Sendable, Equatable {
        let number: UInt64
        let records: Int
    }

    static let format = "gatewatch-store"
    /// 2: the lines `key-check` and `hidden`. Manifests of version 1 are read.
    static let version = 2

    /// Counts up with every change.
    var generation: UInt64 = 0
    /// Rows in logs with this number and above are not in parts; logs below are leftovers.
    var firstLog: UInt64 = 1
    /// No record before has this sequence number or a higher one, as far as parts go.
    var nextSequence: Int64 = 1
    /// The number of the next part.
    var nextPart: UInt64 = 1
    /// Days before this one were dropped; nil when none was.
    var retainedFromDay: Int32?
    /// What the store's key makes of a known word, so that damage to the key is found; nil in manifests of version 1.
    var keyCheck: UInt64?
    var parts: [Entry] = []
    /// What is left of dropped parts, by their days and numbers; `bytes` are those of the trend file.
    var trends: [Entry] = []
    /// nil when no record in a part is hidden.
    var hidden: Hidden?

    var lines: String {
        var text = "generation \(generation)\n"
        text += "first-log \(firstLog)\n"
        text += "next-sequence \(nextSequence)\n"
        text += "next-part \(nextPart)\n"
        if let retainedFromDay { text += "retained-from-day \(retainedFromDay)\n" }
        if let keyCheck { text += "key-check \(keyCheck)\n" }
        if let hidden { text += "hidden \(hidden.number) \(hidden.records)\n" }
        for part in parts { text += "part \(part.day) \(part.number) \(part.rows) \(part.bytes)\n" }
        for trend in trends { text += "trend \(trend.day) \(trend.number) \(trend.rows) \(trend.bytes)\n" }
        return text
    }

    mutating func read(_ words: [Substring]) -> Bool {
        guard words.count >= 2 else { return false }
        switch words[0] {
        case "generation": return Self.set(&generation, words)
        case "first-log": return Self.set(&firstLog, words)
        case "next-sequence": return Self.set(&nextSequence, words)
        case "next-part": return Self.set(&nextPart, words)
        case "retained-from-day":
            retainedFromDay = Int32(words[1])
            return retainedFromDay.map(PartitionDays.all.contains) ?? false
        case "key-check":
            keyCheck = UInt64(words[1])
            return words.count == 2 && keyCheck != nil
        case "hidden":
            guard words.count == 3, let number = UInt64(words[1]), let records = Int(words[2]), records > 0 else { return false }
            hidden = Hidden(number: number, records: records)
            return true
        case "part", "trend":
            guard words.count == 5, let day = Int32(words[1]), PartitionDays.all.contains(day), let number = UInt64(words[2]), let rows = Int(words[3]),
                let bytes = Int(words[4])
            else { return false }
            let entry = Entry(day: day, number: number, rows: rows, bytes: bytes)
            if words[0] == "part" { parts.append(entry) } else { trends.append(entry) }
            return true
        default: return false
        }
    }
}
