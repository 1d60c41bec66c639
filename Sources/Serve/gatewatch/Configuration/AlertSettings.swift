import AlertDelivery
import AlertRouting
import ConfigurationText
import Foundation
import Incidents

/// The settings of rules, alerts and what follows from them.
struct AlertSettings: Sendable {
    /// Whether rules are evaluated and messages sent at all.
    var isEnabled: Bool
    /// Patterns of rule files, in which `*` stands for anything within a name.
    var ruleFiles: [String]
    /// Whether the rules that come with the program are evaluated.
    var hasShippedRules: Bool
    /// Seconds between two evaluations of groups that name no interval.
    var evaluationSeconds: Int
    /// An `alertmanager.yml`; nil when messages go nowhere but to the page.
    var configurationFile: URL?
    /// How long groups wait where neither that file nor a route of it says.
    var routeDefaults: RouteDefaults
    /// Where people reach this server, without a slash at the end; nil when it is the address it listens on.
    var externalURL: String?
    /// In which times are told in messages.
    var timeZone: TimeZoneName
    /// Hosts of receivers whose addresses may be private.
    var privateReceivers: Set<String>
    /// Alertmanagers that are handed all alerts.
    var alertmanagers: [AlertmanagerTarget]
    /// Thresholds that replace those of shipped rules, instead of the file that comes with them.
    var thresholdsFile: URL?
    /// Objectives from which rules are made.
    var objectivesFile: URL?
    /// Alerts that one rule may have.
    var alertsPerRuleMax: Int
    /// Changes between firing and not firing within so many minutes that make an alert a flapping one; 0: none does.
    var flappingTransitions: Int
    var flappingMinutes: Int

    /// How alerts become incidents.
    var incidents: IncidentOptions

    init(_ reader: SettingsReader) throws {
        isEnabled = try reader.flag("alerting.enabled")
        ruleFiles = reader.list("alerting.rule_files").filter { !$0.isEmpty }.sorted()
        hasShippedRules = try reader.flag("alerting.shipped_rules")
        evaluationSeconds = try reader.integer("alerting.evaluation_interval_seconds", 1...86_400)
        configurationFile = reader.file("alerting.config_file")
        routeDefaults = RouteDefaults(
            groupWait: Int64(try reader.integer("alerting.group_wait_seconds", 0...86_400)) * 1_000,
            groupInterval: Int64(try reader.integer("alerting.group_interval_seconds", 1...86_400)) * 1_000,
            repeatInterval: Int64(try reader.integer("alerting.repeat_interval_seconds", 1...31_536_000)) * 1_000)
        externalURL = try reader.externalURL()
        timeZone = try reader.alertingZone()
        privateReceivers = Set(reader.list("alerting.private_receivers").filter { !$0.isEmpty }.map { $0.lowercased() })
        alertmanagers = try reader.alertmanagers()
        thresholdsFile = reader.file("alerting.thresholds_file")
        objectivesFile = reader.file("alerting.objectives_file")
        alertsPerRuleMax = try reader.integer("alerting.alerts_per_rule_max", 1...1_000_000)
        flappingTransitions = try reader.integer("alerting.flapping_transitions", 0...1_000)
        flappingMinutes = try reader.integer("alerting.flapping_minutes", 1...1_440)
        incidents = IncidentOptions(
            groupLabels: reader.list("alerting.incident_group_labels").filter { !$0.isEmpty }.sorted(), resolvesAutomatically: try reader.flag("alerting.incident_auto_resolve"),
            retentionDays: try reader.integer("alerting.incident_retention_days", 1...3_650))
    }

    /// What is kept of alerts: `<data>/alerting`.
    static func folder(_ data: URL) -> URL { data.appendingPathComponent("alerting", isDirectory: true) }
}

extension SettingsReader {
    /// `true` or `false`.
    func flag(_ key: String) throws -> Bool { try oneOf(key, ["true", "false"]) == "true" }

    /// nil when none is named.
    func file(_ key: String) -> URL? { values.text(key).map { URL(fileURLWithPath: $0) } }

    fileprivate func alertingZone() throws -> TimeZoneName {
        let name = values.text("alerting.time_zone") ?? "UTC"
        guard let zone = TimeZoneName(name) else {
            throw ConfigurationError(place: values.place("alerting.time_zone"), message: "there is no time zone '\(name)'; names are such as Europe/Berlin")
        }
        return zone
    }

    /// Those of the list, and those of a `prometheus.yml`.
    fileprivate func alertmanagers() throws -> [AlertmanagerTarget] {
        var targets: [AlertmanagerTarget] = []
        for address in list("alerting.alertmanagers").filter({ !$0.isEmpty }).sorted() {
            do throws(ConfigurationFault) { targets.append(try AlertmanagerTarget.read(address)) } catch {
                throw ConfigurationError(place: values.place("alerting.alertmanagers"), message: error.message)
            }
        }
        guard let url = file("alerting.alertmanagers_file") else { return targets }
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch {
            throw ConfigurationError(place: values.place("alerting.alertmanagers_file"), message: "\(url.path) cannot be read: \(error.localizedDescription)")
        }
        do throws(ConfigurationFault) { return targets + (try AlertmanagerTarget.read(prometheus: text, folder: url.deletingLastPathComponent().path)) } catch {
            throw ConfigurationError(place: "\(url.path), line \(error.line), column \(error.column)", message: error.message)
        }
    }

    fileprivate func externalURL() throws -> String? {
        guard let text = values.text("alerting.external_url") else { return nil }
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty, url.query == nil else {
            throw ConfigurationError(
                place: values.place("alerting.external_url"), message: "'\(text)' is not an address such as https://gatewatch.example.com")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
