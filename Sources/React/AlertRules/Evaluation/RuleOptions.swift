package import GatewayModel
package import PromQL

/// How rules are evaluated, and what they may cost. Times in milliseconds.
package struct RuleOptions: Sendable {
    package var promQL: PromQLOptions
    /// Of groups that name none.
    package var interval: Int64
    /// Milliseconds that groups look back which do not say themselves.
    package var queryOffset: Int64
    /// Shown to templates as `$externalURL`, and the start of links to expressions; without a slash at the end.
    package var externalURL: String
    /// Shown to templates as `$externalLabels`.
    package var externalLabels: SeriesLabels
    /// Alerts that one rule may have; more is a rule by mistake, which nobody could read.
    package var alertsPerRuleMax: Int
    /// How often an alert is told again that goes on as it was.
    package var resendDelay: Int64
    /// How long resolved alerts are told.
    package var resolvedRetention: Int64
    /// After how much time without samples of `ALERTS_FOR_STATE` pending alerts begin anew.
    package var outageTolerance: Int64
    /// The shortest time that a pending alert still waits after a restart; alerts with a shorter `for` begin anew.
    package var forGracePeriod: Int64
    package var flapping: FlappingLimits
    /// Whether series say which rules find no data or flap: in a server, not in tests of rules.
    package var writesSignals = false
    /// Puts the values of an alert into the templates of its labels and annotations.
    package var expander: any AlertTextExpander

    package init(
        promQL: PromQLOptions = .standard, interval: Int64 = 60_000, queryOffset: Int64 = 0, externalURL: String = "", externalLabels: SeriesLabels = .none,
        alertsPerRuleMax: Int = 10_000, resendDelay: Int64 = 60_000, resolvedRetention: Int64 = 900_000, outageTolerance: Int64 = 3_600_000,
        forGracePeriod: Int64 = 600_000, flapping: FlappingLimits = FlappingLimits(), expander: any AlertTextExpander = PrometheusTextExpander()
    ) {
        self.promQL = promQL
        self.interval = interval
        self.queryOffset = queryOffset
        self.externalURL = externalURL
        self.externalLabels = externalLabels
        self.alertsPerRuleMax = alertsPerRuleMax
        self.resendDelay = resendDelay
        self.resolvedRetention = resolvedRetention
        self.outageTolerance = outageTolerance
        self.forGracePeriod = forGracePeriod
        self.flapping = flapping
        self.expander = expander
    }
}
