package import GatewayModel

/// Whether a group has news for an integration.
///
/// Source: prometheus/alertmanager, `notify/notify.go`, DedupStage.
package enum MessageDecision: Sendable, Equatable {
    case tell(Notification.Reason)
    /// All is over, and the integration does not hear of ends: it counts as told.
    case note
    case nothing

    /// - Parameters:
    ///   - told: what the integration was last told about the group; nil for nothing.
    ///   - firing, resolved: the group's alerts now, without those that are muted.
    ///   - repeatInterval: milliseconds.
    package init(
        told: NotifiedState?, firing: Set<AlertFingerprint>, resolved: Set<AlertFingerprint>, sendsResolved: Bool, repeatInterval: Int64, now: Timestamp
    ) {
        let news: Notification.Reason?
        if let told {
            if !firing.isSubset(of: told.firing) {
                news = told.firing.isEmpty ? .first : .changed
            } else if firing.isEmpty {
                // Alerts that came and went in between were never told of.
                news = told.firing.isEmpty ? nil : .changed
            } else if sendsResolved, !resolved.isSubset(of: told.resolved) {
                news = .changed
            } else {
                news = told.at.advanced(milliseconds: repeatInterval) < now ? .repeated : nil
            }
        } else {
            news = firing.isEmpty ? nil : .first
        }
        guard let news else {
            self = .nothing
            return
        }
        self = firing.isEmpty && !sendsResolved ? .note : .tell(news)
    }
}
