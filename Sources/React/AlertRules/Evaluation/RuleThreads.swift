internal import Dispatch
internal import Foundation
internal import Glibc
internal import Synchronization

/// A few threads on which rules are evaluated.
///
/// Evaluating blocks while it reads, so that it may not run on the threads that serve. The system prefers ingest and queries to these threads: an alert that comes
/// a moment later is better than a record that is lost.
final class RuleThreads: Sendable {
    /// A third of the time of a thread that is not nice, when both want the same core.
    private static let niceness: Int32 = 5

    private final class Queue: Sendable {
        struct State {
            var works: [@Sendable () -> Void] = []
            var isOver = false
        }

        let state = Mutex(State())
        let ready = DispatchSemaphore(value: 0)

        /// Does one piece of work after the other until the threads are not needed any more.
        func serve() {
            while true {
                ready.wait()
                let (work, isOver) = state.withLock { state in (state.works.isEmpty ? nil : state.works.removeFirst(), state.isOver) }
                if let work { work() } else if isOver { return }
            }
        }
    }

    private let queue = Queue()
    private let count: Int

    init(count: Int) {
        self.count = max(1, count)
        for _ in 0..<self.count {
            Thread.detachNewThread { [queue] in
                // 0 means the calling thread to Linux, not the whole process; threads that it starts are as nice.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
                queue.serve()
            }
        }
    }

    deinit {
        queue.state.withLock { $0.isOver = true }
        for _ in 0..<count { queue.ready.signal() }
    }

    /// Runs work on one of the threads, in the order of the calls. Bounded by its callers: each group has one evaluation under way.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.state.withLock { $0.works.append { continuation.resume(returning: work()) } }
            queue.ready.signal()
        }
    }
}
