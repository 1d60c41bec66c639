import Synchronization

/// What the server has done since it started; a consistent copy for `/metrics`.
package struct TransportCounters: Equatable, Sendable {
    /// Connections accepted, refused ones included.
    package internal(set) var connectionsTotal = 0
    /// Connections that are open now.
    package internal(set) var connectionsOpen = 0
    /// Responses begun, by status class: index 0 is 1xx, index 4 is 5xx. Interim `100 Continue` is not a response.
    package internal(set) var responsesByClass = [Int](repeating: 0, count: 5)
    /// Requests that are with their handlers now, streams included.
    package internal(set) var requestsInFlight = 0
    /// Bytes received, heads and framing included; counted when a request is complete and when a connection closes.
    package internal(set) var bytesIn = 0
    /// Bytes given to sockets, heads and framing included.
    package internal(set) var bytesOut = 0
    /// Requests refused before a handler saw them, by reason; every reason is there.
    package internal(set) var rejections: [RejectionReason: Int] = Dictionary(uniqueKeysWithValues: RejectionReason.allCases.map { ($0, 0) })
    /// Connections closed because the client took nothing of its response for too long.
    package internal(set) var writeStalls = 0
    /// Bytes that request bodies occupy now.
    package internal(set) var bodyBytesInFlight = 0

    /// How long requests took from their last byte to the end of their response, streams included.
    package internal(set) var durations = DurationBuckets()

    /// Counters of a server that has done nothing yet.
    package init() {}

    /// Adds another part of the server to this one.
    mutating func add(_ other: TransportCounters) {
        connectionsTotal += other.connectionsTotal
        connectionsOpen += other.connectionsOpen
        for index in responsesByClass.indices { responsesByClass[index] += other.responsesByClass[index] }
        requestsInFlight += other.requestsInFlight
        bytesIn += other.bytesIn
        bytesOut += other.bytesOut
        rejections.merge(other.rejections, uniquingKeysWith: +)
        writeStalls += other.writeStalls
        bodyBytesInFlight += other.bodyBytesInFlight
        durations.add(other.durations)
    }

    /// Counts a response's status.
    mutating func countResponse(status: UInt) {
        let index = Int(status / 100) - 1
        if responsesByClass.indices.contains(index) { responsesByClass[index] += 1 }
    }
}

/// The counters of one event loop: nearly always taken by that loop alone, so that the lock is free.
final class CounterShard: Sendable {
    private let counters = Mutex(TransportCounters())

    /// Changes the counters.
    func update(_ change: (inout TransportCounters) -> Void) { counters.withLock { change(&$0) } }

    /// A copy.
    var snapshot: TransportCounters { counters.withLock { $0 } }
}
