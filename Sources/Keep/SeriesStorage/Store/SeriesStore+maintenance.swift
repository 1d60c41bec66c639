internal import Dispatch
internal import DurableFiles
internal import GatewayModel
internal import Synchronization

/// What upkeep remembers from one look to the next. Used on the flush queue.
struct SeriesUpkeep: Sendable {
    var isMerging = false
}

extension SeriesStore {
    /// Does what the store does by itself from time to time: flushes what is old. For tests, which have no timer.
    package func maintain() async { await run(on: flushing) { self.tick() } }

    /// On the flush queue.
    func tick() {
        let now = configuration.clock()
        let (isOld, isStuck) = state.withLock { state in
            (state.activeSince.map { now.microseconds - $0.microseconds >= Int64(configuration.flushSeconds) * Timestamp.microsecondsPerSecond } ?? false, state.sealed != nil)
        }
        if isOld || isStuck { flushAndReport() }
    }
}
