package import DurableFiles
package import GatewayModel
internal import Synchronization

/// All incidents: alerts open, join and end them, people take them on.
///
/// Changes are on the disk before a person hears that they are made. While the disk refuses, the book goes on in memory, says so, and writes all of it once it can.
package final class IncidentBook: AlertSink {
    /// What the program's log should say.
    package enum Event: Sendable, Equatable {
        case damaged(StorageError)
        /// The disk refuses: changes are held in memory only.
        case notKept(StorageError)
        case keptAgain
    }

    private struct Kept: Sendable {
        var state: IncidentState
        /// Writes that failed, and how many of them a snapshot has made up for since.
        var failures = 0
        var madeUp = 0
        /// Whether the journal lacks something that the state has.
        var isAhead: Bool { failures > madeUp }
    }

    /// Bytes of the journal from which on it is written anew when half of it is superseded.
    private static let compactionBytesMin = 1 << 20

    private let journal: Journal
    private let kept: Mutex<Kept>
    private let now: @Sendable () -> Timestamp
    private let onEvent: @Sendable (Event) -> Void
    private let snapshotBytes = Mutex(0)

    /// Opens the book in a folder, which is made when it is missing.
    package init(
        folder: String, files: any FileLayer, options: IncidentOptions = IncidentOptions(), now: @escaping @Sendable () -> Timestamp = { .now() },
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(StorageError) {
        let (journal, recovered) = try Journal.open(folder: folder, files: files)
        for damage in recovered.damage { onEvent(.damaged(damage)) }
        var state = IncidentState(options)
        let grace = Timestamp(microseconds: now().microseconds + IncidentLimits.graceSeconds * Timestamp.microsecondsPerSecond)
        for entry in recovered.entries {
            if let incident = IncidentJSON.decode(entry) { state.restore(incident, graceUntil: grace) } else {
                onEvent(.damaged(.damaged(file: folder, what: "an entry that is no incident", offset: 0)))
            }
        }
        self.journal = journal
        kept = Mutex(Kept(state: state))
        (self.now, self.onEvent) = (now, onEvent)
    }

    // MARK: Alerts

    package func receive(_ alerts: [Alert]) async {
        let now = now()
        _ = await write { state in
            let changed = state.take(alerts, now: now)
            return changed.union(state.expire(now: now))
        }
    }

    /// Ends alerts that nobody tells any more, forgets what is old, and writes the journal anew when it has grown. To be called now and then.
    package func maintain() async {
        let now = now()
        _ = await write { $0.expire(now: now) }
        let forgot = kept.withLock { $0.state.forget(now: now) }
        let hasGrown = journal.bytes > max(Self.compactionBytesMin, 2 * snapshotBytes.withLock { $0 })
        if forgot || hasGrown || kept.withLock({ $0.isAhead }) { _ = await writeAll() }
    }

    // MARK: People

    /// Takes an incident on; again by another person it is theirs as well.
    package func acknowledge(_ id: String, author: String) async throws(IncidentError) -> Incident {
        try await change(id, author) { (kept, time, author) throws(IncidentError) in
            guard kept.isUnresolved else { throw IncidentError.invalid(field: "id", reason: "\(id) is resolved; reopen it first") }
            if kept.incident.acknowledgedAt == nil { kept.incident.acknowledgedAt = time }
            kept.incident.state = .acknowledged
            if kept.incident.assignee == nil { kept.incident.assignee = author }
            kept.tell(.acknowledged, at: time, author: author, "")
        }
    }

    package func assign(_ id: String, to assignee: String, author: String) async throws(IncidentError) -> Incident {
        let assignee = try Self.checked(assignee, "assignee", IncidentLimits.nameBytesMax)
        return try await change(id, author) { kept, time, author in
            kept.incident.assignee = assignee
            kept.tell(.assigned, at: time, author: author, assignee)
        }
    }

    package func note(_ id: String, text: String, author: String) async throws(IncidentError) -> Incident {
        let text = try Self.checked(text, "text", IncidentLimits.noteBytesMax)
        return try await change(id, author) { kept, time, author in kept.tell(.note, at: time, author: author, text) }
    }

    package func resolve(_ id: String, text: String, author: String) async throws(IncidentError) -> Incident {
        let text = try Self.checked(text, "text", IncidentLimits.noteBytesMax, mayBeEmpty: true)
        return try await change(id, author) { (kept, time, author) throws(IncidentError) in
            guard kept.isUnresolved else { throw IncidentError.invalid(field: "id", reason: "\(id) is resolved already") }
            kept.resolve(at: time, author: author, text)
        }
    }

    package func reopen(_ id: String, text: String, author: String) async throws(IncidentError) -> Incident {
        let text = try Self.checked(text, "text", IncidentLimits.noteBytesMax, mayBeEmpty: true)
        return try await change(id, author) { (kept, time, author) throws(IncidentError) in
            guard !kept.isUnresolved else { throw IncidentError.invalid(field: "id", reason: "\(id) is not resolved") }
            kept.reopen(at: time, author: author, text)
        }
    }

    /// Marks a span of the past as an incident, whether alerts told of it or not.
    ///
    /// - Parameter severity: `critical`, `warning` or `info`.
    package func mark(title: String, range: TimeRange, severity: String = "warning", author: String) async throws(IncidentError) -> Incident {
        let title = try Self.checked(title, "title", IncidentLimits.nameBytesMax)
        let author = try Self.checked(author, "author", IncidentLimits.nameBytesMax)
        guard !range.isEmpty else { throw .invalid(field: "to", reason: "the end must lie behind the beginning") }
        guard IncidentSeverity.all.contains(severity) else { throw .invalid(field: "severity", reason: "is none of \(IncidentSeverity.all.joined(separator: ", "))") }
        let time = now()
        let (number, failure) = await writeOne { state in
            state.add(
                { id in
                    var incident = Incident(
                        id: id, title: title, state: .resolved, severity: severity, startedAt: range.from, detectedAt: range.from, alerts: [],
                        timeline: [IncidentEvent(at: time, kind: .opened, author: author, text: "marked by hand")])
                    incident.isMarked = true
                    incident.resolvedAt = range.to
                    return incident
                }, at: range.from
            ).number
        }
        return try answer(number, failure)
    }

    // MARK: Reading

    /// - Returns: nil when there is no such incident.
    package func incident(_ id: String) -> Incident? { number(id).flatMap { number in kept.withLock { $0.state.incidents[number]?.incident } } }

    /// Incidents in one of the states that were going on within a range, the newest first.
    package func incidents(_ states: Set<Incident.State> = [.open, .acknowledged, .resolved], in range: TimeRange = .all, limit: Int = IncidentLimits.answerMax) -> [Incident] {
        let all = kept.withLock { Array($0.state.incidents.values) }
        let found = all.filter { kept in
            states.contains(kept.incident.state) && range.overlaps(first: kept.incident.startedAt, last: kept.incident.resolvedAt ?? Timestamp(microseconds: .max))
        }
        return found.sorted { $0.incident.detectedAt != $1.incident.detectedAt ? $0.incident.detectedAt > $1.incident.detectedAt : $0.number > $1.number }.prefix(max(0, limit)).map(\.incident)
    }

    /// One a week, the oldest first, up to the present one.
    package func statistics(weeks: Int) -> [IncidentWeek] {
        IncidentStatistics.weeks(min(max(1, weeks), IncidentLimits.weeksMax), of: kept.withLock { $0.state.incidents.values.map(\.incident) }, now: now())
    }

    /// What was handed over is written; what comes later is refused.
    package func close() async { await journal.close() }

    // MARK: Changing

    private func number(_ id: String) -> Int? { id.hasPrefix("I-") ? Int(id.dropFirst(2)) : nil }

    private static func checked(_ text: String, _ field: String, _ bytesMax: Int, mayBeEmpty: Bool = false) throws(IncidentError) -> String {
        guard mayBeEmpty || !text.allSatisfy(\.isWhitespace) else { throw .invalid(field: field, reason: "is missing") }
        guard text.utf8.count <= bytesMax else { throw .invalid(field: field, reason: "has more than \(bytesMax) bytes") }
        return text
    }

    private typealias Change = (inout KeptIncident, _ time: Timestamp, _ author: String) throws(IncidentError) -> Void

    private func change(_ id: String, _ author: String, _ body: Change) async throws(IncidentError) -> Incident {
        let author = try Self.checked(author, "author", IncidentLimits.nameBytesMax)
        guard let number = number(id) else { throw .notFound(id) }
        let time = now()
        let decided: Result<KeptIncident?, IncidentError> = kept.withLock { kept in
            Result { () throws(IncidentError) in
                guard kept.state.incidents[number].map({ $0.incident.timeline.count < IncidentLimits.timelineMax }) ?? true else {
                    throw .invalid(field: "id", reason: "\(id) has \(IncidentLimits.timelineMax) entries; write the rest elsewhere")
                }
                return try kept.state.change(number) { (incident) throws(IncidentError) in try body(&incident, time, author) }
            }
        }
        guard let changed = try decided.get() else { throw .notFound(id) }
        return try answer(number, await write([changed]))
    }

    private func answer(_ number: Int, _ failure: StorageError?) throws(IncidentError) -> Incident {
        if let failure { throw .notKept("\(failure)") }
        guard let incident = kept.withLock({ $0.state.incidents[number]?.incident }) else { throw .notFound(KeptIncident.id(number)) }
        return incident
    }

    private func write(_ body: (inout IncidentState) -> Set<Int>) async -> StorageError? {
        let changed = kept.withLock { kept in
            let numbers = body(&kept.state)
            return numbers.sorted().compactMap { kept.state.incidents[$0] }
        }
        return await write(changed)
    }

    private func writeOne(_ body: (inout IncidentState) -> Int) async -> (Int, StorageError?) {
        let (number, changed) = kept.withLock { kept in
            let number = body(&kept.state)
            return (number, kept.state.incidents[number].map { [$0] } ?? [])
        }
        return (number, await write(changed))
    }

    private func write(_ changed: [KeptIncident]) async -> StorageError? {
        if changed.isEmpty { return nil }
        // What the journal lacks is part of a whole snapshot only.
        if kept.withLock({ $0.isAhead }) { return await writeAll() }
        do throws(StorageError) {
            try await journal.append(changed.map(IncidentJSON.encode)) { _ in }
            return nil
        } catch {
            kept.withLock { $0.failures += 1 }
            onEvent(.notKept(error))
            return error
        }
    }

    /// Replaces the journal by all incidents as they are.
    private func writeAll() async -> StorageError? {
        do throws(StorageError) {
            let covered = Mutex(0)
            try await journal.replace {
                self.kept.withLock { kept in
                    covered.withLock { $0 = kept.failures }
                    return kept.state.incidents.values.sorted { $0.number < $1.number }.map(IncidentJSON.encode)
                }
            }
            snapshotBytes.withLock { $0 = journal.bytes }
            let madeUp = covered.withLock { $0 }
            let wasAhead = kept.withLock { kept in
                defer { kept.madeUp = madeUp }
                return kept.isAhead
            }
            if wasAhead { onEvent(.keptAgain) }
            return nil
        } catch { return error }
    }
}
