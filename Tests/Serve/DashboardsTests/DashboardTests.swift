import Testing

@testable import Dashboards

struct DashboardTests {
    @Test func panelsOfAllSectionsStandInReadingOrder() {
        var dashboard = Dashboard(id: "a", title: "A", question: "What?", group: .own)
        dashboard.sections = ["x", "y"].map { Dashboard.Section(id: $0, panels: [Panel(id: $0 + "1", title: "", question: "?", chart: .stat), Panel(id: $0 + "2", title: "", question: "?", chart: .time)]) }
        #expect(dashboard.panels.map(\.id) == ["x1", "x2", "y1", "y2"])
    }
}
