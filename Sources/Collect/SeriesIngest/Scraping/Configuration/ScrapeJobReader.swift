package import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads one entry of `scrape_configs`.
struct ScrapeJobReader {
    let defaults: JobDefaults

    func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> ScrapeJob {
        guard let name = try fields.text("job_name"), !name.isEmpty else { throw fields.failure("a job needs a job_name") }
        var job = ScrapeJob(name: name, interval: defaults.interval, timeout: defaults.timeout)
        try readTiming(&fields, &job)
        job.metricsPath = try fields.text("metrics_path", default: job.metricsPath)
        job.scheme = try fields.text("scheme", default: job.scheme).lowercased()
        guard job.scheme == "http" || job.scheme == "https" else { throw fields.failure("scheme must be http or https", at: "scheme") }
        if var parameters = try fields.fields("params") { job.parameters = try Self.readParameters(&parameters) }
        job.honorsLabels = try fields.bool("honor_labels", default: false)
        job.honorsTimestamps = try fields.bool("honor_timestamps", default: true)
        job.tracksTimestampStaleness = try fields.bool("track_timestamps_staleness", default: false)
        job.followsRedirects = try fields.bool("follow_redirects", default: true)
        job.access = try HTTPAccessReader(folder: defaults.folder).read(&fields)
        job.limits = defaults.limits
        try JobDefaults.readLimits(&fields, &job.limits)
        job.fallbackFormat = try Self.readFallback(&fields)
        try readTargets(&fields, &job)
        job.relabelRules = try RelabelRuleReader.read(&fields, "relabel_configs")
        job.metricRelabelRules = try RelabelRuleReader.read(&fields, "metric_relabel_configs")
        try refuseOthers(&fields)
        try fields.finish()
        return job
    }

    private func readTiming(_ fields: inout YAMLFields, _ job: inout ScrapeJob) throws(ConfigurationFault) {
        if let interval = try fields.duration("scrape_interval") {
            guard interval > 0 else { throw fields.failure("scrape_interval must not be 0", at: "scrape_interval") }
            job.interval = interval
        }
        guard let timeout = try fields.duration("scrape_timeout") else {
            job.timeout = min(defaults.timeout, job.interval)
            return
        }
        guard timeout > 0, timeout <= job.interval else {
            throw fields.failure("scrape_timeout must be more than 0 and no longer than scrape_interval (\(DurationText.text(milliseconds: job.interval)))", at: "scrape_timeout")
        }
        job.timeout = timeout
    }

    private static func readParameters(_ fields: inout YAMLFields) throws(ConfigurationFault) -> [(name: String, values: [String])] {
        guard case .mapping(let mapping) = fields.node else { return [] }
        var parameters: [(name: String, values: [String])] = []
        for (key, _) in mapping {
            guard let name = key.string else { continue }
            parameters.append((name, try fields.texts(name)))
        }
        return parameters
    }

    private static func readFallback(_ fields: inout YAMLFields) throws(ConfigurationFault) -> ExpositionFormat? {
        switch try fields.text("fallback_scrape_protocol") {
        case nil: return nil
        case "PrometheusText0.0.4", "PrometheusText1.0.0": return .text
        case "OpenMetricsText0.0.1", "OpenMetricsText1.0.0": return .openMetrics
        case "PrometheusProto": throw fields.failure("not supported: PrometheusProto; targets are asked for text", at: "fallback_scrape_protocol")
        case .some(let other): throw fields.failure("there is no scrape protocol \(other)", at: "fallback_scrape_protocol")
        }
    }

    private func readTargets(_ fields: inout YAMLFields, _ job: inout ScrapeJob) throws(ConfigurationFault) {
        for var group in try fields.fieldsList("static_configs") {
            job.staticGroups.append(TargetGroup(addresses: try group.texts("targets"), labels: try group.pairs("labels").map { SeriesLabel($0.name, $0.value) }))
            try group.finish()
        }
        for var discovery in try fields.fieldsList("file_sd_configs") {
            let files = try discovery.texts("files")
            guard !files.isEmpty else { throw discovery.failure("file_sd_configs needs files") }
            for file in files where !file.hasSuffix(".json") && !file.hasSuffix(".yml") && !file.hasSuffix(".yaml") {
                throw discovery.failure("a file of targets must end with .json, .yml or .yaml, and only its last part may hold *", at: "files")
            }
            let refresh = try discovery.duration("refresh_interval") ?? 300_000
            job.fileDiscovery.append(FileDiscovery(files: files.map { HTTPAccessReader.path($0, from: defaults.folder) }, refreshInterval: max(refresh, 1_000)))
            try discovery.finish()
        }
    }

    private func refuseOthers(_ fields: inout YAMLFields) throws(ConfigurationFault) {
        guard case .mapping(let mapping) = fields.node else { return }
        let discoveries = mapping.keys.compactMap(\.string).filter { $0.hasSuffix("_sd_configs") && $0 != "file_sd_configs" }
        try fields.refuse(discoveries.sorted(), "targets come from static_configs and file_sd_configs; let a tool write their files")
        try fields.refuse(["oauth2", "sigv4"], "use authorization, basic_auth or tls_config")
        try fields.refuse(["proxy_url", "proxy_from_environment", "no_proxy", "proxy_connect_header"], "targets are asked directly")
        try fields.refuse(["http_headers"], "")
        try fields.refuse(["convert_classic_histograms_to_nhcb"], "classic histograms are kept as they are")
        fields.ignore(JobDefaults.withoutMeaning + ["enable_http2", "enable_compression"])
    }
}
