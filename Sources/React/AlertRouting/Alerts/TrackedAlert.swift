package import GatewayModel

/// An alert that routing knows of.
package struct TrackedAlert: Sendable, Equatable {
    package var alert: Alert
    package var updatedAt: Timestamp
    /// Whether its end was not told but follows from the time after which an alert counts as resolved.
    package var hasTimeout: Bool
    /// Whether it is known from before a restart, when its end lay ahead, and nobody has told it again: then it is not taken as resolved, whatever its end.
    package var isHeld = false

    package init(_ alert: Alert, updatedAt: Timestamp, hasTimeout: Bool) {
        self.alert = alert
        self.updatedAt = updatedAt
        self.hasTimeout = hasTimeout
    }

    package func isResolved(at time: Timestamp) -> Bool { !isHeld && alert.isResolved(at: time) }

    /// The same alert told again.
    ///
    /// Two tellings that overlap are one: it began when the earlier one says. Its end is the newest one's, unless an end that was really told is later.
    /// Source: prometheus/alertmanager, `provider/mem/mem.go` and `alert/alert.go`, Merge.
    package func merged(with newer: TrackedAlert) -> TrackedAlert {
        let (old, new) = (alert, newer.alert)
        let overlaps = (new.endsAt > old.startsAt && new.endsAt < old.endsAt) || (new.startsAt > old.startsAt && new.startsAt < old.endsAt)
        guard overlaps else { return newer }
        var merged = newer
        merged.alert.startsAt = min(old.startsAt, new.startsAt)
        if new.isResolved(at: newer.updatedAt) {
            if old.isResolved(at: newer.updatedAt), old.endsAt > new.endsAt { merged.alert.endsAt = old.endsAt }
        } else if old.endsAt > new.endsAt, !hasTimeout {
            merged.alert.endsAt = old.endsAt
        }
        if merged.alert.evidence == nil { merged.alert.evidence = old.evidence }
        return merged
    }
}
