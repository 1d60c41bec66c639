import ConfigurationText
import Foundation
import PromQL
import SeriesIngest
import SeriesStorage

/// The settings of kept samples.
struct SeriesSettings: Sendable {
    var retentionDays: Int
    var diskBytesMax: Int64
    var seriesMax: Int
    var seriesPerMetricMax: Int
    var labelsMax: Int
    var outOfOrderMinutes: Int
    var headBytesMax: Int
    var flushSeconds: Int
    /// Targets to scrape; nil when no file names any.
    var scraping: ScrapeConfiguration?
    /// Attributes of OpenTelemetry's resources that become labels.
    var promotedAttributes: Set<String>

    init(_ reader: SettingsReader) throws {
        retentionDays = try reader.integer("series.retention_days", 1...36_500)
        diskBytesMax = Int64(try reader.integer("series.disk_bytes_max", 0...Int.max))
        seriesMax = try reader.integer("series.series_max", 1...100_000_000)
        seriesPerMetricMax = try reader.integer("series.series_per_metric_max", 1...100_000_000)
        labelsMax = try reader.integer("series.labels_max", 2...1_000)
        outOfOrderMinutes = try reader.integer("series.out_of_order_minutes", 0...1_440)
        headBytesMax = try reader.integer("series.head_bytes_max", 65_536...(1 << 34))
        flushSeconds = try reader.integer("series.flush_seconds", 1...86_400)
        scraping = try reader.scraping()
        promotedAttributes = reader.list("otlp.promote_resource_attributes")
    }

    /// The store's configuration, its other parts as they are by default.
    var configuration: SeriesStoreConfiguration {
        var configuration = SeriesStoreConfiguration()
        configuration.retentionDays = retentionDays
        configuration.diskBytesMax = diskBytesMax
        configuration.seriesMax = seriesMax
        configuration.seriesPerMetricMax = seriesPerMetricMax
        configuration.labelsMax = labelsMax
        configuration.outOfOrderMinutes = outOfOrderMinutes
        configuration.headBytesMax = headBytesMax
        configuration.flushSeconds = flushSeconds
        return configuration
    }
}

extension SettingsReader {
    /// What a `prometheus.yml` says of scraping; paths in it are relative to its folder.
    func scraping() throws -> ScrapeConfiguration? {
        guard let path = values.text("scrape.config_file") else { return nil }
        let file = URL(fileURLWithPath: path)
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw ConfigurationError(place: values.place("scrape.config_file"), message: "\(path) cannot be read: \(error.localizedDescription)")
        }
        do throws(ConfigurationFault) { return try ScrapeConfigurationReader.read(text, folder: file.deletingLastPathComponent().path) } catch {
            throw ConfigurationError(place: "\(path), line \(error.line), column \(error.column)", message: error.message)
        }
    }

    /// How PromQL is evaluated and what a query may cost. Two threads a query: as many run at once as `query.concurrent_max` allows.
    func promQLOptions() throws -> PromQLOptions {
        var options = PromQLOptions.standard
        options.timeoutSeconds = Double(try integer("promql.timeout_seconds", 1...3_600))
        options.samplesMax = try integer("promql.samples_max", 1_000...(1 << 40))
        options.seriesMax = try integer("promql.series_max", 1...100_000_000)
        options.memoryBytesMax = try integer("promql.memory_bytes_max", (1 << 20)...(1 << 40))
        options.lookbackMilliseconds = Int64(try integer("promql.lookback_seconds", 1...86_400)) * 1_000
        options.parallelism = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return options
    }
}
