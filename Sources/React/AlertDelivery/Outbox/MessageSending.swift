package import AlertRouting
package import GatewayModel

/// An attempt to deliver a message.
package struct OutgoingMessage: Sendable, Equatable {
    package var notification: Notification
    /// From 1.
    package var attempt: Int
    /// Whether an earlier attempt may have arrived: said in the message where the receiver cannot tell a repetition.
    package var mayHaveArrived: Bool

    package init(notification: Notification, attempt: Int = 1, mayHaveArrived: Bool = false) {
        self.notification = notification
        self.attempt = attempt
        self.mayHaveArrived = mayHaveArrived
    }
}

/// Who brings messages to receivers for the outbox.
package protocol MessageSender: Sendable {
    /// Makes one attempt. Called concurrently for different integrations, one at a time for each. Must end within a bounded time.
    func send(_ message: OutgoingMessage) async -> DeliveryOutcome
    func traits(_ integration: IntegrationKey) -> IntegrationTraits
}

/// Where the time comes from.
package protocol DeliveryClock: Sendable {
    func now() -> Timestamp
    /// Throws when the task is cancelled.
    func sleep(until time: Timestamp) async throws
}

/// The system's clock.
package struct SystemDeliveryClock: DeliveryClock {
    package init() {}

    package func now() -> Timestamp { .now() }

    package func sleep(until time: Timestamp) async throws {
        // The wall clock may be set while we sleep: looked at again at least once a minute.
        while case let rest = time.microseconds - now().microseconds, rest > 0 { try await Task.sleep(for: .microseconds(min(rest, 60_000_000))) }
    }
}
