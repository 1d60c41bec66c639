package import GatewayModel

/// How an alert would have done.
package struct BacktestReport: Sendable {
    package var grid: StepGrid
    /// The threshold that was replayed; nil when the expression has none.
    package var threshold: AlertThreshold?
    package var summary: BacktestSummary
    /// One for each label set that fired, the longest firing first; at most ``alertsMax``.
    package var alerts: [BacktestAlert]
    /// Label sets that fired beside those.
    package var furtherAlerts: Int
    /// Other thresholds, from the one that fires most to the one that fires least; empty when there are none to try.
    package var curve: [BacktestPoint]
    /// The most sensitive threshold that keeps to the noise budget; nil without a budget, and when none does.
    package var suggestion: BacktestPoint?
    /// Series whose values were looked at.
    package var series: Int
    package var elapsedSeconds: Double

    /// Alerts that a report tells one by one.
    package static let alertsMax = 200
    /// Stretches of one alert that a report tells.
    package static let spansMax = 1_000
}

/// The figures of one replay.
package struct BacktestSummary: Sendable, Equatable {
    /// How often alerts began to fire.
    package var firings = 0
    /// Label sets that fired.
    package var alerts = 0
    /// Time in which at least one alert fired.
    package var firingSeconds = 0.0
    /// Firings of an alert within an hour after its last one ended.
    package var flaps = 0
    /// Messages that begin: a group of alerts of which none fired, and one fires.
    package var pages = 0
    package var pagesPerWeek = 0.0
    /// The share of pages that met an incident; nil without incidents or pages.
    package var precision: Double?
    /// The share of incidents during which an alert fired; nil without incidents.
    package var recall: Double?
    /// From the start of an incident to the first alert in it, the mean of those that were found; nil when none was.
    package var detectionDelaySeconds: Double?
}

/// One label set of a replay.
package struct BacktestAlert: Sendable, Equatable {
    package var labels: SeriesLabels
    /// Ascending; at most ``BacktestReport/spansMax``, the latest ones.
    package var spans: [TimeSpan]
    /// One for each span: whether it met an incident.
    package var isIncident: [Bool]
}

/// A replay with another threshold.
package struct BacktestPoint: Sendable, Equatable {
    package var limit: Double
    package var summary: BacktestSummary
}
