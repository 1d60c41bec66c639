import Dashboards
import Foundation
import Logging
import WebAPI

/// Dashboards: those that come with the program, and one's own in `<data>/dashboards`.
enum DashboardParts {
    /// What the routes need. Says in the log which files cannot be used; later changes are told where dashboards are listed.
    static func services(_ settings: Settings, logger: Logger) -> DashboardServices {
        var services = DashboardServices()
        let library = library(own: settings.dataFolder.appendingPathComponent("dashboards", isDirectory: true))
        for fault in library.faults {
            logger.warning("a dashboard cannot be used", metadata: ["file": "\(fault.file)", "line": "\(fault.fault.place.line)", "reason": "\(fault.fault.sentence)"])
        }
        services.library = library
        return services
    }

    static func library(own: URL) -> DashboardLibrary { DashboardLibrary(shipped: shipped()?.path, own: own.path) }

    /// Where the dashboards that come with the program lie: `share/gatewatch/dashboards` beside its folder, else `dashboards` in a folder above it (a checkout).
    static func shipped() -> URL? { AssetFolder.find(installed: "dashboards", checkout: "dashboards") }
}
