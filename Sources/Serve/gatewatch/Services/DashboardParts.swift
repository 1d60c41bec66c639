import Dashboards
import Foundation
import Logging
import WebAPI

/// Dashboards: those that come with the program, and one's own in `<data>/dashboards`.
enum DashboardParts {
    /// What the routes need. Says in the log which files cannot be used; later changes are told where dashboards are listed.
    static func services(_ settings: Settings, logger: Logger) -> DashboardServices {
        var services = DashboardServices()
        let library = library(own: folder(settings), keepsVersions: true)
        for fault in library.faults {
            logger.warning("a dashboard cannot be used", metadata: ["file": "\(fault.file)", "line": "\(fault.fault.place.line)", "reason": "\(fault.fault.sentence)"])
        }
        services.library = library
        services.externalURL = settings.alerting.externalURL ?? settings.listenURL
        return services
    }

    private static func library(own: URL, keepsVersions: Bool) -> DashboardLibrary {
        DashboardLibrary(shipped: shipped()?.path, own: own.path, keepsVersions: keepsVersions)
    }

    /// Where the dashboards that come with the program lie: `share/gatewatch/dashboards` beside its folder, else `dashboards` in a folder above it (a checkout).
    static func shipped() -> URL? { AssetFolder.find(installed: "dashboards", checkout: "dashboards") }

    private static func folder(_ settings: Settings) -> URL { settings.dataFolder.appendingPathComponent("dashboards", isDirectory: true) }

    /// The library of a data folder, for commands, which may read it while a server uses it.
    static func library(_ options: ConfigurationOptions) throws -> DashboardLibrary {
        let settings = try withConfigurationErrors { try options.load() }
        return library(own: folder(settings), keepsVersions: false)
    }

    /// A fault as compilers write them.
    static func line(_ fault: DashboardFault, of file: String) -> String {
        fault.place == .unknown ? "\(file): \(fault.sentence)" : "\(file):\(fault.place.line):\(fault.place.column): \(fault.sentence)"
    }
}
