package import GatewayModel

/// How an integration is doing.
package struct IntegrationState: Sendable, Equatable {
    package enum Condition: String, Sendable {
        case ok
        /// Its last attempt failed.
        case failing
        /// The receiver said that it is gone (410): nothing more is sent to it until the configuration is read again or the program restarts.
        case disabled
    }

    package var condition: Condition
    package var lastError: String?
    /// Messages that wait.
    package var queueLength: Int
    /// When the first of them came; nil when none waits.
    package var oldestQueuedAt: Timestamp?
    /// When a message last arrived, since the start of the program.
    package var lastDeliveredAt: Timestamp?

    package init(condition: Condition = .ok, lastError: String? = nil, queueLength: Int = 0, oldestQueuedAt: Timestamp? = nil, lastDeliveredAt: Timestamp? = nil) {
        self.condition = condition
        self.lastError = lastError
        self.queueLength = queueLength
        self.oldestQueuedAt = oldestQueuedAt
        self.lastDeliveredAt = lastDeliveredAt
    }
}

/// What an integration did since the start of the program.
package struct DeliveryCounters: Sendable, Equatable {
    /// Messages delivered.
    package var delivered = 0
    /// Attempts that failed, and messages that left the queue undelivered.
    package var failed = 0
    package var latency = LatencyBuckets()

    package init() {}
}

/// A histogram of seconds.
package struct LatencyBuckets: Sendable, Equatable {
    /// Upper limits in seconds; 10 is what is promised, an hour is what a weekend's outage looks like.
    package static let limits: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3_600]

    /// Observations up to each limit, the last one all of them.
    package private(set) var cumulative = [Int](repeating: 0, count: limits.count + 1)
    package private(set) var sum: Double = 0

    package init() {}

    package var count: Int { cumulative[Self.limits.count] }

    package mutating func add(_ seconds: Double) {
        sum += seconds
        for (index, limit) in (Self.limits + [.infinity]).enumerated() where seconds <= limit { cumulative[index] += 1 }
    }
}
