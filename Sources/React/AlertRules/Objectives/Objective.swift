/// What a service promises, and over which time: `99.9 % of requests over 30 days`.
///
/// Source of the terms: Google, "The Site Reliability Workbook", chapters 2 and 5.
package struct Objective: Sendable, Equatable {
    /// What is measured, as the share of it that goes wrong.
    package enum Indicator: Sendable, Equatable {
        /// Requests that fail; of these classes only, unless the list is empty.
        case availability(errorTypes: [String])
        /// Requests that take longer, milliseconds. A limit of the histogram.
        case latency(threshold: Int64)
        /// Streams whose first token takes longer, milliseconds. A limit of the histogram.
        case ttft(threshold: Int64)
        /// Dollars spent, against those that may be spent within the window.
        case cost(budgetUSD: Double)
    }

    /// Unique; the label `slo` of everything that is made of it.
    package var name: String
    package var indicator: Indicator
    /// The share that must go well, above 0 and below 1. Means nothing for costs, whose budget is an amount.
    package var target: Double
    /// Milliseconds over which the promise holds.
    package var window: Int64
    /// Conditions on labels as they stand in a selector: `provider="openai", model=~"gpt-.*"`; empty for all requests.
    package var conditions: String

    package init(name: String, indicator: Indicator, target: Double, window: Int64, conditions: String = "") {
        self.name = name
        self.indicator = indicator
        self.target = target
        self.window = window
        self.conditions = conditions
    }

    /// The share that may go wrong; of costs the whole budget.
    package var errorBudget: Double {
        if case .cost = indicator { return 1 }
        // 1 - 0.999 is 0.0010000000000000009: what nobody wrote is rounded away.
        return ((1 - target) * 1e12).rounded() / 1e12
    }

    package var indicatorName: String {
        switch indicator {
        case .availability: "availability"
        case .latency: "latency"
        case .ttft: "ttft"
        case .cost: "cost"
        }
    }
}

/// One of the paces at which a budget burns and people must know: while it burns `factor` times as fast as it may, over a long and a short time.
///
/// The long one makes sure that it is worth telling, the short one that it still goes on, so that the alert ends soon after the trouble does.
package struct BurnRate: Sendable, Equatable {
    /// Times as fast as would use the budget up exactly at the end of the window.
    package let factor: Double
    /// Milliseconds.
    package let long: Int64
    package let short: Int64
    package let severity: String

    private static let minute: Int64 = 60_000
    private static let hour = 60 * minute
    private static let day = 24 * hour

    /// For 30 days: 2 % of the budget within an hour, 5 % within 6 hours, 10 % within a day, 10 % within 3 days.
    ///
    /// Source: "The Site Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
    package static let all = [
        BurnRate(factor: 14.4, long: hour, short: 5 * minute, severity: "critical"),
        BurnRate(factor: 6, long: 6 * hour, short: 30 * minute, severity: "critical"),
        BurnRate(factor: 3, long: day, short: 2 * hour, severity: "warning"),
        BurnRate(factor: 1, long: 3 * day, short: 6 * hour, severity: "warning"),
    ]

    /// Those that tell before the whole budget is gone.
    static func applying(to objective: Objective) -> [BurnRate] { all.filter { $0.factor * Double($0.long) <= Double(objective.window) } }
}
