internal import GatewayModel

extension LedgerState {
    /// Minutes of a line in files of older days: quarter hours, as the trends have them, add up to the days of every time zone.
    static let olderMinutes: Int32 = 15

    /// Entries added up to spans of `minutes` minutes, ascending.
    ///
    /// Where the gateway's count is known of some of a span's minutes only, `completed` is added up over those alone, so that the two stay comparable.
    static func coarsened(_ entries: [LedgerLine.Entry], minutes: Int32) -> [LedgerLine.Entry] {
        var sums: [Key: LedgerCell] = [:]
        let isExpected = Set(entries.filter { $0.cell.expected != nil }.map { Key(minute: floor($0.minute, minutes), source: $0.source) })
        for entry in entries {
            let key = Key(minute: floor(entry.minute, minutes), source: entry.source)
            var cell = entry.cell
            if isExpected.contains(key), cell.expected == nil { cell.completed = 0 }
            sums[key, default: LedgerCell()].add(cell)
        }
        return sums.map { LedgerLine.Entry(minute: $0.key.minute, source: $0.key.source, cell: $0.value) }.sorted { ($0.minute, $0.source) < ($1.minute, $1.source) }
    }

    /// A minute rounded down to a multiple of `minutes`.
    static func floor(_ minute: Int32, _ minutes: Int32) -> Int32 {
        let remainder = minute % minutes
        return minute - (remainder < 0 ? remainder + minutes : remainder)
    }
}

/// Entries of days that are no longer in memory, as they were read from their files last: dashboards ask for the same weeks again and again.
struct LedgerDayCache: Sendable {
    /// Entries kept in all; a quarter of a year of three sources. Each has some 400 bytes.
    static let entriesMax = 32_768

    private var days: [Int32: [LedgerLine.Entry]] = [:]
    private var count = 0

    func entries(_ day: Int32) -> [LedgerLine.Entry]? { days[day] }

    mutating func keep(_ entries: [LedgerLine.Entry], _ day: Int32) {
        if count + entries.count > Self.entriesMax {
            days = [:]
            count = 0
        }
        guard entries.count <= Self.entriesMax else { return }
        forget(day)
        days[day] = entries
        count += entries.count
    }

    mutating func forget(_ day: Int32) {
        count -= days.removeValue(forKey: day)?.count ?? 0
    }
}
