import AlertDelivery
import AlertRouting
import GatewayModel
import KeepTestSupport

extension Timestamp {
    func adding(_ seconds: Double) -> Timestamp { Timestamp(microseconds: microseconds + Int64(seconds * 1e6)) }
}

extension Notification {
    /// A message about alerts named in `firing` and `resolved`.
    static func test(
        _ id: String, receiver: String = "ops", kind: String = "slack", group: String = "{}:{alertname=\"A\"}", firing: [String] = ["A"], resolved: [String] = [],
        reason: Reason = .first, at: Timestamp = TestClock.start, lifetimeSeconds: Double = 14_400
    ) -> Notification {
        func alert(_ name: String, _ isResolved: Bool) -> NotifiedAlert {
            NotifiedAlert(
                Alert(
                    labels: SeriesLabels([SeriesLabel("alertname", name), SeriesLabel("severity", "critical")]),
                    annotations: SeriesLabels([SeriesLabel("summary", "\(name) is bad")]), startsAt: at.adding(-10), endsAt: isResolved ? at : at.adding(240),
                    generatorURL: "http://gw/graph",
                    evidence: AlertEvidence(
                        expression: "x > 0.05", value: 0.072, threshold: AlertThreshold(.greater, 0.05), group: "g", file: "f.yml", activeAt: at.adding(-20))),
                isResolved: isResolved)
        }
        return Notification(
            id: id, key: NotificationKey(receiver: receiver, integration: kind, index: 0, group: group), reason: reason,
            groupLabels: SeriesLabels([SeriesLabel("alertname", "A")]), alerts: firing.map { alert($0, false) } + resolved.map { alert($0, true) }, createdAt: at,
            expiresAt: at.adding(lifetimeSeconds))
    }
}
