package import GatewayModel

/// An alert as somebody else tells it.
///
/// Source: Alertmanager's API v2, `postableAlert`.
package struct PostedAlert: Sendable, Equatable {
    package var labels: [SeriesLabel]
    package var annotations: [SeriesLabel]
    package var startsAt: Timestamp?
    package var endsAt: Timestamp?
    package var generatorURL: String

    package init(labels: [SeriesLabel], annotations: [SeriesLabel] = [], startsAt: Timestamp? = nil, endsAt: Timestamp? = nil, generatorURL: String = "") {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
    }

    /// The alert that is meant.
    ///
    /// - Parameter resolveTimeout: milliseconds after which one without an end counts as resolved.
    /// - Throws: Alertmanager's words for what is wrong.
    package func tracked(now: Timestamp, resolveTimeout: Int64, limits: RoutingLimits) throws(PostedAlertError) -> TrackedAlert {
        let starts = startsAt ?? endsAt ?? now
        let ends = endsAt ?? now.advanced(milliseconds: resolveTimeout)
        guard ends >= starts else { throw PostedAlertError(message: "start time must be before end time") }
        if let label = labels.first(where: { $0.name.isEmpty }) { throw PostedAlertError(message: "invalid label set: invalid name \(label.name.goQuoted)") }
        if let annotation = annotations.first(where: { $0.name.isEmpty }) { throw PostedAlertError(message: "invalid annotations: invalid name \(annotation.name.goQuoted)") }
        let named = SeriesLabels(labels)
        guard !named.labels.isEmpty else { throw PostedAlertError(message: "at least one label pair required") }
        guard named.labels.count <= limits.labelsMax else { throw PostedAlertError(message: "more than \(limits.labelsMax) labels") }
        let bytes = (labels + annotations).reduce(generatorURL.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard bytes <= limits.alertBytesMax else { throw PostedAlertError(message: "labels and annotations of more than \(limits.alertBytesMax) bytes") }
        let alert = Alert(labels: named, annotations: SeriesLabels(annotations), startsAt: starts, endsAt: ends, generatorURL: generatorURL)
        return TrackedAlert(alert, updatedAt: now, hasTimeout: endsAt == nil)
    }
}

/// Why an alert was not taken.
package struct PostedAlertError: Error, Sendable, Equatable {
    package let message: String
}
