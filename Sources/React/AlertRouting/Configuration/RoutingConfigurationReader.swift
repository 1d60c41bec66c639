package import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads `alertmanager.yml` as it is. What Alertmanager refuses is refused, with the place; receivers that are not there are refused by name, with a way out.
///
/// Source: prometheus/alertmanager 0.34, `config/config.go`.
package enum RoutingConfigurationReader {
    /// Bytes of a file at most: thousands of routes are far below it.
    package static let bytesMax = 4 << 20

    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - folder: what relative paths in it start from, as for Alertmanager the file's own folder.
    package static func read(_ yaml: String, folder: String) throws(ConfigurationFault) -> RoutingConfiguration {
        guard yaml.utf8.count <= bytesMax else { throw ConfigurationFault("the file is larger than \(bytesMax) bytes") }
        guard let root = try YAMLDocument.compose(yaml) else { throw ConfigurationFault("no route provided in config") }
        var top = try YAMLFields(root, path: "")
        let http = NotifierAccessReader(folder: folder)
        let global = try GlobalReader(http: http).read(&top)
        guard var rootFields = try top.fields("route") else { throw ConfigurationFault("no route provided in config") }
        let route = try RouteReader.read(&rootFields)
        var configuration = RoutingConfiguration(route: route, receivers: try receivers(&top, global, http))
        configuration.resolveTimeout = global.resolveTimeout
        for var rule in try top.fieldsList("inhibit_rules") { configuration.inhibitRules.append(try InhibitRuleReader.read(&rule)) }
        for key in ["mute_time_intervals", "time_intervals"] { configuration.timeIntervals += try timeIntervals(&top, key, known: configuration.timeIntervals) }
        configuration.templates = try top.texts("templates").map { $0.isEmpty ? $0 : HTTPAccessReader.path($0, from: folder) }
        top.ignore(["tracing"])
        try top.finish()
        try check(root: route, rootFields, configuration)
        configuration.text = yaml
        configuration.redactedText = SecretRedaction.redacted(root)
        return configuration
    }

    private static func receivers(
        _ top: inout YAMLFields, _ global: GlobalDefaults, _ http: NotifierAccessReader
    ) throws(ConfigurationFault) -> [ReceiverConfiguration] {
        var all: [ReceiverConfiguration] = []
        for var fields in try top.fieldsList("receivers") {
            let receiver = try ReceiverReader(global: global, http: http).read(&fields)
            guard !all.contains(where: { $0.name == receiver.name }) else {
                throw fields.failure("notification config name \(receiver.name.goQuoted) is not unique", at: "name")
            }
            all.append(receiver)
        }
        return all
    }

    private static func timeIntervals(_ top: inout YAMLFields, _ key: String, known: [NamedTimeInterval]) throws(ConfigurationFault) -> [NamedTimeInterval] {
        var all: [NamedTimeInterval] = []
        for var fields in try top.fieldsList(key) {
            let interval = try TimeIntervalReader.readNamed(&fields)
            guard !(known + all).contains(where: { $0.name == interval.name }) else { throw fields.failure("time interval \(interval.name.goQuoted) is not unique", at: "name") }
            all.append(interval)
        }
        return all
    }

    /// What only the whole tells: the root's rules, and names that must exist.
    private static func check(root: RouteConfiguration, _ fields: YAMLFields, _ configuration: RoutingConfiguration) throws(ConfigurationFault) {
        if root.continues { throw fields.failure("cannot have continue in root route", at: "continue") }
        guard let receiver = root.receiver, !receiver.isEmpty else { throw fields.failure("root route must specify a default receiver") }
        if !root.matchers.isEmpty { throw fields.failure("root route must not have any matchers") }
        if !root.muteTimeIntervals.isEmpty { throw fields.failure("root route must not have any mute time intervals", at: "mute_time_intervals") }
        if !root.activeTimeIntervals.isEmpty { throw fields.failure("root route must not have any active time intervals", at: "active_time_intervals") }
        try RouteReader.checkNames(
            fields.node, receivers: Set(configuration.receivers.map(\.name)), timeIntervals: Set(configuration.timeIntervals.map(\.name)))
    }
}
