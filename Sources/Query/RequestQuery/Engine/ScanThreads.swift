internal import Dispatch
internal import Foundation

/// Threads for scans.
///
/// They are plain threads and not Dispatch queues: on Linux the concurrency runtime draws its threads from the same Dispatch pool, which counts busy
/// threads only, so a few long scans on a queue would leave none for anything else. Starting a thread costs some 30 microseconds, a scan milliseconds.
enum ScanThreads {
    /// Calls `body` on `count` threads at once, the calling one among them, and returns when all have ended.
    static func perform(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        let group = DispatchGroup()
        for _ in 1..<max(1, count) {
            group.enter()
            start {
                body()
                group.leave()
            }
        }
        body()
        group.wait()
    }

    /// Calls `body` on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) { Thread.detachNewThread(body) }
}
