internal import GatewayModel

/// Alerts that wait to be handed to one Alertmanager: of each only the newest state, since that is all that an Alertmanager keeps. A pure state machine.
///
/// An alert that began and ended while the Alertmanager was away is told once, with its beginning and end.
struct HandoverQueue: Sendable {
    /// Alerts that wait at most; the oldest go. As many as Prometheus has in its queue.
    static let alertsMax = 10_000
    /// Alerts of one request; as many as Prometheus sends.
    static let batchMax = 256

    private var waiting: [SeriesLabels: Alert] = [:]
    /// In the order in which they came; those told again keep their place. May name some that are gone.
    private var order: [SeriesLabels] = []

    var count: Int { waiting.count }

    /// Takes alerts; returns how many were dropped to make room.
    mutating func add(_ alerts: [Alert]) -> Int {
        for alert in alerts where waiting.updateValue(alert, forKey: alert.labels) == nil { order.append(alert.labels) }
        return trim()
    }

    /// The oldest, as many as one request holds.
    mutating func take() -> [Alert] {
        var batch: [Alert] = []
        var seen = 0
        while seen < order.count, batch.count < Self.batchMax {
            if let alert = waiting.removeValue(forKey: order[seen]) { batch.append(alert) }
            seen += 1
        }
        order.removeFirst(seen)
        return batch
    }

    /// Puts back what could not be handed over, in front, but for what was told anew meanwhile. Returns how many were dropped.
    mutating func putBack(_ alerts: [Alert]) -> Int {
        let missing = alerts.filter { waiting[$0.labels] == nil }
        for alert in missing { waiting[alert.labels] = alert }
        order.insert(contentsOf: missing.map(\.labels), at: 0)
        return trim()
    }

    private mutating func trim() -> Int {
        var dropped = 0, seen = 0
        while waiting.count > Self.alertsMax, seen < order.count {
            if waiting.removeValue(forKey: order[seen]) != nil { dropped += 1 }
            seen += 1
        }
        order.removeFirst(seen)
        return dropped
    }
}
