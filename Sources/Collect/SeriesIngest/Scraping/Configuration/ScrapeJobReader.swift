internal import GatewayModel
internal import Yams

/// Reads one entry of `scrape_configs`.
struct ScrapeJobReader {
    let defaults: JobDefaults

    func read(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) -> ScrapeJob {
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
        job.access = try ScrapeAccessReader(folder: defaults.folder).read(&fields)
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

    private func readTiming(_ fields: inout YAMLFields, _ job: inout ScrapeJob) throws(ScrapeConfigurationError) {
        if let interval = try fields.duration("scrape_interval") {
            guard interval > 0 else { throw fields.failure("scrape_interval must not be 0", at: "scrape_interval") }
            job.interval = interval
        }
        guard let timeout = try fields.duration("scrape_timeout") else {
            job.timeout = min(defaults.timeout, job.interval)
            return
        }
        guard timeout > 0, timeout <= job.interval else {
            throw fields.failure("scrape_timeout must be more than 0 and no longer than scrape_interval (\(DurationText.text(job.interval)))", at: "scrape_timeout")
        }
        job.timeout = timeout
    }

    private static func readParameters(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) -> [(name: String, values: [String])] {
        guard case .mapping(let mapping) = fields.node else { return [] }
        var parameters: [(name: String, values: [String])] = []
        for (key, _) in mapping {
            guard let name = key.string else { continue }
            parameters.append((name, try fields.texts(name)))
        }
        return parameters
    }

    private static func readFallback(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) -> ExpositionFormat? {
        switch try fields.text("fallback_scrape_protocol") {
        case nil: return nil
        case "PrometheusText0.0.4", "PrometheusText1.0.0": return .text
        case "OpenMetricsText0.0.1", "OpenMetricsText1.0.0": return .openMetrics
        case "PrometheusProto": throw fields.failure("not supported: PrometheusProto; targets are asked for text", at: "fallback_scrape_protocol")
        case .some(let other): throw fields.failure("there is no scrape protocol \(other)", at: "fallback_scrape_protocol")
        }
    }

    private func readTargets(_ fields: inout YAMLFields, _ job: inout ScrapeJob) throws(ScrapeConfigurationError) {
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
            job.fileDiscovery.append(FileDiscovery(files: files.map { ScrapeAccessReader.path($0, from: defaults.folder) }, refreshInterval: max(refresh, 1_000)))
            try discovery.finish()
        }
    }

    private func refuseOthers(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) {
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

/// Reads how targets are authenticated to.
struct ScrapeAccessReader {
    let folder: String

    /// A path as written in the file, from the file's folder.
    static func path(_ path: String, from folder: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

    func read(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) -> ScrapeAccess {
        var access = ScrapeAccess()
        var kinds: [String] = []
        if var basic = try fields.fields("basic_auth") {
            kinds.append("basic_auth")
            let fileName = try basic.text("username_file")
            guard fileName == nil else { throw basic.failure("not supported: username_file; write the username", at: "username_file") }
            guard let password = try secret(&basic, "password", "password_file") else { throw basic.failure("basic_auth needs password or password_file") }
            access.authorization = .basic(username: try basic.text("username", default: ""), password: password)
            try basic.finish()
        }
        if var authorization = try fields.fields("authorization") {
            kinds.append("authorization")
            let type = try authorization.text("type", default: "Bearer")
            guard type.lowercased() != "basic" else { throw authorization.failure("the type Basic belongs into basic_auth", at: "type") }
            guard let credentials = try secret(&authorization, "credentials", "credentials_file") else {
                throw authorization.failure("authorization needs credentials or credentials_file")
            }
            access.authorization = .credentials(type: type, credentials)
            try authorization.finish()
        }
        if let token = try secret(&fields, "bearer_token", "bearer_token_file") {
            kinds.append("bearer_token")
            access.authorization = .credentials(type: "Bearer", token)
        }
        guard kinds.count <= 1 else { throw fields.failure("only one of \(kinds.joined(separator: " and ")) can be used", at: kinds[1]) }
        if var tls = try fields.fields("tls_config") { access.tls = try readTLS(&tls) }
        return access
    }

    private func readTLS(_ fields: inout YAMLFields) throws(ScrapeConfigurationError) -> ScrapeAccess.TLS {
        var tls = ScrapeAccess.TLS()
        tls.caFile = try fields.text("ca_file").map { Self.path($0, from: folder) }
        tls.certificateFile = try fields.text("cert_file").map { Self.path($0, from: folder) }
        tls.keyFile = try fields.text("key_file").map { Self.path($0, from: folder) }
        tls.serverName = try fields.text("server_name")
        tls.skipsVerification = try fields.bool("insecure_skip_verify", default: false)
        guard (tls.certificateFile == nil) == (tls.keyFile == nil) else { throw fields.failure("cert_file and key_file belong together") }
        try fields.refuse(["ca", "cert", "key", "ca_ref", "cert_ref", "key_ref"], "use the keys that end with _file")
        fields.ignore(["min_version", "max_version"])
        try fields.finish()
        return tls
    }

    private func secret(_ fields: inout YAMLFields, _ key: String, _ fileKey: String) throws(ScrapeConfigurationError) -> ScrapeAccess.Secret? {
        let text = try fields.text(key), file = try fields.text(fileKey)
        guard text == nil || file == nil else { throw fields.failure("only one of \(key) and \(fileKey) can be used", at: fileKey) }
        return text.map { .text($0) } ?? file.map { .file(Self.path($0, from: folder)) }
    }
}
