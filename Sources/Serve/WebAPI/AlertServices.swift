package import AlertDelivery
package import AlertRouting
package import AlertRules
package import GatewayModel
package import Incidents

/// What the routes of rules, alerts, silences, messages and incidents need: each part is nil where it does not run.
package struct AlertServices: Sendable {
    /// Evaluates rules; nil when alerting is switched off.
    package var rules: RuleEngine?
    /// Pictures of alerts' values; nil when alerting is switched off.
    package var charts: AlertCharts?
    /// How the last reading of rule files went.
    package var ruleFiles: @Sendable () -> RuleFilesStatus = { RuleFilesStatus() }
    /// The objectives in force.
    package var objectives: @Sendable () -> [Objective] = { [] }
    /// Reads rules and configuration again, and answers what is wrong with them; nil when alerting is switched off.
    package var reload: (@Sendable () async -> [String])?
    /// Addresses of Alertmanagers that are handed all alerts, without secrets.
    package var alertmanagers: @Sendable () -> [String] = { [] }
    /// Routing of alerts, with silences; nil when alerting is switched off.
    package var router: AlertRouter?
    /// Incidents; nil when alerting is switched off.
    package var incidents: IncidentBook?
    /// Who else hears of alerts that others post: they have passed the router already.
    package var postedAlertSinks: [any AlertSink] = []
    /// Pages that say what to do about an alert; none where their folder was not found.
    package var runbooks = Runbooks()
    /// Messages and their receivers; nil when alerting is switched off.
    package var delivery: DeliveryServices?
    /// When something was really wrong, as people have it noted, between two times in milliseconds since 1970: what a backtest is measured by.
    package var incidentSpans: @Sendable (_ from: Int64, _ to: Int64) -> [TimeSpan] = { _, _ in [] }

    package init() {}
}

/// Who is told, and how that goes.
package struct DeliveryServices: Sendable {
    package let outbox: Outbox
    package let sender: ReceiverSender
    /// nil when no Alertmanagers are named.
    package let handover: AlertmanagerHandover?

    package init(outbox: Outbox, sender: ReceiverSender, handover: AlertmanagerHandover?) {
        self.outbox = outbox
        self.sender = sender
        self.handover = handover
    }
}
