package import GatewayModel

/// What the executive report of a month tells, beside the same of the month before.
package struct MonthlyFigures: Sendable {
    /// Totals of a month; absent where there is nothing to compute from.
    package struct Totals: Sendable, Equatable {
        package var requests = 0.0
        /// Requests that did not end in a server fault (5xx), of all: 0 to 1.
        package var availability: Double?
        /// Failed requests of all, those that the client left not counted as failed: 0 to 1.
        package var errorRate: Double?
        /// Seconds.
        package var p95: Double?
        package var ttftP95: Double?
        /// Dollars.
        package var cost: Double?
        package var inputTokens: Double?
        package var outputTokens: Double?
        package var clients = 0.0
        /// Requests with tokens whose model has no price.
        package var unpriced = 0.0

        package init() {}
    }

    /// One day of the month.
    package struct Day: Sendable, Equatable {
        package let time: Timestamp
        package let requests: Double
        package let errorRate: Double?
        package let cost: Double?

        package init(time: Timestamp, requests: Double, errorRate: Double?, cost: Double?) {
            self.time = time
            self.requests = requests
            self.errorRate = errorRate
            self.cost = cost
        }
    }

    /// A provider, model or client.
    package struct Row: Sendable, Equatable {
        package let name: String
        package let requests: Double
        package let errorRate: Double?
        package let p95: Double?
        package let cost: Double?
        /// Of the month before; nil where it had none.
        package let costBefore: Double?

        package init(name: String, requests: Double, errorRate: Double?, p95: Double?, cost: Double?, costBefore: Double?) {
            self.name = name
            self.requests = requests
            self.errorRate = errorRate
            self.p95 = p95
            self.cost = cost
            self.costBefore = costBefore
        }
    }

    /// Something that people worked on.
    package struct Event: Sendable, Equatable {
        package let id: String
        package let title: String
        package let severity: String
        package let started: Timestamp
        /// nil while it goes on.
        package let resolved: Timestamp?

        package init(id: String, title: String, severity: String, started: Timestamp, resolved: Timestamp?) {
            self.id = id
            self.title = title
            self.severity = severity
            self.started = started
            self.resolved = resolved
        }
    }

    /// As people write it: `October 2026`.
    package var month: String
    package var monthBefore: String
    package var timeZone: String
    /// Whether the month is not over yet.
    package var isRunning = false
    package var now = Totals()
    /// nil where the month before is not kept.
    package var before: Totals?
    package var days: [Day] = []
    package var providers: [Row] = []
    package var models: [Row] = []
    package var clients: [Row] = []
    package var incidents: [Event] = []
    /// Capacity in words; nil where no trend can be made.
    package var growth: String?
    /// What is missing from the figures and why.
    package var notes: [String] = []
    /// The availability that is promised: 0 to 1.
    package var objective = 0.999

    package init(month: String, monthBefore: String, timeZone: String) {
        self.month = month
        self.monthBefore = monthBefore
        self.timeZone = timeZone
    }
}
