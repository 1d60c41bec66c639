import Foundation
import Testing

@testable import Dashboards

struct DashboardGuideTests {
    private static let folder = ShippedFiles.folder.appending(path: "../docs/dashboards").standardizedFileURL
    private static let hint: Comment = "run: gatewatch dashboards docs --output docs/dashboards"

    @Test(arguments: ShippedFiles.ids) func pagesAreThoseOfTheFiles(_ id: String) throws {
        let written = try? String(contentsOf: Self.folder.appending(path: id + ".md"), encoding: .utf8)
        #expect(written == DashboardGuide.page(try DashboardReader.read(try ShippedFiles.text(id))), Self.hint)
    }

    @Test func theIndexNamesAllOfThem() throws {
        let library = DashboardLibrary(shipped: ShippedFiles.folder.path, own: "/nonexistent")
        let written = try? String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        #expect(written == DashboardGuide.index(library.entries.map(\.dashboard)), Self.hint)
    }

    @Test func aPanelSaysWhenItIsBadAndWhatToDo() {
        var panel = Panel(id: "a", title: "Errors", question: "Is it failing?", chart: .stat)
        panel.unit = .ratio
        panel.thresholds = Panel.Thresholds(warning: 0.02, critical: 0.05)
        (panel.formula, panel.action, panel.needs) = ("Failed by all.", "Look.", "A gateway.")
        var query = Panel.Query()
        query.measures = ["ratio(status >= 500)"]
        panel.query = query
        var dashboard = Dashboard(id: "m", title: "M", question: "What?", group: .own)
        dashboard.sections = [Dashboard.Section(id: "s", panels: [panel])]
        let page = DashboardGuide.page(dashboard)
        for part in ["### Errors", "Failed by all.", "**When it looks bad:** Look.", "**Needs:** A gateway.", "warning from 2 %, critical from 5 % on", "`ratio(status >= 500)`"] {
            #expect(page.contains(part), "\(part)")
        }
    }
}
