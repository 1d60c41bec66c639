internal import GatewayModel

/// How many messages an integration takes.
package struct DeliveryRate: Sendable, Equatable {
    /// Messages a second in the long run, above 0.
    package var perSecond: Double
    /// Messages at once after a pause, at least 1.
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Slack asks for one message a second and webhook, and tolerates short bursts.
    package static let slack = DeliveryRate(perSecond: 1, burst: 4)
    /// Teams takes four requests a second.
    package static let teams = DeliveryRate(perSecond: 4, burst: 4)
    /// Published limits of PagerDuty begin at 120 events a minute and key.
    package static let pagerDuty = DeliveryRate(perSecond: 100.0 / 60, burst: 20)
    /// Mail servers and hooks of one's own.
    package static let other = DeliveryRate(perSecond: 20, burst: 40)
}

/// A token bucket: lets messages through at a rate. A pure state machine.
struct TokenBucket: Sendable {
    let rate: DeliveryRate
    private var tokens: Double
    private var filledAt: Timestamp

    init(_ rate: DeliveryRate, now: Timestamp) {
        self.rate = rate
        tokens = rate.burst
        filledAt = now
    }

    /// Takes a token: nil when there was one, otherwise when there will be one.
    mutating func take(now: Timestamp) -> Timestamp? {
        // A clock that was set back brings no tokens, and does not stop them either.
        tokens = min(rate.burst, tokens + max(0, now.seconds - filledAt.seconds) * rate.perSecond)
        filledAt = now
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        let seconds = (1 - tokens) / rate.perSecond
        return Timestamp(microseconds: now.microseconds + Int64((seconds * 1e6).rounded(.up)))
    }
}
