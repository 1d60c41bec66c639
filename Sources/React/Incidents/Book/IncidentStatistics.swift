package import GatewayModel

/// How a week went, by the incidents that were detected in it.
package struct IncidentWeek: Sendable, Equatable {
    /// ISO 8601: `2026-W10`.
    package var name: String
    /// Its Monday, 00:00 UTC.
    package var from: Timestamp
    package var incidents = 0
    package var critical = 0
    package var warning = 0
    package var info = 0
    /// Mean seconds from the condition's first sign to the alert; nil when there was nothing to average. Incidents marked by hand do not count here.
    package var meanDetectSeconds: Double?
    /// Mean seconds from the alert to the person who took it on; nil when nobody had to. Incidents marked by hand do not count here.
    package var meanAcknowledgeSeconds: Double?
    /// Mean seconds from the first sign to the end; nil when none has ended.
    package var meanResolveSeconds: Double?
}

/// Weeks of incidents.
enum IncidentStatistics {
    private static let weekMicroseconds = 7 * Timestamp.microsecondsPerDay

    /// - Returns: one a week, the oldest first, the last that of `now`.
    static func weeks(_ count: Int, of incidents: some Sequence<Incident>, now: Timestamp) -> [IncidentWeek] {
        let last = monday(of: now)
        let first = last - Int64(count - 1) * weekMicroseconds
        var groups = [[Incident]](repeating: [], count: count)
        for incident in incidents {
            let place = (monday(of: incident.detectedAt) - first) / weekMicroseconds
            if incident.detectedAt.microseconds >= first, groups.indices.contains(Int(place)) { groups[Int(place)].append(incident) }
        }
        return groups.enumerated().map { week(starting: first + Int64($0.offset) * weekMicroseconds, $0.element) }
    }

    private static func week(starting monday: Int64, _ incidents: [Incident]) -> IncidentWeek {
        let alerted = incidents.filter { !$0.isMarked }
        var week = IncidentWeek(name: name(ofWeekStarting: monday), from: Timestamp(microseconds: monday))
        week.incidents = incidents.count
        week.critical = incidents.count { $0.severity == "critical" }
        week.warning = incidents.count { $0.severity == "warning" }
        week.info = incidents.count { $0.severity == "info" }
        week.meanDetectSeconds = mean(alerted.map { $0.detectedAt.seconds - $0.startedAt.seconds })
        week.meanAcknowledgeSeconds = mean(alerted.compactMap { incident in incident.acknowledgedAt.map { $0.seconds - incident.detectedAt.seconds } })
        week.meanResolveSeconds = mean(incidents.compactMap { incident in incident.resolvedAt.map { $0.seconds - incident.startedAt.seconds } })
        return week
    }

    private static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }

    /// Day 0 of 1970 was a Thursday.
    private static func monday(of time: Timestamp) -> Int64 {
        let day = Int64(time.utcDay)
        return (day - ((day + 3) % 7 + 7) % 7) * Timestamp.microsecondsPerDay
    }

    /// A week belongs to the year that has its Thursday.
    static func name(ofWeekStarting monday: Int64) -> String {
        let thursday = monday / Timestamp.microsecondsPerDay + 3
        let year = Timestamp.civil(fromDays: thursday).year
        let number = (thursday - Timestamp.daysFromCivil(year: year, month: 1, day: 1)) / 7 + 1
        return "\(year)-W\(number < 10 ? "0" : "")\(number)"
    }
}
