internal import AlertRouting

/// What routing counts, under Alertmanager's names where it has them.
struct AlertmanagerMetrics: Sendable {
    private let alerts: (active: Int, suppressed: Int)
    private let groups: Int
    private let silences: [Silence.State: Int]
    private let counters: RoutingCounters

    /// Asks the router, which is done before the page is written.
    init(_ router: AlertRouter) async {
        alerts = await router.alertCounts()
        groups = await router.groupCount
        counters = await router.counters
        let now = await router.now
        silences = Dictionary(grouping: await router.silences) { $0.state(at: now) }.mapValues(\.count)
    }

    func write(to text: inout PrometheusText) {
        text.family(
            "alertmanager_alerts", .gauge, "Alerts that fire, by whether something keeps them from being told.",
            [([("state", "active")], Double(alerts.active)), ([("state", "suppressed")], Double(alerts.suppressed))])
        text.family(
            "alertmanager_alerts_received_total", .counter, "Alerts taken in.",
            [([("status", "firing"), ("version", "v2")], Double(counters.firing)), ([("status", "resolved"), ("version", "v2")], Double(counters.resolved))])
        text.family("alertmanager_alerts_invalid_total", .counter, "Alerts refused for what is in them.", [([("version", "v2")], Double(counters.invalid))])
        text.family(
            "alertmanager_silences", .gauge, "Silences, by state.",
            [Silence.State.active, .expired, .pending].map { ([("state", $0.rawValue)], Double(silences[$0] ?? 0)) })
        text.family("alertmanager_dispatcher_aggregation_groups", .gauge, "Groups of alerts.", groups)
        text.family(
            "gatewatch_alerting_messages_total", .counter, "Messages handed over for delivery, by integration.",
            counters.messages.sorted { $0.key < $1.key }.map { ([("integration", $0.key)], Double($0.value)) })
        text.family(
            "gatewatch_alerting_messages_refused_total", .counter, "Messages that could not be handed over and are tried again, by integration.",
            counters.messagesRefused.sorted { $0.key < $1.key }.map { ([("integration", $0.key)], Double($0.value)) })
        text.family("gatewatch_alerting_alerts_dropped_total", .counter, "Alerts refused for lack of room.", counters.dropped)
        text.family("gatewatch_alerting_groups_dropped_total", .counter, "Groups not made for lack of room.", counters.groupsDropped)
        text.family("gatewatch_alerting_muted_flushes_total", .counter, "Times that a group had nothing to tell because all of it was muted.", counters.mutedGroups)
    }
}
