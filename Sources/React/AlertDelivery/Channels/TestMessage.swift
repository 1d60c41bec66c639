package import AlertRouting
package import GatewayModel

/// A message that says that nothing is wrong, to see whether it arrives.
package enum TestMessage {
    /// - Parameter id: never used before.
    package static func make(to integration: IntegrationKey, id: String, now: Timestamp) -> Notification {
        let labels = SeriesLabels([SeriesLabel(Alert.nameLabel, "GatewatchTest"), SeriesLabel("severity", "info")])
        let annotations = SeriesLabels([SeriesLabel("summary", "This is a test of the receiver \(integration.receiver). Nothing is wrong.")])
        let hour: Int64 = 3_600 * Timestamp.microsecondsPerSecond
        let alert = Alert(labels: labels, annotations: annotations, startsAt: now, endsAt: Timestamp(microseconds: now.microseconds + hour))
        return Notification(
            id: id, key: NotificationKey(receiver: integration.receiver, integration: integration.kind, index: integration.index, group: "{}:{alertname=\"GatewatchTest\"}"),
            reason: .test, groupLabels: labels.keeping([Alert.nameLabel]), alerts: [NotifiedAlert(alert, isResolved: false)], createdAt: now,
            expiresAt: Timestamp(microseconds: now.microseconds + hour))
    }
}

/// How a test of an integration ended.
package struct TestResult: Sendable, Equatable {
    package var integration: IntegrationKey
    /// nil when the receiver took the message.
    package var error: String?
}

extension ReceiverSender {
    /// Sends a test message to every integration of a receiver, once, past the outbox.
    ///
    /// - Returns: a result for each; nil when there is no such receiver.
    package func test(_ receiver: String, newID: () -> String, now: Timestamp) async -> [TestResult]? {
        guard let found = current.receivers.first(where: { $0.name == receiver }) else { return nil }
        var results: [TestResult] = []
        for integration in found.integrations {
            let key = IntegrationKey(receiver: receiver, kind: integration.name, index: integration.index)
            let outcome = await send(OutgoingMessage(notification: TestMessage.make(to: key, id: newID(), now: now)))
            results.append(TestResult(integration: key, error: outcome.error))
        }
        return results
    }
}

extension DeliveryOutcome {
    /// Why a message did not arrive, or not everywhere; nil when it did.
    package var error: String? {
        switch self {
        case .delivered: nil
        case .deliveredExcept(let error), .giveUp(let error), .disable(let error): error
        case .retry(let refusal): refusal.message
        }
    }
}
