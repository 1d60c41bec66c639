import Dashboards
import DurableFiles
import Foundation
import GatewayModel
import Logging
import ServiceLifecycle
import WebAPI

/// Opens what people keep beside dashboards, and closes it at the end.
struct PageKeepingService: Service {
    let keeping: PageKeeping

    func run() async throws {
        try? await gracefulShutdown()
        await keeping.annotations?.close()
        await keeping.links?.close()
        await keeping.snapshots?.close()
    }

    /// Opens `annotations`, `links` and `snapshots` in the data folder.
    init(dataFolder: URL, logger: Logger) throws {
        func folder(_ name: String) -> String { dataFolder.appendingPathComponent(name, isDirectory: true).path }
        func tell(_ what: String) -> (StorageError) -> Void {
            { logger.error("a part of the \(what) cannot be read", metadata: ["reason": "\($0)"]) }
        }
        let files = SystemFiles()
        var keeping = PageKeeping()
        keeping.annotations = try AnnotationBook(folder: folder("annotations"), files: files, onDamage: tell("annotations"))
        keeping.links = try LinkBook(folder: folder("links"), files: files, onDamage: tell("links"))
        keeping.snapshots = try SnapshotShelf(folder: folder("snapshots"), files: files, onDamage: tell("snapshots"))
        self.keeping = keeping
    }
}
