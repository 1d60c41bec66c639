import DurableFiles
import Foundation
import GatewayModel
import Incidents
import Logging
import ServiceLifecycle

/// Keeps the book of incidents tidy while the program runs, and closes it at the end.
struct IncidentService: Service {
    let book: IncidentBook

    /// Seconds between two looks: how late an incident may end whose alerts nobody tells any more.
    private static let lookSeconds = 30

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(Self.lookSeconds))) != nil { await book.maintain() }
        }
        await book.close()
    }

    /// Opens the book in `<data>/alerting/incidents`.
    static func open(_ settings: AlertSettings, folder: URL, logger: Logger) throws -> IncidentService {
        let book = try IncidentBook(
            folder: folder.appendingPathComponent("incidents", isDirectory: true).path, files: SystemFiles(), options: settings.incidents,
            onEvent: { event in
                switch event {
                case .damaged(let error): logger.error("a part of the incidents cannot be read", metadata: ["reason": "\(error)"])
                case .notKept(let error): logger.error("incidents are held in memory only", metadata: ["reason": "\(error)"])
                case .keptAgain: logger.notice("incidents are on the disk again")
                }
            })
        return IncidentService(book: book)
    }
}
