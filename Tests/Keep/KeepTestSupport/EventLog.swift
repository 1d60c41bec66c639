import Synchronization

/// What a store said.
package final class EventLog<Event: Sendable>: Sendable {
    private let list = Mutex<[Event]>([])

    package init() {}

    package func note(_ event: Event) { list.withLock { $0.append(event) } }
    package var all: [Event] { list.withLock { $0 } }
}
