import NIOCore
import Synchronization

/// Counts what must end before the server can: connections and requests.
final class ActivityLatch: Sendable {
    private struct Guarded {
        var active = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let guarded = Mutex(Guarded())

    /// Something begins.
    func enter() { guarded.withLock { $0.active += 1 } }

    /// Something ends; the last one lets the waiters go on.
    func leave() {
        let waiters = guarded.withLock { guarded -> [CheckedContinuation<Void, Never>] in
            guarded.active -= 1
            guard guarded.active == 0 else { return [] }
            defer { guarded.waiters = [] }
            return guarded.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until nothing is active, at most for `timeout`; returns whether nothing is. Not cut short by cancellation: it is called while stopping.
    func waitUntilIdle(timeout: TimeAmount, on eventLoop: any EventLoop) async -> Bool {
        let deadline = eventLoop.scheduleTask(in: timeout) { self.releaseWaiters() }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isIdle = guarded.withLock { guarded in
                if guarded.active > 0 { guarded.waiters.append(continuation) }
                return guarded.active == 0
            }
            if isIdle { continuation.resume() }
        }
        deadline.cancel()
        return guarded.withLock { $0.active == 0 }
    }

    private func releaseWaiters() {
        let waiters = guarded.withLock { guarded -> [CheckedContinuation<Void, Never>] in
            defer { guarded.waiters = [] }
            return guarded.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
