package import GatewayModel

/// What the root of the tree has when the file does not say.
package struct RouteDefaults: Sendable, Equatable {
    /// Milliseconds.
    package var groupWait: Int64
    package var groupInterval: Int64
    package var repeatInterval: Int64

    /// Ours, so that a message is out within seconds: Alertmanager's are 30 s, 5 min and 4 h.
    package init(groupWait: Int64 = 2_000, groupInterval: Int64 = 60_000, repeatInterval: Int64 = 14_400_000) {
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.repeatInterval = repeatInterval
    }
}

/// A node of the tree with all that it has from its parents.
package struct Route: Sendable, Equatable {
    /// Its place in ``RouteTree/routes``.
    package let index: Int
    package let parent: Int?
    package fileprivate(set) var children: [Int] = []
    package let matchers: [SeriesMatcher]
    package let continues: Bool
    package let receiver: String
    package let grouping: RouteConfiguration.Grouping
    /// Milliseconds.
    package let groupWait: Int64
    package let groupInterval: Int64
    package let repeatInterval: Int64
    /// Not from the parent: what mutes a route says nothing about those below it.
    package let muteTimeIntervals: [String]
    package let activeTimeIntervals: [String]
    package let digest: DigestSchedule?
    /// Given to the route in the file, for those who ask; the parent's among them.
    package let labels: SeriesLabels
    /// The matchers of the path from the root: `{}/{team="x"}`.
    package let key: String

    /// The labels by which an alert's group is known.
    package func groupLabels(of labels: SeriesLabels) -> SeriesLabels {
        switch grouping {
        case .all: labels
        case .labels(let names): labels.keeping(Set(names))
        }
    }
}

/// The routing tree as one array: the root first.
///
/// Source: prometheus/alertmanager, `dispatch/route.go`.
package struct RouteTree: Sendable, Equatable {
    package private(set) var routes: [Route] = []

    package init(_ root: RouteConfiguration, defaults: RouteDefaults) { add(root, parent: nil, defaults) }

    private mutating func add(_ configuration: RouteConfiguration, parent: Int?, _ defaults: RouteDefaults) {
        let above = parent.map { routes[$0] }
        let route = Route(
            index: routes.count, parent: parent, matchers: configuration.matchers, continues: configuration.continues, receiver: configuration.receiver ?? above?.receiver ?? "",
            grouping: configuration.groupBy ?? above?.grouping ?? .labels([]), groupWait: configuration.groupWait ?? above?.groupWait ?? defaults.groupWait,
            groupInterval: configuration.groupInterval ?? above?.groupInterval ?? defaults.groupInterval,
            repeatInterval: configuration.repeatInterval ?? above?.repeatInterval ?? defaults.repeatInterval, muteTimeIntervals: configuration.muteTimeIntervals,
            activeTimeIntervals: configuration.activeTimeIntervals, digest: configuration.digest,
            labels: SeriesLabels((above?.labels.labels ?? []) + configuration.labels.labels), key: (above.map { $0.key + "/" } ?? "") + configuration.matchers.alertmanagerText)
        routes.append(route)
        if let parent { routes[parent].children.append(route.index) }
        for child in configuration.routes { add(child, parent: route.index, defaults) }
    }

    /// The routes that take an alert, in the order of the file: the deepest that match, the first of siblings unless it continues.
    package func match(_ labels: SeriesLabels) -> [Route] { match(labels, at: 0).map { routes[$0] } }

    private func match(_ labels: SeriesLabels, at index: Int) -> [Int] {
        let route = routes[index]
        guard route.matchers.matches(labels) else { return [] }
        var all: [Int] = []
        for child in route.children {
            let matching = match(labels, at: child)
            all += matching
            if !matching.isEmpty, !routes[child].continues { break }
        }
        return all.isEmpty ? [index] : all
    }
}
