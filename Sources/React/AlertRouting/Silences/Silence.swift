package import GatewayModel

/// A span in which alerts that match are not told.
///
/// Source: prometheus/alertmanager, `silence/silence.go`.
package struct Silence: Sendable, Equatable {
    package enum State: String, Sendable { case active, pending, expired }

    /// A UUID; empty for one that is yet to be made.
    package var id: String
    /// All must match.
    package var matchers: [SeriesMatcher]
    package var startsAt: Timestamp
    package var endsAt: Timestamp
    package var updatedAt: Timestamp
    package var createdBy: String
    package var comment: String
    /// Free text by name. Ours: a maintenance window has `kind` = `maintenance`.
    package var annotations: SeriesLabels

    package init(
        id: String = "", matchers: [SeriesMatcher], startsAt: Timestamp, endsAt: Timestamp, updatedAt: Timestamp = Timestamp(microseconds: 0), createdBy: String, comment: String,
        annotations: SeriesLabels = .none
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.updatedAt = updatedAt
        self.createdBy = createdBy
        self.comment = comment
        self.annotations = annotations
    }

    package func state(at time: Timestamp) -> State { time < startsAt ? .pending : time > endsAt ? .expired : .active }
}

/// Why a silence was not taken.
package enum SilenceError: Error, Sendable, Equatable {
    case notFound
    /// In Alertmanager's words.
    case refused(String)
    /// It could not be kept on disk, so it does not hold.
    case storage(StorageError)

    package var message: String {
        switch self {
        case .notFound: "silence not found"
        case .refused(let reason): reason
        case .storage(let error): "the silence could not be kept: \(error)"
        }
    }
}
