internal import GatewayModel
internal import Glibc

/// The Elasticsearch cluster that the gateways log to beside Gatewatch: what elasticsearch_exporter tells of it.
struct SearchCluster {
    private static let cluster = "logs"
    private static let nodes = ["es-0", "es-1", "es-2"]
    private static let heapBytes = 8.0 * 1_073_741_824
    private static let diskBytes = 1_000.0 * 1_073_741_824
    /// Documents of everything else that is logged there, a second.
    private static let otherDocuments = 85.0
    private static let shards = 46.0

    /// Whether a node is being replaced: then its shards have one copy less, and the cluster is yellow. Eight days ago, 3:10 to 3:26.
    private func isReplacing(_ moment: InfrastructureMoment) -> Bool { (0..<960).contains(moment.seconds(sinceDay: -8, 3, 10)) }

    mutating func scrape(_ moment: inout InfrastructureMoment, into sheet: inout ScrapedSheet) {
        sheet.scrape(job: "elasticsearch", instance: "elasticsearch-exporter:9114")
        health(moment, &sheet)
        for number in Self.nodes.indices { node(number, &moment, &sheet) }
    }

    private func health(_ moment: InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let labels = [("cluster", Self.cluster)]
        let isYellow = isReplacing(moment)
        for color in ["green", "red", "yellow"] {
            sheet.gauge(
                "elasticsearch_cluster_health_status", labels + [("color", color)], value: (color == "yellow") == isYellow && color != "red" ? 1 : 0,
                help: "Whether all primary and replica shards are allocated.")
        }
        let missing = isYellow ? (Self.shards * 2 / 3).rounded() : 0
        sheet.gauge("elasticsearch_cluster_health_up", value: 1, help: "Was the last scrape of the Elasticsearch cluster health endpoint successful.")
        sheet.gauge("elasticsearch_cluster_health_number_of_nodes", labels, value: isYellow ? 2 : 3, help: "Number of nodes in the cluster.")
        sheet.gauge("elasticsearch_cluster_health_active_primary_shards", labels, value: Self.shards, help: "The number of primary shards in your cluster.")
        sheet.gauge("elasticsearch_cluster_health_active_shards", labels, value: Self.shards * 2 - missing, help: "Aggregate total of all shards across all indices.")
        sheet.gauge("elasticsearch_cluster_health_unassigned_shards", labels, value: missing, help: "The number of shards that exist in the cluster state, but cannot be found in the cluster itself.")
        sheet.gauge("elasticsearch_cluster_health_relocating_shards", labels, value: 0, help: "The number of shards that are currently moving from one node to another node.")
        sheet.gauge("elasticsearch_cluster_health_number_of_pending_tasks", labels, value: isYellow ? 3 : 0, help: "Cluster level changes which have not yet been executed.")
    }

    private func node(_ number: Int, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        let labels = [("cluster", Self.cluster), ("name", Self.nodes[number])]
        let isAway = number == 2 && isReplacing(moment)
        let heap = isAway ? 0.12 : 0.36 + 0.3 * moment.sawtooth(2_400, shift: Int64(number) * 830) + 0.04 * min(moment.load, 3) + 0.01 * moment.deviate()
        sheet.gauge("elasticsearch_jvm_memory_used_bytes", labels + [("area", "heap")], value: (heap * Self.heapBytes).rounded(), help: "JVM memory currently used by area.")
        sheet.gauge("elasticsearch_jvm_memory_max_bytes", labels + [("area", "heap")], value: Self.heapBytes, help: "JVM memory max.")
        // Fills through the day, and a day's indices go at 1:00.
        let disk = 0.645 + 0.075 * moment.sawtooth(86_400, shift: -3_600) + 0.012 * Double(number)
        let data = labels + [("mount", "/usr/share/elasticsearch/data"), ("path", "/usr/share/elasticsearch/data/nodes/0")]
        sheet.gauge("elasticsearch_filesystem_data_size_bytes", data, value: Self.diskBytes, help: "Size of block device in bytes.")
        sheet.gauge("elasticsearch_filesystem_data_available_bytes", data, value: (Self.diskBytes * (1 - disk)).rounded(), help: "Available space on block device in bytes.")
        let documents = isAway ? 0 : moment.count(Self.otherDocuments / 3 + moment.requests * 2 / 3)
        let searches = isAway ? 0 : moment.count(2.4 + 0.8 * moment.load)
        sheet.counter("elasticsearch_indices_indexing_index_total", labels, increase: documents, help: "Total index calls.")
        sheet.counter("elasticsearch_indices_indexing_index_time_seconds_total", labels, increase: documents * 0.0004, help: "Cumulative index time in seconds.")
        sheet.counter("elasticsearch_indices_search_query_total", labels, increase: searches, help: "Total number of queries.")
        sheet.counter("elasticsearch_indices_search_query_time_seconds", labels, increase: searches * 0.011 * (1 + 0.2 * max(0, moment.deviate())), help: "Total search query time in seconds.")
        // The script that runs away makes a second flood of log lines; the queue for writes is full now and then.
        let isFlooded = moment.limited > 0.1
        for (type, rate) in [("search", 0.0), ("write", isFlooded ? 0.35 : 0)] {
            sheet.counter(
                "elasticsearch_thread_pool_rejected_count", labels + [("type", type)], increase: moment.count(rate), help: "Thread Pool operations rejected.")
        }
        sheet.gauge(
            "elasticsearch_process_cpu_percent", labels, value: isAway ? 0 : max(1, (9 + 7 * moment.load + (isFlooded ? 22 : 0) + 2 * moment.deviate()).rounded()),
            help: "Percent CPU used by process.")
        sheet.counter(
            "elasticsearch_jvm_gc_collection_seconds_sum", labels + [("gc", "young")], increase: moment.elapsed * 0.003 * (1 + 0.2 * max(0, moment.deviate())),
            help: "GC run time in seconds.")
    }
}
