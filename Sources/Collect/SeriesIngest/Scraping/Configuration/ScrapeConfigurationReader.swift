package import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads `prometheus.yml` as it is: what is known and not there is refused by name, what is misspelt with a hint.
///
/// Source: Prometheus documentation "Configuration".
package enum ScrapeConfigurationReader {
    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - folder: what relative paths in it start from, as for Prometheus the file's own folder.
    package static func read(_ yaml: String, folder: String) throws(ConfigurationFault) -> ScrapeConfiguration {
        var configuration = ScrapeConfiguration()
        guard let root = try YAMLDocument.compose(yaml), root != Node("") else { return configuration }
        var top = try YAMLFields(root, path: "")
        try top.refuse(["scrape_config_files"], "put the jobs into scrape_configs")
        let others = ["rule_files", "alerting", "remote_write", "remote_read", "storage", "tracing", "otlp", "runtime"]
        configuration.ignoredSections = others.filter { top.has($0) }
        top.ignore(others)
        var defaults = JobDefaults(folder: folder)
        if var global = try top.fields("global") { try defaults.read(&global, &configuration) }
        for var job in try top.fieldsList("scrape_configs") {
            let read = try ScrapeJobReader(defaults: defaults).read(&job)
            guard !configuration.jobs.contains(where: { $0.name == read.name }) else { throw job.failure("a second job called \(read.name)", at: "job_name") }
            configuration.jobs.append(read)
        }
        try top.finish()
        return configuration
    }
}

/// What a job does not say for itself.
struct JobDefaults {
    let folder: String
    var interval: Int64 = 60_000
    var timeout: Int64 = 10_000
    var limits = ScrapeLimits()

    /// Keys of limits, of `global` and of jobs alike.
    static func readLimits(_ fields: inout YAMLFields, _ limits: inout ScrapeLimits) throws(ConfigurationFault) {
        limits.samples = try fields.count("sample_limit") ?? limits.samples
        limits.labels = try fields.count("label_limit") ?? limits.labels
        limits.labelNameLength = try fields.count("label_name_length_limit") ?? limits.labelNameLength
        limits.labelValueLength = try fields.count("label_value_length_limit") ?? limits.labelValueLength
        limits.targets = try fields.count("target_limit") ?? limits.targets
        guard let text = try fields.text("body_size_limit") else { return }
        guard let bytes = ByteSizeText.parse(text) else { throw fields.failure("body_size_limit must be a size such as 10MB", at: "body_size_limit") }
        limits.bodyBytes = bytes == 0 ? ScrapeLimits.bodyBytesMax : min(bytes, ScrapeLimits.bodyBytesMax)
    }

    /// Keys that only concern protobuf, native histograms and escaping, none of which text scraping has.
    static let withoutMeaning = [
        "scrape_protocols", "scrape_native_histograms", "scrape_classic_histograms", "always_scrape_classic_histograms", "native_histogram_bucket_limit",
        "native_histogram_min_bucket_factor", "metric_name_validation_scheme", "metric_name_escaping_scheme", "keep_dropped_targets", "scrape_failure_log_file",
        "extra_scrape_metrics",
    ]

    mutating func read(_ global: inout YAMLFields, _ configuration: inout ScrapeConfiguration) throws(ConfigurationFault) {
        interval = try global.duration("scrape_interval") ?? interval
        guard interval > 0 else { throw global.failure("scrape_interval must not be 0", at: "scrape_interval") }
        if let given = try global.duration("scrape_timeout") {
            guard given <= interval else { throw global.failure("scrape_timeout is longer than scrape_interval", at: "scrape_timeout") }
            timeout = given
        } else {
            timeout = min(timeout, interval)
        }
        configuration.evaluationInterval = try global.duration("evaluation_interval") ?? configuration.evaluationInterval
        configuration.externalLabels = try global.pairs("external_labels").map { SeriesLabel($0.name, $0.value) }
        try Self.readLimits(&global, &limits)
        try global.refuse(["convert_classic_histograms_to_nhcb"], "classic histograms are kept as they are")
        global.ignore(Self.withoutMeaning + ["rule_query_offset", "query_log_file", "runtime"])
        try global.finish()
    }
}

/// Sizes such as `10MB` or `1.5GiB`; all units are powers of 1,024, as in Prometheus.
enum ByteSizeText {
    static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).uppercased().replacing("IB", with: "B")
        guard let value = Double(number), let power = ["B", "KB", "MB", "GB", "TB"].firstIndex(of: unit.isEmpty && value == 0 ? "B" : unit) else { return nil }
        let bytes = value * Double(1 << (10 * power))
        return bytes < 9e18 ? Int(bytes) : nil
    }
}
