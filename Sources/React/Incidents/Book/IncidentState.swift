internal import GatewayModel

/// Which incidents there are, and what alerts do to them: no clock, no disk.
struct IncidentState: Sendable {
    private let options: IncidentOptions
    private(set) var incidents: [Int: KeptIncident] = [:]
    private var nextNumber = 1
    /// The incident that an alert which fires belongs to.
    private var incidentOfAlert: [AlertFingerprint: Int] = [:]
    /// Until when an alert fires that nobody tells again.
    private var firesUntil: [AlertFingerprint: Timestamp] = [:]

    init(_ options: IncidentOptions) { self.options = options }

    /// Takes up what an entry of the journal says.
    ///
    /// - Parameter graceUntil: until when its alerts count as firing.
    mutating func restore(_ kept: KeptIncident, graceUntil: Timestamp) {
        nextNumber = max(nextNumber, kept.number + 1)
        if let known = incidents[kept.number], known.revision >= kept.revision { return }
        put(kept)
        for fingerprint in kept.firing { firesUntil[fingerprint] = graceUntil }
    }

    /// Keeps an incident as it is now.
    private mutating func put(_ kept: KeptIncident) {
        for fingerprint in incidents[kept.number]?.firing ?? [] where incidentOfAlert[fingerprint] == kept.number { incidentOfAlert[fingerprint] = nil }
        incidents[kept.number] = kept
        for fingerprint in kept.firing { incidentOfAlert[fingerprint] = kept.number }
    }

    /// Changes an incident; nil when there is none of that number.
    mutating func change<Failure: Error>(_ number: Int, _ body: (inout KeptIncident) throws(Failure) -> Void) throws(Failure) -> KeptIncident? {
        guard var kept = incidents[number] else { return nil }
        try body(&kept)
        kept.revision += 1
        put(kept)
        return kept
    }

    /// A new incident with the next number.
    mutating func add(_ make: (_ id: String) -> Incident, firing: Set<AlertFingerprint> = [], at time: Timestamp) -> KeptIncident {
        let kept = KeptIncident(number: nextNumber, incident: make(KeptIncident.id(nextNumber)), firing: firing, lastAlertAt: time)
        nextNumber += 1
        put(kept)
        return kept
    }

    // MARK: Alerts

    /// Alerts of the severity `none` are passed over: they are to fire always, and tell that alerting works.
    ///
    /// - Returns: numbers of the incidents that changed.
    mutating func take(_ alerts: [Alert], now: Timestamp) -> Set<Int> {
        var changed: Set<Int> = []
        for alert in alerts where alert.labels["severity"] != "none" {
            let fingerprint = alert.fingerprint
            let isResolved = alert.isResolved(at: now)
            if let number = incidentOfAlert[fingerprint] {
                if isResolved {
                    end(fingerprint, alert.name, of: number, at: min(alert.endsAt, now))
                    changed.insert(number)
                } else {
                    firesUntil[fingerprint] = alert.endsAt
                }
            } else if !isResolved {
                changed.insert(begin(alert, fingerprint, now: now))
                firesUntil[fingerprint] = alert.endsAt
            }
        }
        return changed
    }

    /// Ends alerts that nobody has told again in time.
    mutating func expire(now: Timestamp) -> Set<Int> {
        var changed: Set<Int> = []
        for (fingerprint, until) in firesUntil where until <= now {
            if let number = incidentOfAlert[fingerprint] {
                end(fingerprint, name(of: fingerprint, in: number), of: number, at: now)
                changed.insert(number)
            }
            firesUntil[fingerprint] = nil
        }
        return changed
    }

    private func name(of fingerprint: AlertFingerprint, in number: Int) -> String {
        incidents[number]?.incident.alerts.first { AlertFingerprint($0) == fingerprint }?[Alert.nameLabel] ?? "alert"
    }

    private mutating func end(_ fingerprint: AlertFingerprint, _ name: String, of number: Int, at time: Timestamp) {
        firesUntil[fingerprint] = nil
        let resolves = options.resolvesAutomatically
        _ = change(number) { kept in
            kept.firing.remove(fingerprint)
            kept.tell(.alertResolved, at: time, "\(name) is resolved")
            if kept.firing.isEmpty, resolves, kept.isUnresolved { kept.resolve(at: time, "all alerts are resolved") }
        }
    }

    private mutating func begin(_ alert: Alert, _ fingerprint: AlertFingerprint, now: Timestamp) -> Int {
        let started = min(alert.evidence?.activeAt ?? alert.startsAt, alert.startsAt)
        guard let number = home(of: alert, fingerprint, now: now) else {
            let title = title(of: alert)
            return add(
                { id in
                    Incident(
                        id: id, title: title, state: .open, severity: IncidentSeverity.of(alert.labels), startedAt: started, detectedAt: alert.startsAt,
                        alerts: [alert.labels], timeline: [IncidentEvent(at: alert.startsAt, kind: .opened, text: alert.annotations["summary"] ?? "\(alert.name) fires")])
                }, firing: [fingerprint], at: now
            ).number
        }
        _ = change(number) { kept in
            if !kept.isUnresolved { kept.reopen(at: now, "\(alert.name) fires again") }
            let isKnown = kept.incident.alerts.contains(alert.labels)
            if !isKnown, kept.incident.alerts.count < IncidentLimits.alertsMax { kept.incident.alerts.append(alert.labels) }
            kept.tell(.joined, at: alert.startsAt, isKnown ? "\(alert.name) fires again" : alert.annotations["summary"] ?? "\(alert.name) fires")
            kept.firing.insert(fingerprint)
            kept.incident.startedAt = min(kept.incident.startedAt, started)
            kept.incident.severity = IncidentSeverity.worse(kept.incident.severity, IncidentSeverity.of(alert.labels))
            kept.lastAlertAt = now
        }
        return number
    }

    // MARK: Which incident

    /// Where an alert that begins to fire belongs: an incident that knows it, one of the same group, one of the same cause, one that was just over.
    private func home(of alert: Alert, _ fingerprint: AlertFingerprint, now: Timestamp) -> Int? {
        let candidates = incidents.values.filter { !$0.incident.isMarked }.sorted { $0.lastAlertAt != $1.lastAlertAt ? $0.lastAlertAt > $1.lastAlertAt : $0.number > $1.number }
        let unresolved = candidates.filter(\.isUnresolved)
        let group = values(options.groupLabels, of: alert.labels)
        let sameGroup = { (kept: KeptIncident) in kept.incident.alerts.contains { values(options.groupLabels, of: $0) == group } }
        let cause = values(options.causeLabels, of: alert.labels)
        let hasCause = cause.contains { !$0.isEmpty }
        let sameCause = { (kept: KeptIncident) in hasCause && kept.incident.alerts.contains { values(options.causeLabels, of: $0) == cause } }
        let home =
            unresolved.first { $0.incident.alerts.contains(alert.labels) }
            ?? unresolved.first { sameGroup($0) && isWithin(options.groupWindowSeconds, since: $0.lastAlertAt, now) }
            ?? unresolved.first { sameCause($0) && isWithin(options.causeWindowSeconds, since: $0.lastAlertAt, now) }
            ?? candidates.first { kept in kept.incident.resolvedAt.map { sameGroup(kept) && isWithin(options.reopenWindowSeconds, since: $0, now) } ?? false }
        return home?.number
    }

    private func values(_ names: [String], of labels: SeriesLabels) -> [String] { names.map { labels[$0] ?? "" } }

    private func isWithin(_ seconds: Int64, since: Timestamp, _ now: Timestamp) -> Bool { now.microseconds - since.microseconds <= seconds * Timestamp.microsecondsPerSecond }

    /// The alert's name and what it is about.
    private func title(of alert: Alert) -> String {
        let about = options.groupLabels.filter { $0 != Alert.nameLabel }.compactMap { alert.labels[$0] }
        return Self.cut(([alert.name] + about).joined(separator: " "), IncidentLimits.nameBytesMax)
    }

    /// At most so many bytes, whole characters.
    static func cut(_ text: String, _ bytesMax: Int) -> String {
        var (cut, bytes) = ("", 0)
        for character in text {
            bytes += character.utf8.count
            if bytes > bytesMax { break }
            cut.append(character)
        }
        return cut
    }

    // MARK: Retention

    /// Forgets what is over for longer than it is kept, and the oldest where there are too many; true when it did.
    mutating func forget(now: Timestamp) -> Bool {
        let limit = now.microseconds - Int64(options.retentionDays) * Timestamp.microsecondsPerDay
        var gone = incidents.values.filter { kept in kept.incident.resolvedAt.map { $0.microseconds < limit } ?? false }.map(\.number)
        let excess = incidents.count - gone.count - IncidentLimits.incidentsMax
        if excess > 0 {
            let known = Set(gone)
            let oldest = incidents.values.filter { !known.contains($0.number) }
                .sorted { $0.isUnresolved != $1.isUnresolved ? !$0.isUnresolved : $0.number < $1.number }
            gone += oldest.prefix(excess).map(\.number)
        }
        for number in gone {
            for fingerprint in incidents[number]?.firing ?? [] where incidentOfAlert[fingerprint] == number { incidentOfAlert[fingerprint] = nil }
            incidents[number] = nil
        }
        return !gone.isEmpty
    }
}
