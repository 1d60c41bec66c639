package import GatewayModel

/// What all documents of one request to Gatewatch have in common.
package struct IngestContext: Sendable {
    /// The door they came in by.
    package var door: IngestDoor
    /// When they were received.
    package var receivedAt: Timestamp
    /// Completion times that are kept: the store's retention. Earlier records are refused as ``RejectionCode/tooOld``.
    package var acceptable: ClosedRange<Timestamp>

    /// - Parameters:
    ///   - acceptable: the first and the last completion time to keep, both included. The last one matters only when the receiver's own clock is
    ///     behind it: records from the future are set to the time of reception first.
    package init(door: IngestDoor, receivedAt: Timestamp, acceptable: ClosedRange<Timestamp>) {
        self.door = door
        self.receivedAt = receivedAt
        self.acceptable = acceptable
    }
}
