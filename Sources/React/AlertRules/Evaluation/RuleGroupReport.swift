package import GatewayModel
internal import Synchronization

/// A group as those see it who look at it from outside.
package struct RuleGroupReport: Sendable {
    package let key: RuleGroupKey
    package let figures: RuleGroupFigures
    private let state: RuleGroupState
    private let options: RuleOptions

    init(key: RuleGroupKey, state: RuleGroupState, figures: RuleGroupFigures, options: RuleOptions) {
        self.key = key
        self.state = state
        self.figures = figures
        self.options = options
    }

    /// As it was read.
    package var group: RuleGroup { state.group }
    /// Milliseconds.
    package var interval: Int64 { state.interval }
    package var limit: Int { state.group.limit }
    /// Seconds that the last evaluation took, and when it was in milliseconds since 1970; nil before the first.
    package var evaluationSeconds: Double { state.evaluationSeconds }
    package var lastEvaluation: Int64? { state.lastEvaluation }
    package var ruleCount: Int { state.rules.count }
    /// Evaluations of rules since the start, and how many of them failed.
    package var evaluations: Int { state.rules.reduce(0) { $0 + $1.evaluations } }
    package var failures: Int { state.rules.reduce(0) { $0 + $1.failures } }
    /// In their order; made anew with each call.
    package var rules: [RuleStatus] { state.status(options) }
}

/// How long evaluations took: of groups, and of rules.
package struct EvaluationDurations: Sendable {
    package private(set) var groupSeconds = 0.0
    package private(set) var groupCount = 0
    package private(set) var ruleSeconds = 0.0
    package private(set) var ruleCount = 0
    /// Seconds of the last evaluations of groups, for quantiles; the oldest is replaced by the next.
    private var recent: [Double] = []
    private var next = 0
    /// Enough for ten minutes of a hundred groups every 15 s.
    private static let recentMax = 4_096

    mutating func note(_ seconds: Double, _ state: RuleGroupState) {
        groupSeconds += seconds
        groupCount += 1
        ruleSeconds += state.rules.reduce(0) { $0 + $1.evaluationSeconds }
        ruleCount += state.rules.count
        if recent.count < Self.recentMax {
            recent.append(seconds)
        } else {
            recent[next] = seconds
            next = (next + 1) % Self.recentMax
        }
    }

    /// A quantile of the seconds that the last evaluations of groups took; nil before the first.
    package func quantile(_ share: Double) -> Double? {
        guard !recent.isEmpty else { return nil }
        return recent.sorted()[min(recent.count - 1, Int(share * Double(recent.count)))]
    }
}

extension RuleEngine {
    package var evaluationDurations: EvaluationDurations { durations.withLock { $0 } }
}
