internal import Synchronization

/// Wakes one task that waits: a signal while it does not wait is kept until it does.
final class WakeSignal: Sendable {
    private struct State {
        var isSignalled = false
        var isStopped = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func signal() { wake { _ in } }

    /// Signals for good.
    func stop() { wake { $0.isStopped = true } }

    /// Returns after the next signal, or the one that came meanwhile.
    func wait() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isSignalled || state.isStopped {
                    state.isSignalled = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            guard let waiter = state.waiter else {
                state.isSignalled = true
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }
}
