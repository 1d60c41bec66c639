import Foundation
import GatewayModel
import Logging
import ServiceLifecycle
import WebAPI

/// Rules and what follows from them: evaluation, routing, messages, incidents. Everything it keeps lies in `<data>/alerting`.
///
/// Alerts go from the rules to ``sinks``, all of which see the same.
struct AlertParts {
    /// Run beside the server and are stopped after it, so that what leads to them still can.
    private(set) var supporting: [any Service] = []
    /// Are stopped before the server: what makes alerts.
    private(set) var leading: [any Service] = []
    /// What the routes need.
    private(set) var services = AlertServices()

    /// Reads rules and configuration; nothing is evaluated or sent before the services run.
    init(_ settings: Settings, series: SeriesParts, logger: Logger) throws {
        guard settings.alerting.isEnabled else { return }
        let folder = AlertSettings.folder(settings.dataFolder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
