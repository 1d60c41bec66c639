package import AlertRouting
package import GatewayModel

/// Finds what most likely lies behind an alert.
package protocol CauseFinder: Sendable {
    /// nil when nothing stands out. Whoever asks waits a second at most, and cancels then.
    func cause(of alert: Alert, now: Timestamp) async -> AlertCause?
}

/// Draws the values behind an alert.
package protocol ChartMaker: Sendable {
    /// A picture as PNG; nil when there is nothing to draw. Whoever asks waits a second at most, and cancels then.
    func chart(of alert: Alert, zone: TimeZoneName, now: Timestamp) async -> [UInt8]?
}
