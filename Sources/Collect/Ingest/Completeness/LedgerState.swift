internal import GatewayModel

/// What the ledger holds in memory: cells by minute and source, which of them the disk does not have yet, and what to say about the disk. Pure.
struct LedgerState: Sendable {
    /// Where a cell belongs.
    struct Key: Hashable, Sendable {
        /// Minutes since 1970.
        let minute: Int32
        let source: LedgerSource
    }

    /// Cells in memory. Three days of seven sources; each has some 400 bytes. With more the oldest minutes are read from disk when they are asked for.
    static let cellsMax = 32_768
    /// Sources told apart. There are a dozen doors and kinds; names that senders make up must not fill the memory.
    static let sourcesMax = 64

    private(set) var cells: [Key: LedgerCell] = [:]
    /// Minutes before this one are not in memory.
    private(set) var firstMinute: Int32
    /// Cells that have changed since they were written last.
    private(set) var unwritten: Set<Key> = []
    private var sources: Set<LedgerSource> = []
    /// Counts since the start, for `/metrics`.
    private(set) var totals: [LedgerSource: LedgerCell] = [:]
    /// Completion time of the newest record, by source.
    private(set) var newest: [LedgerSource: Timestamp] = [:]
    /// Cells given up because memory was full and the disk did not take them.
    private(set) var lostCells: Int64 = 0

    init(firstMinute: Int32) { self.firstMinute = firstMinute }

    /// The source under which `source` is counted: itself, or ``LedgerSource/other`` when there are too many.
    mutating func admitted(_ source: LedgerSource) -> LedgerSource {
        if sources.contains(source) { return source }
        guard sources.count < Self.sourcesMax else { return .other }
        sources.insert(source)
        return source
    }

    /// Adds what was received of a source in a minute, and what of it completed when.
    mutating func add(_ tally: LedgerTally, minute: Int32, source: LedgerSource) {
        let source = admitted(source)
        change(minute, source) { $0.add(tally.cell) }
        totals[source, default: LedgerCell()].add(tally.cell)
        if let time = tally.cell.newest { newest[source] = max(time, newest[source] ?? time) }
        for (completion, count) in tally.completed { change(completion, source) { $0.completed += count } }
        // Upkeep does this every second; a flood must not wait for it.
        if cells.count > Self.cellsMax * 5 / 4 { forget(before: firstMinute) }
    }

    /// Adds to a cell by hand, of the past as well.
    ///
    /// - Returns: false when the minute is too long past to be changed.
    @discardableResult
    mutating func change(_ minute: Int32, _ source: LedgerSource, _ body: (inout LedgerCell) -> Void) -> Bool {
        guard minute >= firstMinute else { return false }
        let key = Key(minute: minute, source: source)
        body(&cells[key, default: LedgerCell()])
        unwritten.insert(key)
        return true
    }

    /// Counts expected calls since the start.
    mutating func addExpected(_ count: Int64, _ source: LedgerSource) {
        let sum = totals[source]?.expectedByCounters ?? 0
        totals[source, default: LedgerCell()].expectedByCounters = sum.addingClamped(count)
    }

    /// Puts beneath the cells what an earlier run wrote of them.
    mutating func addEarlier(_ entries: [LedgerLine.Entry]) {
        for entry in entries where entry.minute >= firstMinute {
            let source = admitted(entry.source)
            let key = Key(minute: entry.minute, source: source)
            var cell = entry.cell
            if let time = cell.newest { newest[source] = max(time, newest[source] ?? time) }
            if let later = cells[key] { cell.add(later, isSameSpan: true) }
            cells[key] = cell
        }
    }

    /// The cells to write, which count as written from now on.
    mutating func takeUnwritten() -> [LedgerLine.Entry] {
        defer { unwritten = [] }
        return unwritten.compactMap { key in cells[key].map { LedgerLine.Entry(minute: key.minute, source: key.source, cell: $0) } }
            .sorted { ($0.minute, $0.source) < ($1.minute, $1.source) }
    }

    /// Takes back cells whose writing failed.
    mutating func returnUnwritten(_ entries: [LedgerLine.Entry]) {
        for entry in entries where entry.minute >= firstMinute { unwritten.insert(Key(minute: entry.minute, source: entry.source)) }
    }

    /// Forgets minutes before `minute`, and further ones, oldest first, while there are too many cells.
    mutating func forget(before minute: Int32) {
        var limit = max(minute, firstMinute)
        if cells.count > Self.cellsMax {
            let minutes = cells.keys.map(\.minute).sorted()
            limit = max(limit, minutes[cells.count - Self.cellsMax] + 1)
        }
        guard limit > firstMinute else { return }
        firstMinute = limit
        lostCells += Int64(unwritten.count { $0.minute < limit })
        unwritten = unwritten.filter { $0.minute >= limit }
        cells = cells.filter { $0.key.minute >= limit }
    }
}
