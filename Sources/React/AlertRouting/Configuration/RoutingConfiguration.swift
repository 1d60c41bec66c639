package import GatewayModel

/// What `alertmanager.yml` says: who is told about which alerts, when and how.
///
/// Source: prometheus/alertmanager 0.34, `config/config.go`; what is ours is said where it stands.
package struct RoutingConfiguration: Sendable, Equatable {
    /// Milliseconds after which an alert that nobody told again, and that came without an end, counts as resolved.
    package var resolveTimeout: Int64 = 300_000
    package var route: RouteConfiguration
    /// Names are unique.
    package var receivers: [ReceiverConfiguration]
    package var inhibitRules: [InhibitRule] = []
    /// `time_intervals`, and the older `mute_time_intervals`: names are unique over both.
    package var timeIntervals: [NamedTimeInterval] = []
    /// Paths of files with templates, with wildcards in the last part; relative ones already start from the file's folder.
    package var templates: [String] = []
    /// The file as it was read, secrets and all: never to be shown. ``redactedText`` is.
    package var text = ""
    /// The same without secrets, for `/api/v2/status`.
    package var redactedText = ""

    package init(route: RouteConfiguration, receivers: [ReceiverConfiguration]) {
        self.route = route
        self.receivers = receivers
    }

    /// What holds without a file: alerts are grouped by name, shown on the page and in the API, and nobody is written to.
    package static let pageOnly: RoutingConfiguration = {
        var route = RouteConfiguration()
        route.receiver = "page"
        route.groupBy = .labels(["alertname"])
        var configuration = RoutingConfiguration(route: route, receivers: [ReceiverConfiguration(name: "page", integrations: [])])
        configuration.text = "route:\n  receiver: page\n  group_by: [alertname]\nreceivers:\n- name: page\n"
        configuration.redactedText = configuration.text
        return configuration
    }()

    package func receiver(_ name: String) -> ReceiverConfiguration? { receivers.first { $0.name == name } }

    /// The settings behind a notification's key; nil when the configuration no longer has them.
    package func integration(_ key: NotificationKey) -> ReceiverIntegration? {
        receiver(key.receiver)?.integrations.first { $0.name == key.integration && $0.index == key.index }
    }
}

/// A node of the routing tree, as written; what it does not say it has from its parent.
package struct RouteConfiguration: Sendable, Equatable {
    package enum Grouping: Sendable, Equatable {
        case labels([String])
        /// `...`: each alert is a group of its own.
        case all
    }

    package var receiver: String?
    package var groupBy: Grouping?
    /// All of them must match: `match`, `match_re` and `matchers` together, sorted by name, value and comparison.
    package var matchers: [SeriesMatcher] = []
    package var muteTimeIntervals: [String] = []
    package var activeTimeIntervals: [String] = []
    /// Whether the siblings behind are asked too when this one takes an alert.
    package var continues = false
    package var routes: [RouteConfiguration] = []
    /// Milliseconds; nil for the parent's, or, at the root, the setting's.
    package var groupWait: Int64?
    package var groupInterval: Int64?
    package var repeatInterval: Int64?
    /// Names for those who ask for groups; say nothing about alerts.
    package var labels = SeriesLabels.none
    /// Ours: alerts are collected and told together.
    package var digest: DigestSchedule?

    package init() {}
}

/// Ours: when a route that collects alerts tells them, all in one message per group.
package enum DigestSchedule: Sendable, Equatable {
    /// So many milliseconds after the group's first alert, and again whenever that time has passed and something has changed.
    case every(Int64)
    /// At these minutes of the day (0 to 1,439), ascending, in this time zone.
    case daily(minutes: [Int], zone: TimeZoneName)
}

/// An alert that mutes others: while sources fire, targets with the same values of some labels are not told.
package struct InhibitRule: Sendable, Equatable {
    package struct Source: Sendable, Equatable {
        package var matchers: [SeriesMatcher]
        /// Labels that source and target must have the same values of; a missing label is as good as an empty one.
        package var equal: [String]

        package init(matchers: [SeriesMatcher], equal: [String]) {
            self.matchers = matchers
            self.equal = equal
        }
    }

    package var name = ""
    /// For each of these there must be an alert.
    package var sources: [Source]
    package var targetMatchers: [SeriesMatcher]

    package init(sources: [Source], targetMatchers: [SeriesMatcher]) {
        self.sources = sources
        self.targetMatchers = targetMatchers
    }
}
