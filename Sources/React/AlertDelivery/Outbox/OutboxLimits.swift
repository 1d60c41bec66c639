/// What the outbox holds at most.
package struct OutboxLimits: Sendable {
    /// Messages that wait for one integration. Beyond it the oldest are dropped: the newest say how things are. A thousand groups of alerts are more than people read.
    package var messagesMax = 1_000
    /// Bytes of all messages that wait for one integration.
    package var queueBytesMax = 16 << 20
    /// Lines of the log of deliveries that are kept, and for how long.
    package var recordsMax = 10_000
    package var recordSecondsMax: Int64 = 30 * 86_400
    /// Groups of which it is known what was last told: as many as there can be alerts in a bad hour.
    package var notifiedMax = 100_000
    /// Attempts without a known outcome on a channel that cannot tell a repetition: each may have arrived.
    package var uncertainAttemptsMax = 3
    /// Bytes of journal from which it is replaced by a snapshot, unless it was as large after the last one.
    package var journalBytesMax = 8 << 20

    package init() {}
}

/// What the outbox must know of an integration.
package struct IntegrationTraits: Sendable, Equatable {
    package var rate: DeliveryRate
    /// Whether the receiver knows a message again by its id, so that sending it once more does no harm.
    package var recognisesRepetitions: Bool

    package init(rate: DeliveryRate, recognisesRepetitions: Bool) {
        self.rate = rate
        self.recognisesRepetitions = recognisesRepetitions
    }
}
