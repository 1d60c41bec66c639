internal import Dispatch
internal import Foundation
package import GatewayModel
internal import Synchronization

/// The completeness ledger: for each source and minute of reception what came and what became of it, and what the gateway says there was.
///
/// Recent minutes are in memory, all are in files (`docs/formats/ledger.md`) that a background queue appends to once a second when something has
/// changed: a crash loses at most that second's counts, never records. Ingest is never held up: a full or broken disk leaves the ledger in memory,
/// where it is bounded, and ``notes`` says so. Safe to call from any thread.
package final class CompletenessLedger: Sendable {
    package struct Settings: Sendable {
        /// The setting `ingest.late_seconds`: a record is late when it completed longer before its reception. Gateways' batches come up to 65 s later
        /// by design; what comes later than five minutes was held up.
        package var lateSeconds: Int
        /// The setting `ledger.retention_days`: days that the ledger is kept, as long as the trends: 13 months.
        package var retentionDays: Int

        package init(lateSeconds: Int = 300, retentionDays: Int = 400) {
            self.lateSeconds = lateSeconds
            self.retentionDays = retentionDays
        }
    }

    /// Days of which every minute is in memory and in its file: today and two before, so at least 48 hours. Older files have quarter hours.
    static let minuteDays: Int32 = 3
    /// Time from a change to its writing.
    private static let writeDelay = DispatchTimeInterval.seconds(1)
    /// Time until a failed write is tried again.
    private static let retryDelay = DispatchTimeInterval.seconds(5)
    /// Bytes appended to a file before it is made compact again: every second's word on a minute is a line, and only the last one counts.
    private static let appendedBytesMax = 4 << 20

    /// What the queue knows of the disk.
    private struct Disk {
        var isScheduled = false
        /// Bytes of each day's file that an append made, since it was compact.
        var compactBytes: [Int32: Int] = [:]
        var lastUpkeepDay: Int32?
        var failure: LedgerFolder.Failure?
        var failureSince: Timestamp?
        var failedWrites: Int64 = 0
        var damagedLines = 0
        var isLoaded = false
        /// Days whose files a newer version wrote: they are neither read nor changed.
        var foreignDays: Set<Int32> = []
    }

    package let settings: Settings
    let folder: LedgerFolder?
    let state: Mutex<LedgerState>
    private let disk = Mutex(Disk())
    let olderDays = Mutex(LedgerDayCache())
    /// What is to be said of the gateways' own counters, by source.
    let counterTroubles = Mutex<[LedgerSource: String]>([:])
    private let queue = DispatchQueue(label: "gatewatch.ledger", qos: .utility)
    private let clock: @Sendable () -> Timestamp
    var clockNow: Timestamp { clock() }

    /// Opens the ledger and begins to read its recent files in the background.
    ///
    /// - Parameters:
    ///   - path: the folder of its files, made if need be; nil keeps it in memory only.
    ///   - clock: tells the time.
    package init(path: String?, settings: Settings = Settings(), clock: @escaping @Sendable () -> Timestamp = { .now() }) {
        self.settings = settings
        self.clock = clock
        folder = path.map { LedgerFolder(path: $0) }
        state = Mutex(LedgerState(firstMinute: Self.firstMinute(clock())))
        guard let path else { return }
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        queue.async { self.load() }
    }

    // MARK: Counting

    /// Counts a body that was read and, as far as it had records, stored.
    ///
    /// - Parameters:
    ///   - result: what was read of it.
    ///   - receipt: what the store made of its batch; nil when there was nothing to store.
    ///   - isTimely: false for documents that come long after the fact on purpose; they have no lag and are not late. Nil: all but imported ones are timely.
    /// - Returns: what was counted.
    @discardableResult
    package func record(_ result: IngestResult, _ receipt: AppendReceipt?, _ context: IngestContext, isTimely: Bool? = nil, source: LedgerSource? = nil) -> LedgerCell {
        let body = LedgerTally.Body(
            counters: result.counters, batch: result.batch, receipt: receipt, receivedAt: context.receivedAt,
            lateMicroseconds: Int64(settings.lateSeconds) * Timestamp.microsecondsPerSecond, isTimely: isTimely ?? (context.door != .file))
        let tally = LedgerTally(body)
        add(tally, source ?? LedgerSource(context.door, result.batch), at: context.receivedAt)
        return tally.cell
    }

    /// Counts a request that was turned away as a whole: what it held is not known to be anywhere.
    ///
    /// - Parameter bytes: of its body, as far as they are known.
    package func refuse(_ reason: RefusalReason, source: LedgerSource, bytes: Int = 0) {
        var tally = LedgerTally()
        tally.cell.refuse(reason, bytes: Int64(bytes))
        add(tally, source, at: clock())
    }

    private func add(_ tally: LedgerTally, _ source: LedgerSource, at time: Timestamp) {
        let minute = Int32(clamping: floorMinute(time.microseconds))
        state.withLock { $0.add(tally, minute: minute, source: source) }
        schedule()
    }

    /// Why a report of expected calls is not taken.
    package enum ExpectationError: Error, Equatable {
        /// The minutes are older than those that can be changed: the first one that can.
        case tooOld(Timestamp)
        /// The range is empty, reaches into the future, or is longer than ``expectedMinutesMax``.
        case invalidRange
        /// The count is negative.
        case negativeCount
        /// There are too many reporters of a minute.
        case tooManyReporters
    }

    /// The longest range of one report, in minutes: a day.
    package static let expectedMinutesMax = 1_440

    /// Takes a gateway's own count of calls that completed in a range of time, spread evenly over the range's minutes.
    ///
    /// - Parameter reporter: who counts; the same reporter's later word on a minute replaces its earlier one. Nil adds to what counters have said.
    package func expect(_ count: Int64, source: LedgerSource, from: Timestamp, to: Timestamp, reporter: String?) throws(ExpectationError) {
        guard count >= 0 else { throw .negativeCount }
        let shares = try Self.spread(count, from: from, to: to, now: clock())
        let result = state.withLock { state -> ExpectationError? in
            let source = state.admitted(source)
            guard let first = shares.first?.minute, first >= state.firstMinute else {
                return .tooOld(Timestamp(microseconds: Int64(state.firstMinute) * 60_000_000))
            }
            if let reporter, shares.contains(where: { share in
                let known = state.cells[LedgerState.Key(minute: share.minute, source: source)]?.expectedByReporter
                return known.map { $0[reporter] == nil && $0.count >= LedgerCell.reportersMax } ?? false
            }) { return .tooManyReporters }
            for share in shares {
                var added = share.count
                state.change(share.minute, source) { cell in
                    if let reporter {
                        added = max(0, share.count - (cell.expectedByReporter[reporter] ?? 0))
                        cell.expectedByReporter[reporter] = share.count
                    } else {
                        cell.expectedByCounters = (cell.expectedByCounters ?? 0).addingClamped(share.count)
                    }
                }
                state.addExpected(added, source)
            }
            return nil
        }
        if let result { throw result }
        schedule()
    }

    /// Says what is wrong with a gateway's own counters; nil when they can be read again.
    package func counterTrouble(_ sentence: String?, source: LedgerSource) {
        counterTroubles.withLock { $0[source] = sentence }
    }

    /// The whole numbers that a count is divided into, one for each minute that the range touches, in proportion to the touched part of the minute.
    static func spread(_ count: Int64, from: Timestamp, to: Timestamp, now: Timestamp) throws(ExpectationError) -> [(minute: Int32, count: Int64)] {
        // A sender's clock may be a little ahead of ours.
        let tolerance: Int64 = 60_000_000
        guard from < to, to.microseconds <= now.microseconds + tolerance * 2 else { throw .invalidRange }
        let first = floorMinute(from.microseconds)
        let last = floorMinute(to.microseconds - 1)
        guard last - first < Int64(expectedMinutesMax), let start = Int32(exactly: first), let end = Int32(exactly: last) else { throw .invalidRange }
        let span = Double(to.microseconds - from.microseconds)
        var given: Int64 = 0
        return (start...end).map { minute in
            let minuteEnd = min(to.microseconds, Int64(minute + 1) * 60_000_000)
            let due = minute == end ? count : Int64(Double(count) * (Double(minuteEnd - from.microseconds) / span))
            defer { given = max(given, due) }
            return (minute, max(0, due - given))
        }
    }

    // MARK: Disk

    /// Writes what is not on disk yet and waits for it. For the end of the program and for tests.
    package func flush() {
        queue.sync { write() }
    }

    /// Files from before today that can be thrown away or made smaller are; called once a day by itself.
    func keepUp() {
        queue.sync { upkeep(isForced: true) }
    }

    private func schedule(after delay: DispatchTimeInterval = writeDelay) {
        guard folder != nil else { return }
        let mustSchedule = disk.withLock { disk in
            defer { disk.isScheduled = true }
            return !disk.isScheduled
        }
        if mustSchedule { queue.asyncAfter(deadline: .now() + delay) { self.write() } }
    }

    /// Minutes from here on are kept in memory.
    private static func firstMinute(_ now: Timestamp) -> Int32 { (now.utcDay - (minuteDays - 1)) * 1_440 }

    /// On the queue: reads the recent files.
    private func load() {
        guard let folder else { return }
        let today = clock().utcDay
        for day in (today - Self.minuteDays + 1)...today {
            guard let content = folder.read(day: day) else { continue }
            disk.withLock { disk in
                disk.compactBytes[day] = content.bytes
                disk.damagedLines += content.damagedLines
                if content.isFromTheFuture { disk.foreignDays.insert(day) }
            }
            let entries = Self.lastWords(content.entries)
            state.withLock { $0.addEarlier(entries) }
        }
        disk.withLock { $0.isLoaded = true }
        upkeep(isForced: false)
    }

    /// On the queue: appends changed cells to their days' files.
    private func write() {
        guard let folder else { return }
        disk.withLock { $0.isScheduled = false }
        let foreign = disk.withLock { $0.foreignDays }
        let entries = state.withLock { $0.takeUnwritten() }
        var failure: LedgerFolder.Failure?
        for (day, entries) in Dictionary(grouping: entries, by: { $0.minute.day }) where !foreign.contains(day) {
            do throws(LedgerFolder.Failure) {
                let size = try folder.append(entries.flatMap { LedgerLine.line($0) }, day: day)
                if size > disk.withLock({ $0.compactBytes[day] ?? 0 }) + Self.appendedBytesMax { compact(day, minutes: 1) }
            } catch {
                failure = error
                state.withLock { $0.returnUnwritten(entries) }
            }
        }
        note(failure)
        upkeep(isForced: false)
        if failure != nil { schedule(after: Self.retryDelay) }
    }

    private func note(_ failure: LedgerFolder.Failure?) {
        let now = clock()
        disk.withLock { disk in
            if failure != nil {
                disk.failedWrites += 1
                if disk.failure == nil { disk.failureSince = now }
            }
            disk.failure = failure
        }
    }

    /// On the queue: once a day forgets, coarsens and removes what is old.
    private func upkeep(isForced: Bool) {
        guard let folder else { return }
        let now = clock()
        state.withLock { $0.forget(before: Self.firstMinute(now)) }
        guard isForced || disk.withLock({ $0.lastUpkeepDay != now.utcDay }) else { return }
        disk.withLock { $0.lastUpkeepDay = now.utcDay }
        for day in folder.days() {
            if day < now.utcDay - Int32(clamping: settings.retentionDays) {
                folder.remove(day: day)
                olderDays.withLock { $0.forget(day) }
            } else if day <= now.utcDay - Self.minuteDays {
                compact(day, minutes: LedgerState.olderMinutes)
            }
        }
    }

    /// On the queue: writes a day's file anew, with one line a source and span.
    private func compact(_ day: Int32, minutes: Int32) {
        guard let folder, let content = folder.read(day: day), !content.isFromTheFuture else { return }
        if minutes > 1, content.header?.minutes == minutes { return }
        let entries = LedgerState.coarsened(Self.lastWords(content.entries), minutes: minutes)
        let lines = LedgerLine.header(minutes: minutes) + entries.flatMap { LedgerLine.line($0) }
        do throws(LedgerFolder.Failure) {
            try folder.replace(day: day, lines)
            disk.withLock { $0.compactBytes[day] = lines.count }
            olderDays.withLock { $0.forget(day) }
        } catch { note(error) }
    }

    /// Of several entries of a minute and source the last one.
    static func lastWords(_ entries: [LedgerLine.Entry]) -> [LedgerLine.Entry] {
        var place: [LedgerState.Key: Int] = [:]
        for (index, entry) in entries.enumerated() { place[LedgerState.Key(minute: entry.minute, source: entry.source)] = index }
        return place.values.sorted().map { entries[$0] }
    }

    // MARK: What to say

    /// Sentences about the ledger itself; empty when all is well.
    package var notes: [String] {
        var notes = disk.withLock { disk in
            var notes: [String] = []
            if let failure = disk.failure, let since = disk.failureSince {
                notes.append("The completeness ledger has not been written since \(since.iso8601) (\(failure.sentence)); its counts are in memory only.")
            }
            if disk.damagedLines > 0 { notes.append("\(disk.damagedLines) lines of the completeness ledger were damaged and are left out.") }
            if !disk.foreignDays.isEmpty { notes.append("A newer Gatewatch wrote files of the completeness ledger; they are left alone.") }
            return notes
        }
        let lost = state.withLock { $0.lostCells }
        if lost > 0 { notes.append("\(lost) minutes of the completeness ledger were lost because the disk did not take them.") }
        return notes
    }

    /// Writes that failed since the start.
    package var failedWrites: Int64 { disk.withLock { $0.failedWrites } }

    /// Whether the last write, if any, went well.
    package var isWritable: Bool { disk.withLock { $0.failure == nil } }

    /// Counts since the start by source, ascending; `expected` of them counts up as well.
    package var totals: [(source: LedgerSource, cell: LedgerCell)] {
        state.withLock { $0.totals }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension Int32 {
    /// The UTC day, in days since 1970, of a minute since 1970.
    var day: Int32 { self >= 0 ? self / 1_440 : (self + 1) / 1_440 - 1 }
}
