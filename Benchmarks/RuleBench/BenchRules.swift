import AlertRules
import GatewayModel
import PromQL

/// Rules as teams write them, over the metrics of ``BenchMetrics``: a fifth record, the others alert; half of the alerts look at one series' rate, the others at
/// ratios, sums and percentiles over many.
enum BenchRules {
    /// - Parameter perGroup: rules of one group.
    static func file(rules: Int, perGroup: Int, interval: Int64) throws -> RuleFile {
        var groups: [RuleGroup] = []
        var made = 0
        while made < rules {
            let count = min(perGroup, rules - made)
            let place = groups.count
            groups.append(RuleGroup(name: "group-\(place)", interval: interval, rules: try (0..<count).map { try rule(made + $0) }))
            made += count
        }
        return RuleFile(path: "bench.yaml", groups: groups)
    }

    private static func rule(_ number: Int) throws -> Rule {
        let service = number % BenchMetrics.services
        let instance = number / BenchMetrics.services % BenchMetrics.instances
        let only = "service=\"s\(service)\",instance=\"i\(instance)\""
        switch number % 10 {
        case 0: return try record("service:requests:rate5m", "sum by (service) (rate(requests_total{service=\"s\(service)\"}[5m]))", number)
        case 1: return try record("service:errors:ratio5m", "sum(rate(requests_total{service=\"s\(service)\",status=\"error\"}[5m])) / sum(rate(requests_total{service=\"s\(service)\"}[5m]))", number)
        case 2: return try alert("ErrorRatio", "sum by (instance) (rate(requests_total{service=\"s\(service)\",status=\"error\"}[5m])) / sum by (instance) (rate(requests_total{service=\"s\(service)\"}[5m])) > 2", number)
        case 3: return try alert("SlowP95", "histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket{service=\"s\(service)\"}[5m]))) > 100", number)
        case 4: return try alert("QueueGrows", "deriv(queue_length{\(only)}[10m]) > 1000 and queue_length{\(only)} > 1e9", number)
        case 5: return try alert("NearlyFull", "avg_over_time(used_ratio{\(only)}[15m]) > 0.99", number)
        case 6: return try alert("Down", "up{\(only)} == 0", number)
        // Fires: a hundredth of all.
        case 7: return try alert("Always", number % 100 == 7 ? "up{\(only)} == 1" : "up{\(only)} == 2", number)
        case 8: return try alert("TooMany", "rate(requests_total{\(only)}[1m]) > 1e9", number)
        default: return try alert("Restarts", "changes(start_time_seconds{\(only)}[10m]) > 3", number)
        }
    }

    private static func record(_ name: String, _ text: String, _ number: Int) throws -> Rule {
        Rule(kind: .recording(name), expression: try PromQLParser.parse(text), text: text, labels: [SeriesLabel("rule", "\(number)")])
    }

    private static func alert(_ name: String, _ text: String, _ number: Int) throws -> Rule {
        let annotations = [SeriesLabel("summary", "{{ $labels.instance }} of {{ $labels.service }} is at {{ $value | humanize }}")]
        return Rule(
            kind: .alerting(AlertSpecification(name: name, holdDuration: number % 3 == 0 ? 60_000 : 0, annotations: annotations)),
            expression: try PromQLParser.parse(text), text: text, labels: [SeriesLabel("severity", "warning"), SeriesLabel("rule", "\(number)")])
    }
}

/// Series of services and their instances: counters by status, histograms, gauges.
enum BenchMetrics {
    static let services = 50
    static let instances = 10
    static let stepMilliseconds: Int64 = 15_000
    private static let limits = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "+Inf"]

    /// 20 series for each of 500 instances: 10,000.
    static let labels: [SeriesLabels] = (0..<services).flatMap { service in (0..<instances).flatMap { instance in series(service, instance) } }

    private static func series(_ service: Int, _ instance: Int) -> [SeriesLabels] {
        let owner = [SeriesLabel("service", "s\(service)"), SeriesLabel("instance", "i\(instance)"), SeriesLabel("job", "bench")]
        func named(_ name: String, _ more: SeriesLabel...) -> SeriesLabels { SeriesLabels(owner + [SeriesLabel("__name__", name)] + more) }
        return ["ok", "error"].map { named("requests_total", SeriesLabel("status", $0)) } + limits.map { named("duration_seconds_bucket", SeriesLabel("le", $0)) }
            + ["queue_length", "used_ratio", "up", "start_time_seconds", "memory_bytes", "cpu_seconds_total", "open_connections", "threads"].map { named($0) }
    }

    /// A value that grows for counters and stays for gauges, the same for the same step.
    static func value(_ series: Int, step: Int) -> Double {
        switch labels[series].metricName ?? "" {
        case "requests_total", "duration_seconds_bucket", "cpu_seconds_total": Double(step * (10 + series % 20))
        case "up", "used_ratio": labels[series].metricName == "up" ? 1 : 0.5
        default: Double(series % 100 + step % 7)
        }
    }
}
