package import Dashboards

/// What the routes of dashboards need: each part is nil where it does not run.
package struct DashboardServices: Sendable {
    /// Shipped dashboards and one's own.
    package var library: DashboardLibrary?

    /// Where people reach this server, for links in exported dashboards.
    package var externalURL = "http://127.0.0.1:7600"

    package init() {}
}
