/// A page of panels, as its file says: the one definition from which the web page, the Grafana dashboard and the Kibana dashboard are made.
///
/// The keys and their meaning are in `docs/formats/dashboard.md`.
package struct Dashboard: Sendable, Equatable {
    package var id: String
    package var title: String
    /// What the page answers, for people who look for the right one.
    package var question: String
    package var group: Group
    /// Place within the group, smaller first.
    package var order: Int = 100
    package var tags: [String] = []
    /// The range where the address names none, and of exports: time expressions as `now-1h`.
    package var from: String = "now-1h"
    package var to: String = "now"
    /// How often exports refresh, as `30s`.
    package var refresh: String = "30s"
    package var exports: [Export] = [.grafana, .kibana]
    package var variables: [Variable] = []
    /// The chart above the list of single requests; nil where the page has no such list.
    package var records: Panel?
    package var sections: [Section] = []

    package init(id: String, title: String, question: String, group: Group) {
        self.id = id
        self.title = title
        self.question = question
        self.group = group
    }

    /// Where a dashboard stands in the navigation, in this order.
    package enum Group: String, Sendable, CaseIterable { case operations, usage, money, system, prometheus, own }

    /// What a dashboard can be written as.
    package enum Export: String, Sendable, CaseIterable { case grafana, kibana }

    /// Panels that belong together.
    package struct Section: Sendable, Equatable {
        package var id: String
        /// nil for a section that has no heading and cannot be folded.
        package var title: String?
        /// Whether it is folded at first; a folded section asks nothing.
        package var isFolded = false
        package var layout: Layout = .grid
        package var panels: [Panel]

        package init(id: String, title: String? = nil, panels: [Panel]) {
            self.id = id
            self.title = title
            self.panels = panels
        }

        package enum Layout: String, Sendable, CaseIterable { case grid, stats }
    }

    /// A choice above the panels.
    package struct Variable: Sendable, Equatable {
        package var name: String
        package var label: String
        package var source: Source
        /// Whether several values may be chosen.
        package var isMulti = false
        /// nil for all values.
        package var standard: String?

        package init(name: String, label: String, source: Source) {
            self.name = name
            self.label = label
            self.source = source
        }

        /// Where the values come from.
        package enum Source: Sendable, Equatable {
            /// A field of requests, by its name.
            case field(String)
            /// A label of the series of a metric.
            case label(String, metric: String)
        }
    }

    /// All panels in reading order, without the one above the list of requests.
    package var panels: [Panel] { sections.flatMap(\.panels) }
}
