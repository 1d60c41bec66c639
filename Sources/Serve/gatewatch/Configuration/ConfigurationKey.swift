/// A key of the configuration: one row of the table that the loader, `gatewatch config` and `docs/reference/configuration.md` are made from.
struct ConfigurationKey: Sendable {
    /// The dotted name in the YAML file: `storage.retention_days` is `retention_days` below `storage`.
    let name: String
    /// The default as it would be written; empty means not set.
    let defaultValue: String
    /// The unit or form of the value, for people.
    let unit: String
    /// One sentence: what it does, and why one would change it.
    let summary: String
    /// Whether the value is a secret, which is never printed.
    let isSecret: Bool
    /// Whether the key stands for any name below it (`providers.HOST`).
    let isMap: Bool

    init(_ name: String, _ defaultValue: String, _ unit: String, _ summary: String, isSecret: Bool = false, isMap: Bool = false) {
        self.name = name
        self.defaultValue = defaultValue
        self.unit = unit
        self.summary = summary
        self.isSecret = isSecret
        self.isMap = isMap
    }

    /// The environment variable: `GATEWATCH_STORAGE_RETENTION_DAYS`. Maps are set in the file only.
    var environment: String? { isMap ? nil : "GATEWATCH_" + name.uppercased().replacing(".", with: "_") }

    /// Every key, in the order of the documentation.
    static let all: [ConfigurationKey] = [
        .init("listen", "127.0.0.1:7600", "host:port", "The address served. Beyond loopback, credentials (auth.*) are required."),
        .init("hosts", "", "comma list", "Further host names by which a server without credentials may be called; otherwise only localhost."),
        .init("data", "gatewatch-data", "folder", "Where everything is kept; created when it is missing. One process uses a folder at a time."),
        .init("web", "", "folder", "The page's static files. Not set: found beside the program or in the repository."),
        .init("auth.username", "", "name", "A user for `Authorization: Basic`."),
        .init("auth.password", "", "text", "That user's password.", isSecret: true),
        .init("auth.password_file", "", "file", "A file holding the password, instead of auth.password."),
        .init("auth.api_keys", "", "comma list", "Keys for `Authorization: ApiKey` and `Bearer`.", isSecret: true),
        .init("auth.api_keys_file", "", "file", "A file with one API key a line, instead of auth.api_keys."),
        .init("storage.retention_days", "90", "days", "Days that single requests are kept; an Elasticsearch lifecycle policy in use overrides it."),
        .init("storage.flush_rows", "1000000", "records", "Records held in memory before they are written as a part."),
        .init("storage.flush_seconds", "600", "seconds", "The longest time before records in memory are written as a part."),
        .init("storage.free_bytes_min", "67108864", "bytes", "Free disk space below which writes are refused (and accepted again by themselves)."),
        .init("storage.trend_months", "13", "months", "Months (of 31 days) that tables of dropped days are kept, so that long ranges still answer; 0 for not at all."),
        .init("storage.disk_bytes_max", "0", "bytes", "The most that records may take on disk; beyond it the oldest whole days are dropped, never today's. 0: no limit."),
        .init("storage.merge_core_percent", "25", "percent", "The share of one core that merging parts takes in the background. 0: never merged."),
        .init("storage.merge_rows_max", "8388608", "records", "The most records of a merged part."),
        .init("storage.hidden_records_max", "1000000", "records",
            "Deleted and replaced records that may wait to be merged away; beyond it replacing and deleting is refused."),
        .init("series.retention_days", "90", "days", "Days that scraped and written samples of series are kept."),
        .init("series.disk_bytes_max", "0", "bytes", "The most that samples of series may take on disk; beyond it the oldest whole days are dropped, never today's. 0: no limit."),
        .init("series.series_max", "500000", "series", "Series kept at most, some 600 bytes of memory each; samples of further ones are refused."),
        .init("series.series_per_metric_max", "100000", "series", "Series of one metric at most, so that one label that holds ids does not use up all that others need."),
        .init("series.labels_max", "64", "labels", "Labels of a series at most."),
        .init("series.out_of_order_minutes", "30", "minutes", "How much older than the newest of its series a sample may be. 0: samples must ascend."),
        .init("series.head_bytes_max", "16777216", "bytes", "Samples held in memory before they are written as a block; while they are written as many again may come in."),
        .init("series.flush_seconds", "7200", "seconds", "The longest time before samples in memory are written as a block."),
        .init("scrape.config_file", "", "file", "A `prometheus.yml`: the targets of its `scrape_configs` are scraped, its other sections are left to Prometheus. Off when not set."),
        .init("otlp.promote_resource_attributes", "", "comma list",
            "Attributes of an OpenTelemetry resource that become labels of each of its series, `deployment.environment` for example."),
        .init("ingest.body_bytes_max", "104857600", "bytes", "The largest request body, also after decompression."),
        .init("ingest.record_bytes_max", "8388608", "bytes", "The largest single record as JSON text."),
        .init("ingest.distinct_values_max", "100000", "values", "Distinct values of one field that are kept; further ones become `_other`."),
        .init("ingest.distinct_values_days", "30", "days", "Days without a sight after which a value of a field makes room for a new one."),
        .init("ingest.dead_letter_bytes_max", "67108864", "bytes", "Size at which the file of rejected records is rotated; one older file is kept."),
        .init("ingest.late_seconds", "300", "seconds", "Age at which a record that just came counts as late; APISIX's batches are up to 65 s old by design."),
        .init("ingest.deduplicated_sources", "elasticsearch,apisix,noveum,litellm,import", "comma list",
            "Sources whose messages without a document id are left out when they were sent before. Empty: none."),
        .init("ingest.duplicate_window_hours", "24", "hours", "How long a message is known, so that its repetition is left out."),
        .init("ingest.duplicate_keys_max", "4000000", "messages", "Messages known at most, 16 bytes of memory each; beyond it the older half is forgotten."),
        .init("ledger.retention_days", "400", "days", "Days that the completeness ledger is kept."),
        .init("apisix.fields", "", "map", "Keys of a custom APISIX `log_format` to our fields: `apisix.fields.my_consumer: client`.", isMap: true),
        .init("sources.apisix.metrics_url", "", "URL", "Where APISIX's Prometheus plugin serves `apisix_http_status`: what it counts is what is expected here. Off when not set."),
        .init("sources.apisix.metrics_seconds", "15", "seconds", "Time between two looks at it."),
        .init("sources.apisix.source", "elasticsearch/apisix", "source", "The source of `GET /api/v1/completeness` that its count is compared with; `apisix` for http-logger."),
        .init("sources.apisix.routes", "", "comma list", "Routes (label `route`) that count; all when not set. Name those whose logger sends here."),
        .init("providers", "", "map", "Upstream hosts or instances to provider names: `providers.llm-b.internal: self_hosted`.", isMap: true),
        .init("privacy.users", "hash", "hash, keep or drop", "End users' ids: a keyed hash, as they are, or not at all."),
        .init("privacy.addresses", "network", "network, keep or drop", "Client addresses: their /24 or /48 network, whole, or not at all."),
        .init("geo.header", "cf-ipcountry,cloudfront-viewer-country,x-appengine-country,x-country-code", "comma list",
            "Headers of requests that name the client's country, where the gateway logs headers; the first that is there counts. Only those that your network sets itself."),
        .init("geo.file", "", "file", "A file of countries in MaxMind's format (GeoLite2-Country, DB-IP, IPinfo), read at the start. Not set: only headers tell countries."),
        .init("query.timeout_seconds", "10", "seconds", "The longest a query may run."),
        .init("query.memory_bytes_max", "536870912", "bytes", "The most memory a query may use for its groups."),
        .init("query.cache_bytes_max", "134217728", "bytes", "The most memory for findings that later queries use again; 0 keeps none."),
        .init("query.concurrent_max", "8", "queries", "Queries that run at once; further ones wait."),
        .init("query.waiting_max", "256", "queries", "Queries that wait, a quarter of them of one user or address at most; further ones are answered 429."),
        .init("promql.timeout_seconds", "120", "seconds", "The longest a PromQL query may run; a request's own `timeout` can only be shorter."),
        .init("promql.samples_max", "50000000", "samples", "Samples that a PromQL query may hold at the same time."),
        .init("promql.series_max", "500000", "series", "Series that one selector of a PromQL query may match."),
        .init("promql.memory_bytes_max", "1073741824", "bytes", "Memory for the values that a PromQL query holds at the same time."),
        .init("promql.lookback_seconds", "300", "seconds", "How old a sample may be to count as a series' value; a request's `lookback_delta` overrides it."),
        .init("alerting.enabled", "true", "true or false", "Whether rules are evaluated and messages sent."),
        .init("alerting.rule_files", "", "comma list", "Rule files as Prometheus has them; `*` in the last part of a path stands for anything."),
        .init("alerting.shipped_rules", "true", "true or false", "Whether the rules that come with the program are evaluated too."),
        .init("alerting.evaluation_interval_seconds", "5", "seconds", "Time between two evaluations of rules whose group names no interval."),
        .init("alerting.config_file", "", "file", "An `alertmanager.yml`: who is told what. Not set: alerts are seen on the page only."),
        .init("alerting.group_wait_seconds", "2", "seconds", "How long a new group of alerts waits for others before its first message, where alerting.config_file does not say."),
        .init("alerting.group_interval_seconds", "60", "seconds", "Time between two messages about a group that has news, where alerting.config_file does not say."),
        .init("alerting.repeat_interval_seconds", "14400", "seconds", "Time after which a group without news is told again, where alerting.config_file does not say."),
        .init("alerting.external_url", "", "URL", "Where people reach this server, for links in messages. Not set: the address it listens on."),
        .init("alerting.time_zone", "UTC", "time zone", "The zone in which messages tell times, `Europe/Berlin` for example."),
        .init("alerting.private_receivers", "", "comma list",
            "Host names of receivers that may lead to this machine or a private network; `*` for all. Not needed for `localhost`, written addresses and alerting.alertmanagers."),
        .init("alerting.alertmanagers", "", "comma list",
            "Alertmanagers that are handed all alerts, each of them: `http://am-1:9093`. With alerting.config_file both tell people."),
        .init("alerting.alertmanagers_file", "", "file", "A `prometheus.yml` whose `alerting` section names Alertmanagers that are handed all alerts."),
        .init("alerting.thresholds_file", "", "file", "Thresholds of the shipped rules by alert name, instead of the file that comes with them."),
        .init("alerting.objectives_file", "", "file", "Objectives (availability, latency, cost) from which rules are made."),
        .init("alerting.alerts_per_rule_max", "10000", "alerts", "Alerts that one rule may have; a rule that gives more has none and is unhealthy."),
        .init("alerting.flapping_transitions", "6", "changes", "Changes between firing and not firing with which an alert counts as flapping and its end is held back. 0: never."),
        .init("alerting.flapping_minutes", "60", "minutes", "The time within which these changes are counted."),
        .init("alerting.incident_group_labels", "alertname,cluster,model,provider", "comma list", "Alerts with the same values of these labels are one incident."),
        .init("alerting.incident_auto_resolve", "true", "true or false", "Whether an incident ends with the last of its alerts; otherwise a person ends it."),
        .init("alerting.incident_retention_days", "400", "days", "How long an incident is kept after its end."),
        .init("prices.file", "", "file", "Prices of your own, in the price book's format; they win over the built-in ones."),
        .init("metrics.families_file", "", "file", "Metric families of your own over the records, beside the shipped ones."),
        .init("metrics.self_seconds", "10", "seconds", "Time between two readings of the program's own metrics, which are kept as series with `job=\"gatewatch\"`. 0: they are not kept."),
        .init("metrics.job", "", "label value", "The label `job` of metric families when they are read by name, as if they had been scraped. Not set: none."),
        .init("metrics.cluster", "", "label value", "The label `cluster` of metric families when they are read by name. Not set: none."),
        .init("http.connections_max", "10000", "connections", "Open connections; further ones are answered 503."),
        .init("http.in_flight_bytes_max", "536870912", "bytes", "Bodies of all requests in flight together; beyond it requests are answered 429."),
        .init("http.cors_origins", "", "comma list", "Origins (`https://grafana.example.com`) whose pages may call the Prometheus API from a browser; `*` for all."),
        .init("log.level", "info", "trace, debug, info, notice, warning, error", "The least severe message that is logged."),
        .init("log.format", "text", "text or json", "The form of log lines on standard error."),
    ]

    static func find(_ name: String) -> ConfigurationKey? {
        all.first { $0.isMap ? name.hasPrefix($0.name + ".") : $0.name == name }
    }
}
