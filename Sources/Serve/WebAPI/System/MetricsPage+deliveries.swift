internal import AlertDelivery
internal import GatewayModel

extension MetricsPage {
    /// Messages to receivers, and alerts handed to Alertmanagers. Every configured integration has its series from the start, so that rules over them are never empty.
    func writeDeliveries(to text: inout PrometheusText) {
        guard let delivery = services.alerts.delivery else { return }
        let counters = delivery.outbox.counters, states = delivery.outbox.states
        let keys = Set(delivery.sender.current.integrations).union(counters.keys).union(states.keys).sorted()
        func perIntegration(_ value: (IntegrationKey) -> Int) -> [(labels: [(String, String)], value: Double)] {
            // Several integrations of a kind within a receiver are one series.
            var sums: [[String]: Int] = [:]
            for key in keys { sums[[key.receiver, key.kind], default: 0] += value(key) }
            return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ([("receiver", $0.key[0]), ("integration", $0.key[1])], Double($0.value)) }
        }
        text.family("gatewatch_notifications_total", .counter, "Messages delivered.", perIntegration { counters[$0]?.delivered ?? 0 })
        text.family(
            "gatewatch_notifications_failed_total", .counter, "Attempts to deliver a message that failed, and messages that left the queue undelivered.",
            perIntegration { counters[$0]?.failed ?? 0 })
        text.family("gatewatch_notification_queue_length", .gauge, "Messages that wait for their delivery.", perIntegration { states[$0]?.queueLength ?? 0 })
        text.family(
            "gatewatch_notification_receiver_disabled", .gauge, "1 while nothing is sent to a receiver because it said that it is gone.",
            perIntegration { states[$0]?.condition == .disabled ? 1 : 0 })
        writeLatencies(keys, counters, to: &text)
        writeHandover(delivery.handover?.status ?? [], to: &text)
    }

    private func writeLatencies(_ keys: [IntegrationKey], _ counters: [IntegrationKey: DeliveryCounters], to text: inout PrometheusText) {
        text.writer.family(
            "gatewatch_notification_latency_seconds", .histogram, help: "From the first sign of what a message tells to its delivery.", unit: "seconds")
        for key in keys where key.index == 0 {
            let latency = counters[key]?.latency ?? LatencyBuckets()
            let buckets = zip(LatencyBuckets.limits + [.infinity], latency.cumulative).map { ExpositionWriter.Bucket(limit: $0, cumulativeCount: Double($1)) }
            text.writer.histogram([SeriesLabel("receiver", key.receiver), SeriesLabel("integration", key.kind)], buckets: buckets, sum: latency.sum, count: Double(latency.count))
        }
    }

    private func writeHandover(_ all: [AlertmanagerHandover.Status], to text: inout PrometheusText) {
        guard !all.isEmpty else { return }
        func perServer(_ value: (AlertmanagerHandover.Status) -> Int) -> [(labels: [(String, String)], value: Double)] {
            all.map { ([("alertmanager", $0.address)], Double(value($0))) }
        }
        text.family("gatewatch_handover_alerts_total", .counter, "Alerts handed to an Alertmanager.", perServer(\.sent))
        text.family("gatewatch_handover_failed_requests_total", .counter, "Requests that an Alertmanager did not take.", perServer(\.failedRequests))
        text.family("gatewatch_handover_dropped_total", .counter, "Alerts that were not handed over: refused, or too many waited.", perServer(\.dropped))
        text.family("gatewatch_handover_queue_length", .gauge, "Alerts that wait to be handed over.", perServer(\.waiting))
    }
}
