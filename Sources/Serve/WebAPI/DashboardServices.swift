package import Dashboards

/// What the routes of dashboards need: each part is nil where it does not run.
package struct DashboardServices: Sendable {
    /// Shipped dashboards and one's own.
    package var library: DashboardLibrary?

    package init() {}
}
