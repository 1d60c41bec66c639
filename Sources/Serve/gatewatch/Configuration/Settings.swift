import Foundation
import Ingest
import PromQL

/// The configuration, checked and typed. Made once at start; nothing inside reads text any more.
struct Settings: Sendable {
    var host: String
    var port: Int
    var hosts: Set<String>
    var dataFolder: URL
    var webFolder: URL?
    var passwords: [String: String]
    var apiKeys: Set<String>
    var retentionDays: Int
    var flushRows: Int
    var flushSeconds: Int
    var freeBytesMin: Int64
    var trendMonths: Int
    var diskBytesMax: Int64
    var mergeCoreShare: Double
    var mergeRowsMax: Int
    var series: SeriesSettings
    var promQL: PromQLOptions
    var alerting: AlertSettings
    var corsOrigins: Set<String>
    var bodyBytesMax: Int
    var recordBytesMax: Int
    var distinctValuesMax: Int
    var distinctValuesDays: Int
    var deadLetterBytesMax: Int
    var lateSeconds: Int
    var hiddenRecordsMax: Int
    var deduplicatedSources: DeduplicatedSources
    var duplicateWindowHours: Int
    var duplicateKeysMax: Int
    var ledgerRetentionDays: Int
    var apisixFields: [String: String]
    var apisixCounters: APISIXCounterSettings?
    var providers: [String: String]
    var users: UserPrivacy
    var addresses: AddressPrivacy
    var geography: GeographyRules
    var queryTimeoutSeconds: Double
    var queryMemoryBytesMax: Int
    var queryCacheBytesMax: Int
    var queryConcurrentMax: Int
    var queryWaitingMax: Int
    var pricesFile: URL?
    var familiesFile: URL?
    /// Seconds between two readings of the program's own metrics; 0 when they are not kept.
    var ownMetricsSeconds: Int
    /// `job` and `cluster` of families, as far as they are set.
    var familyLabels: [(name: String, value: String)]
    var connectionsMax: Int
    var inFlightBytesMax: Int
    var logLevel: String
    var logFormat: LogFormat

    enum UserPrivacy: String, CaseIterable { case hash, keep, drop }
    enum AddressPrivacy: String, CaseIterable { case network, keep, drop }
    enum LogFormat: String, CaseIterable { case text, json }

    /// Whether only this machine can reach the listener.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    init(_ values: ConfigurationValues) throws {
        let reader = SettingsReader(values: values)
        (host, port) = try reader.address("listen")
        hosts = reader.list("hosts")
        dataFolder = URL(fileURLWithPath: try reader.required("data"), isDirectory: true)
        webFolder = values.text("web").map { URL(fileURLWithPath: $0, isDirectory: true) }
        passwords = try reader.passwords()
        apiKeys = try reader.apiKeys()
        retentionDays = try reader.integer("storage.retention_days", 1...36_500)
        flushRows = try reader.integer("storage.flush_rows", 1...100_000_000)
        flushSeconds = try reader.integer("storage.flush_seconds", 1...86_400)
        freeBytesMin = Int64(try reader.integer("storage.free_bytes_min", 0...Int.max))
        trendMonths = try reader.integer("storage.trend_months", 0...1_200)
        diskBytesMax = Int64(try reader.integer("storage.disk_bytes_max", 0...Int.max))
        mergeCoreShare = Double(try reader.integer("storage.merge_core_percent", 0...100)) / 100
        mergeRowsMax = try reader.integer("storage.merge_rows_max", 16_384...(1 << 28))
        series = try SeriesSettings(reader)
        promQL = try reader.promQLOptions()
        alerting = try AlertSettings(reader)
        corsOrigins = reader.list("http.cors_origins")
        bodyBytesMax = try reader.integer("ingest.body_bytes_max", 1_024...(1 << 31))
        recordBytesMax = try reader.integer("ingest.record_bytes_max", 1_024...(1 << 30))
        distinctValuesMax = try reader.integer("ingest.distinct_values_max", 1...(1 << 24))
        distinctValuesDays = try reader.integer("ingest.distinct_values_days", 1...3_650)
        deadLetterBytesMax = try reader.integer("ingest.dead_letter_bytes_max", 0...(1 << 40))
        lateSeconds = try reader.integer("ingest.late_seconds", 1...86_400)
        hiddenRecordsMax = try reader.integer("storage.hidden_records_max", 1...100_000_000)
        deduplicatedSources = try reader.sources("ingest.deduplicated_sources")
        duplicateWindowHours = try reader.integer("ingest.duplicate_window_hours", 1...720)
        duplicateKeysMax = try reader.integer("ingest.duplicate_keys_max", 1_000...1_000_000_000)
        ledgerRetentionDays = try reader.integer("ledger.retention_days", 3...36_500)
        apisixFields = values.map("apisix.fields")
        apisixCounters = try reader.apisixCounters()
        providers = values.map("providers")
        users = try reader.word("privacy.users")
        addresses = try reader.word("privacy.addresses")
        geography = try reader.geography()
        queryTimeoutSeconds = Double(try reader.integer("query.timeout_seconds", 1...3_600))
        queryMemoryBytesMax = try reader.integer("query.memory_bytes_max", (1 << 20)...(1 << 40))
        queryCacheBytesMax = try reader.integer("query.cache_bytes_max", 0...(1 << 40))
        queryConcurrentMax = try reader.integer("query.concurrent_max", 1...1_024)
        queryWaitingMax = try reader.integer("query.waiting_max", 0...100_000)
        pricesFile = values.text("prices.file").map { URL(fileURLWithPath: $0) }
        familiesFile = values.text("metrics.families_file").map { URL(fileURLWithPath: $0) }
        ownMetricsSeconds = try reader.integer("metrics.self_seconds", 0...3_600)
        familyLabels = ["job", "cluster"].compactMap { name in values.text("metrics." + name).map { (name, $0) } }
        connectionsMax = try reader.integer("http.connections_max", 1...1_000_000)
        inFlightBytesMax = try reader.integer("http.in_flight_bytes_max", 1_048_576...(1 << 40))
        logLevel = try reader.oneOf("log.level", ["trace", "debug", "info", "notice", "warning", "error"])
        logFormat = try reader.word("log.format")
        guard isLoopback || !passwords.isEmpty || !apiKeys.isEmpty else {
            throw ConfigurationError(
                place: values.place("listen"),
                message: "listening on \(host) would let anyone read and write; set auth.username and auth.password, or auth.api_keys, or listen on 127.0.0.1")
        }
    }
}

/// Reads single keys with their checks.
struct SettingsReader {
    let values: ConfigurationValues

    func required(_ key: String) throws -> String {
        guard let text = values.text(key) else { throw ConfigurationError(place: values.place(key), message: "'\(key)' must not be empty") }
        return text
    }

    func integer(_ key: String, _ allowed: ClosedRange<Int>) throws -> Int {
        let text = try required(key)
        guard let value = Int(text.replacing("_", with: "")), allowed.contains(value) else {
            throw ConfigurationError(place: values.place(key), message: "'\(key)' must be an integer from \(allowed.lowerBound) to \(allowed.upperBound), not '\(text)'")
        }
        return value
    }

    /// The parts of a comma list.
    func list(_ key: String) -> Set<String> { Set((values.text(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }) }

    func oneOf(_ key: String, _ words: [String]) throws -> String {
        let text = try required(key)
        guard words.contains(text) else { throw ConfigurationError(place: values.place(key), message: "'\(key)' must be one of \(words.joined(separator: ", ")), not '\(text)'") }
        return text
    }

    func sources(_ key: String) throws -> DeduplicatedSources {
        let text = values.text(key) ?? ""
        guard let sources = DeduplicatedSources(text) else {
            let names = IngestDoor.allCases.map { "\($0.name)" }.joined(separator: ", ")
            throw ConfigurationError(place: values.place(key), message: "'\(key)' must list some of \(names), not '\(text)'")
        }
        return sources
    }

    func word<T: RawRepresentable & CaseIterable>(_ key: String) throws -> T where T.RawValue == String {
        let text = try oneOf(key, T.allCases.map(\.rawValue))
        guard let word = T(rawValue: text) else { throw ConfigurationError(place: values.place(key), message: "'\(key)' must not be '\(text)'") }
        return word
    }

    /// `127.0.0.1:7600`, `[::1]:7600`, `:7600` (all addresses).
    func address(_ key: String) throws -> (String, Int) {
        let text = try required(key)
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
            throw ConfigurationError(place: values.place(key), message: "'\(key)' must be host:port, not '\(text)'")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }

    /// nil when the counters are not to be read.
    func apisixCounters() throws -> APISIXCounterSettings? {
        let routes = list("sources.apisix.routes")
        let name = try required("sources.apisix.source")
        guard let source = LedgerSource(name) else {
            throw ConfigurationError(place: values.place("sources.apisix.source"), message: "'\(name)' is not a source; see GET /api/v1/completeness for names")
        }
        let seconds = try integer("sources.apisix.metrics_seconds", 5...3_600)
        guard let url = values.text("sources.apisix.metrics_url") else { return nil }
        guard let address = try? ServerAddress(url, defaultPort: 80) else {
            throw ConfigurationError(
                place: values.place("sources.apisix.metrics_url"), message: "'\(url)' is not an address such as http://apisix:9091/apisix/prometheus/metrics (plain http)")
        }
        return APISIXCounterSettings(address: address, seconds: seconds, source: source, routes: routes)
    }

    func passwords() throws -> [String: String] {
        let password = try secret("auth.password", file: "auth.password_file")
        guard let user = values.text("auth.username") else {
            guard password == nil else { throw ConfigurationError(place: values.place("auth.password"), message: "a password needs auth.username") }
            return [:]
        }
        guard let password else { throw ConfigurationError(place: values.place("auth.username"), message: "auth.username needs auth.password or auth.password_file") }
        return [user: password]
    }

    func apiKeys() throws -> Set<String> {
        guard let text = try secret("auth.api_keys", file: "auth.api_keys_file") else { return [] }
        let keys = text.split(whereSeparator: { $0 == "," || $0.isNewline }).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        if let short = keys.first(where: { $0.count < 16 }) {
            throw ConfigurationError(place: values.place("auth.api_keys"), message: "an API key has only \(short.count) characters; use at least 16")
        }
        return Set(keys)
    }

    private func secret(_ key: String, file: String) throws -> String? {
        if let text = values.text(key) { return text }
        guard let path = values.text(file) else { return nil }
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            return text.isEmpty ? nil : text
        } catch {
            throw ConfigurationError(place: values.place(file), message: "\(path) cannot be read: \(error.localizedDescription)")
        }
    }
}
