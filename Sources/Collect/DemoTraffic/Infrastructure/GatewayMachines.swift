internal import GatewayModel
internal import Glibc

/// The three machines that APISIX runs on: what node_exporter and APISIX's plugin for Prometheus tell of them.
struct GatewayMachines {
    /// Name and part of the traffic; the third was added later and gets less, as in ``CallMaker``.
    private static let nodes: [(name: String, share: Double)] = [("apisix-0", 0.4), ("apisix-1", 0.37), ("apisix-2", 0.23)]
    private static let cores = 2
    private static let memoryBytes = 16.0 * 1_073_741_824
    private static let diskBytes = 200.0 * 1_073_741_824
    private static let logger = "elasticsearch logger"
    /// APISIX's limits of latency, in milliseconds.
    private static let latencyLimits: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]

    mutating func scrape(_ moment: inout InfrastructureMoment, into sheet: inout ScrapedSheet) {
        for number in Self.nodes.indices {
            machine(number, &moment, &sheet)
            gateway(number, &moment, &sheet)
        }
    }

    /// Seconds for which the machine's gateway is being upgraded: one after the other, two minutes each.
    private func isRestarting(_ number: Int, _ moment: InfrastructureMoment) -> Bool {
        let starts = [moment.seconds(sinceDay: -6, 9, 26), moment.seconds(sinceDay: -6, 9, 55)]
        return starts.contains { (Int64(number) * 80..<Int64(number) * 80 + 60).contains($0) }
    }

    private func machine(_ number: Int, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let node = Self.nodes[number]
        let level = moment.load * node.share * 3
        let busy = min(0.97, 0.05 + 0.17 * level + 0.012 * moment.wander(number, minutes: 7) + 0.02 * max(0, moment.deviate()))
        let waits = 0.004 + 0.002 * max(0, moment.deviate())
        sheet.scrape(job: "node", instance: "\(node.name):9100")
        for core in 0..<Self.cores {
            let share = min(max(busy * (1 + 0.1 * moment.deviate()), 0.01), 0.98)
            for (mode, part) in [("idle", 1 - share - waits), ("iowait", waits), ("system", share * 0.3), ("user", share * 0.7)] {
                sheet.counter(
                    "node_cpu_seconds_total", [("cpu", String(core)), ("mode", mode)], increase: part * moment.elapsed, help: "Seconds the CPUs spent in each mode.")
            }
        }
        sheet.gauge("node_load1", value: (busy * Double(Self.cores) * (1 + 0.05 * moment.deviate()) * 100).rounded() / 100, help: "1m load average.")
        let used = 0.31 + 0.035 * level + 0.05 * moment.sawtooth(86_400 * 5, shift: Int64(number) * 140_000) + 0.004 * moment.wander(10 + number, minutes: 30)
        sheet.gauge("node_memory_MemTotal_bytes", value: Self.memoryBytes, help: "Memory information field MemTotal_bytes.")
        sheet.gauge(
            "node_memory_MemAvailable_bytes", value: (Self.memoryBytes * (1 - min(used, 0.96)) / 4_096).rounded() * 4_096, help: "Memory information field MemAvailable_bytes.")
        let connections = moment.underWay.reduce(0, +) * node.share
        sheet.gauge("node_filefd_allocated", value: (2_900 + connections * 14 + 900 * level + 40 * moment.deviate()).rounded(), help: "File descriptor statistics: allocated.")
        sheet.gauge("node_filefd_maximum", value: 65_536, help: "File descriptor statistics: maximum.")
        let requests = moment.count(moment.requests * node.share)
        for (direction, bytes) in [("receive", 42_000.0), ("transmit", 47_000)] {
            sheet.counter(
                "node_network_\(direction)_bytes_total", [("device", "eth0")], increase: (requests * bytes + 9_000 * moment.elapsed).rounded(),
                help: "Network device statistic \(direction)_bytes.")
        }
        let mount = [("device", "/dev/vda1"), ("fstype", "ext4"), ("mountpoint", "/")]
        let disk = 0.38 + 0.07 * moment.sawtooth(86_400, shift: Int64(number) * 3_600)
        sheet.gauge("node_filesystem_size_bytes", mount, value: Self.diskBytes, help: "Filesystem size in bytes.")
        sheet.gauge("node_filesystem_avail_bytes", mount, value: (Self.diskBytes * (1 - disk) / 4_096).rounded() * 4_096, help: "Filesystem space available to non-root users in bytes.")
    }

    private func gateway(_ number: Int, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let node = Self.nodes[number]
        sheet.scrape(job: "apisix", instance: "\(node.name):9091", isUp: !isRestarting(number, moment))
        for (place, name) in IncidentPlan.gatewayVersions.enumerated() {
            sheet.gauge("apisix_node_info", [("hostname", node.name), ("version", name)], value: place == moment.version ? 1 : .nan, help: "Info of APISIX node")
        }
        connections(node.share, &moment, &sheet)
        answers(node.share, &moment, &sheet)
        for (place, provider) in DemoProvider.all.enumerated() {
            sheet.gauge(
                "apisix_llm_active_connections", [("node", "ai-proxy-" + provider.name)], value: moment.snapshot(moment.underWay[place] * node.share),
                help: "Number of active connections to LLM service")
        }
        upstreams(&moment, &sheet)
        sheet.gauge("apisix_etcd_reachable", value: 1, help: "Config server etcd reachable from APISIX, 0 is unreachable")
        sheet.gauge("apisix_shared_dict_capacity_bytes", [("name", "prometheus-metrics")], value: 10_485_760, help: "The capacity of each nginx shared DICT since APISIX start")
        sheet.gauge(
            "apisix_shared_dict_free_space_bytes", [("name", "prometheus-metrics")], value: 7_340_032 - (1_048_576 * moment.sawtooth(86_400 * 7) / 4_096).rounded() * 4_096,
            help: "The free space of each nginx shared DICT since APISIX start")
    }

    private func connections(_ share: Double, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let writing = moment.snapshot(moment.underWay.reduce(0, +) * share) + 1
        let reading = moment.isSilent ? 0 : Double(moment.deviate() > 1.4 ? 1 : 0)
        // Clients keep connections open for a minute.
        let waiting = moment.isSilent ? 0 : max(0, 12 + 45 * moment.load * share * 3 + 3 * moment.deviate()).rounded()
        let opened = moment.count(moment.requests * share * 0.35)
        let help = "Number of HTTP connections"
        for (state, value) in [("active", writing + reading + waiting), ("reading", reading), ("waiting", waiting), ("writing", writing)] {
            sheet.gauge("apisix_nginx_http_current_connections", [("state", state)], value: value, help: help)
        }
        for state in ["accepted", "handled"] { sheet.counter("apisix_nginx_http_current_connections", [("state", state)], increase: opened, help: help) }
    }

    private func answers(_ share: Double, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let good = max(0, moment.requests - moment.limited - moment.broken - moment.timedOut)
        let answers: [(code: String, rate: Double)] = [
            ("200", good * (1 - InfrastructureMoment.refusedShare)), ("400", good * InfrastructureMoment.refusedShare), ("429", moment.limited + good * 0.001),
            ("499", good * 0.001), ("502", moment.broken + good * 0.0006), ("504", moment.timedOut + good * 0.0004),
        ]
        var requests = 0.0
        for answer in answers {
            let count = moment.count(answer.rate * share)
            requests += count
            sheet.counter(
                "apisix_http_status", [("code", answer.code), ("route", "llm"), ("service", "llm"), ("request_type", "ai_chat")], increase: count,
                help: "HTTP status codes per service in APISIX")
        }
        sheet.counter("apisix_http_requests_total", increase: requests, help: "The total number of client requests since APISIX started")
        for (direction, bytes) in [("egress", 11_000.0), ("ingress", 29_000)] {
            sheet.counter(
                "apisix_bandwidth", [("type", direction), ("route", "llm"), ("service", "llm")], increase: (requests * bytes * (1 + 0.05 * moment.deviate())).rounded(),
                help: "Total bandwidth in bytes consumed per service in APISIX")
        }
        sheet.histogram(
            "apisix_http_latency", [("type", "apisix"), ("route", "llm"), ("service", "llm")], limits: Self.latencyLimits, count: requests,
            median: 2.6 + 1.1 * max(0, moment.load - 1), spread: 0.75, help: "HTTP request latency in milliseconds per service in APISIX")
        // What the logger has not sent yet. The search cluster refuses some of it while the script runs away.
        let waiting = moment.isSilent ? 0 : (moment.requests * share * 4 + (moment.limited > 0.1 ? 900 * share : 0)) * (1 + 0.15 * moment.deviate())
        sheet.gauge("apisix_batch_process_entries", [("name", Self.logger), ("route_id", "llm")], value: max(0, waiting).rounded(), help: "batch process remaining entries")
    }

    private func upstreams(_ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        for (place, server) in ModelServers.names.enumerated() {
            let isHealthy = !ModelServers.isRestarting(place, moment)
            sheet.gauge(
                "apisix_upstream_status", [("name", "/apisix/upstreams/llm-self-hosted"), ("ip", server), ("port", "8000")], value: isHealthy ? 1 : 0,
                help: "upstream status from health check")
        }
        let isAnthropicSlow = moment.timedOut > 0
        for host in ["api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com"] {
            let isHealthy = !(isAnthropicSlow && host == "api.anthropic.com" && moment.wander(20, minutes: 4) > 0.4)
            sheet.gauge(
                "apisix_upstream_status", [("name", "/apisix/upstreams/llm-hosted"), ("ip", host), ("port", "443")], value: isHealthy ? 1 : 0,
                help: "upstream status from health check")
        }
    }
}
