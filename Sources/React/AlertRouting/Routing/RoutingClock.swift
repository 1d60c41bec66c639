package import GatewayModel

/// What time it is, and waiting for another.
package protocol RoutingClock: Sendable {
    func now() -> Timestamp
    /// Returns at that time or a moment later; throws when the task is cancelled.
    func sleep(until time: Timestamp) async throws
}
