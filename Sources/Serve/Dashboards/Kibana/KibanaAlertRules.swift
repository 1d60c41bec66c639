internal import GatewayModel

/// The alerts on errors, response time and volume in Kibana's form: rules of the type `.es-query` that ask in ES|QL, as bodies of `POST /api/alerting/rule/{id}`.
///
/// They are not saved objects: those of rules are imported switched off and without the key by which they run, so that each has to be enabled by hand.
/// Parameters: https://github.com/elastic/kibana `x-pack/plugins/stack_alerts/common/es_query`; the language: https://www.elastic.co/docs/reference/query-languages/esql
package struct KibanaAlertRules: Sendable {
    private let source: KibanaSource
    private let index: String

    package init(source: KibanaSource, index: String) {
        self.source = source
        self.index = index
    }

    /// The limits of the rules, the same as those of the shipped rule files.
    package static let limits: [String: Double] = [
        "GatewayErrorRateCritical": 0.05, "GatewayErrorRateWarning": 0.02, "GatewayResponseTimeCritical": 5, "GatewayResponseTimeWarning": 2,
        "gateway:request_capacity:rate": 100, "GatewayVolumeNearCapacity": 0.8, "GatewayTrafficStopped": 20,
    ]

    /// Fewer failures or requests than this do not raise an alert, as in the shipped rules.
    private static let failuresMin = 5
    private static let requestsMin = 50

    /// One rule: what the API takes, and the id under which it is created (a UUID, which Kibana asks of objects that it encrypts).
    package struct Rule: Sendable, Equatable {
        package let name: String
        package let id: String
        package let body: KibanaJSON
    }

    package var rules: [Rule] {
        [
            errors("GatewayErrorRateCritical", severity: "critical", minutes: 2, runs: 1), errors("GatewayErrorRateWarning", severity: "warning", minutes: 5, runs: 1),
            slow("GatewayResponseTimeCritical", severity: "critical", minutes: 2, runs: 1), slow("GatewayResponseTimeWarning", severity: "warning", minutes: 5, runs: 2),
            volume, stopped,
        ]
    }

    /// The file: one rule a line, as `{"id": ..., "rule": {...}}`.
    package var text: String {
        rules.map { (["id": .string($0.id), "rule": $0.body] as KibanaJSON).text + "\n" }.joined()
    }

    /// Shipped alerts that have no such rule, and why.
    package static let omissions: [(alerts: String, reason: String)] = [
        ("ElasticsearchClusterRed, ElasticsearchClusterYellow, ElasticsearchUnreachable, ElasticsearchDiskNearlyFull, ElasticsearchWritesRejected",
            "they ask the cluster's own metrics; Kibana's Stack Monitoring has rules for the same (cluster health, disk usage, thread pool rejections)"),
        ("GatewatchIngestStopped, GatewatchIngestLag, GatewatchRecordsMissing, GatewatchRequestsRefused, GatewatchDocumentsRejected, GatewatchDeadLettersLost",
            "they ask Gatewatch's ledger of what came in, which is not in Elasticsearch"),
        ("all other alerts on Gatewatch itself", "they ask Gatewatch's own metrics"),
        ("comparisons with last week in GatewayResponseTimeCritical, GatewayResponseTimeWarning and GatewayTrafficStopped",
            "a rule sees its time window only; where long answers are normal, raise the limit"),
        ("LLMGateway alerts by model and provider, anomalies, forecasts and budgets", "they ask series, baselines or prices that Gatewatch keeps"),
    ]

    // MARK: The rules

    private func errors(_ name: String, severity: String, minutes: Int, runs: Int) -> Rule {
        let limit = Self.limits[name] ?? 1
        return rule(
            name, severity: severity, minutes: minutes, runs: runs,
            query: """
                FROM \(index)
                | STATS requests = COUNT(*), failed = COUNT(CASE(\(failed), 1, NULL))
                | EVAL share = TO_DOUBLE(failed) / requests
                | WHERE failed >= \(Self.failuresMin) AND share > \(KibanaFilter.decimal(limit))
                """)
    }

    private func slow(_ name: String, severity: String, minutes: Int, runs: Int) -> Rule {
        let field = try? source.field(.duration)
        let limit = (Self.limits[name] ?? 0) * (field?.divisor ?? 1)
        return rule(
            name, severity: severity, minutes: minutes, runs: runs,
            query: """
                FROM \(index)
                | STATS requests = COUNT(*), p95 = PERCENTILE(\(field?.path ?? RequestField.duration.name), 95)
                | WHERE requests >= \(Self.requestsMin) AND p95 > \(KibanaFilter.decimal(limit))
                """)
    }

    private var volume: Rule {
        let share = Self.limits["GatewayVolumeNearCapacity"] ?? 1
        let capacity = Self.limits["gateway:request_capacity:rate"] ?? 1
        let minutes = 2
        return rule(
            "GatewayVolumeNearCapacity", severity: "warning", minutes: minutes, runs: 1,
            query: """
                FROM \(index)
                | STATS requests = COUNT(*)
                | EVAL rate = TO_DOUBLE(requests) / \(minutes * 60)
                | WHERE rate > \(KibanaFilter.decimal(share * capacity))
                """)
    }

    /// The last half hour says what two minutes bring.
    private var stopped: Rule {
        let expected = Self.limits["GatewayTrafficStopped"] ?? 1
        return rule(
            "GatewayTrafficStopped", severity: "critical", minutes: 32, runs: 1,
            query: """
                FROM \(index)
                | STATS recent = COUNT(CASE(\(source.timeField) >= NOW() - 2 minutes, 1, NULL)), total = COUNT(*)
                | EVAL expected = TO_DOUBLE(total) / 15
                | WHERE recent == 0 AND expected > \(KibanaFilter.decimal(expected))
                """)
    }

    /// Failed requests, without those that the client closed.
    private var failed: String {
        let status = (try? source.field(.status))?.path ?? RequestField.status.name
        return source.derivesErrors ? "\(status) >= 400 AND \(status) != 499" : "error_type IS NOT NULL AND error_type != \"client_closed\""
    }

    /// - Parameter runs: consecutive runs, a minute apart, that must find it before the alert is active.
    private func rule(_ name: String, severity: String, minutes: Int, runs: Int, query: String) -> Rule {
        let body: KibanaJSON = [
            "name": .string(name), "consumer": "stackAlerts", "rule_type_id": ".es-query", "enabled": true, "schedule": ["interval": "1m"],
            "tags": ["gatewatch", .string(severity)], "alert_delay": ["active": .number(Double(runs))],
            "params": [
                "searchType": "esqlQuery", "esqlQuery": ["esql": .string(query)], "timeField": .string(source.timeField), "timeWindowSize": .number(Double(minutes)),
                "timeWindowUnit": "m", "threshold": [0], "thresholdComparator": ">", "size": 1, "aggType": "count", "groupBy": "all", "excludeHitsFromPreviousRun": false,
            ],
            "actions": [],
        ]
        return Rule(name: name, id: Self.identifier("\(source.rawValue) \(index) \(name)"), body: body)
    }

    /// A UUID that always is the same for the same text, in the form of those made of names (RFC 9562, section 5.5), which every validator takes.
    private static func identifier(_ text: String) -> String {
        var digits: [Character] = []
        for seed: UInt64 in [0xcbf2_9ce4_8422_2325, 0x8422_2325_cbf2_9ce4] {
            // FNV-1a: names of rules are no secrets, and few.
            let hash = text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
            let word = String(hash, radix: 16)
            digits += Array(String(repeating: "0", count: 16 - word.count) + word)
        }
        digits[12] = "5"
        digits[16] = "a"
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
