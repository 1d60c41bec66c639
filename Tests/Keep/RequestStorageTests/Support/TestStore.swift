import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import RequestStorage

extension EventLog<StoreEvent> {
    /// What was damaged, as text.
    var damage: [String] { all.compactMap { if case .damaged(let file, let what, let offset) = $0 { "\(file): \(what) at \(offset)" } else { nil } } }
}

/// Settings for tests: nothing happens by itself, everything in memory.
struct TestStore {
    var files: any FileLayer
    var folder = "/store"
    let clock = TestClock()
    let events = EventLog<StoreEvent>()
    var configuration = StoreConfiguration()

    init(_ files: any FileLayer = MemoryFiles()) {
        self.files = files
        configuration.tickSeconds = nil
        configuration.mergeCoreShare = 0
    }

    func open() throws(StorageError) -> RequestStore {
        var configuration = configuration
        configuration.files = files
        let (clock, events) = (clock, events)
        configuration.clock = { clock.now }
        configuration.uptime = { clock.uptime }
        configuration.onEvent = { events.note($0) }
        return try RequestStore.open(folder: folder, configuration: configuration)
    }
}

/// A folder on the real disk that goes with its owner.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("request-store-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
