import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import RequestStorage
import Synchronization

/// A clock that tests set.
final class TestClock: Sendable {
    private let time: Mutex<Timestamp>
    private let running = Mutex<Int64>(0)

    /// Noon of 2026-03-05 (UTC).
    static let start = Timestamp(microseconds: 1_772_712_000_000_000)

    init(_ start: Timestamp = TestClock.start) { time = Mutex(start) }

    var now: Timestamp { time.withLock { $0 } }

    /// Seconds that have passed on the clock that nobody sets.
    var uptime: Int64 { running.withLock { $0 } }

    func advance(seconds: Int64) {
        leap(seconds: seconds)
        running.withLock { $0 += max(0, seconds) }
    }

    /// Somebody sets the wall clock.
    func leap(seconds: Int64) { time.withLock { $0.microseconds += seconds * Timestamp.microsecondsPerSecond } }
    func leap(days: Int64) { leap(seconds: days * 86_400) }
    func advance(days: Int64) { advance(seconds: days * 86_400) }
}

/// What a store said.
final class EventLog: Sendable {
    private let list = Mutex<[StoreEvent]>([])
    func note(_ event: StoreEvent) { list.withLock { $0.append(event) } }
    var all: [StoreEvent] { list.withLock { $0 } }
    var damage: [String] { all.compactMap { if case .damaged(let file, let what, let offset) = $0 { "\(file): \(what) at \(offset)" } else { nil } } }
}

/// Settings for tests: nothing happens by itself, everything in memory.
struct TestStore {
    var files: any FileLayer
    var folder = "/store"
    let clock = TestClock()
    let events = EventLog()
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
