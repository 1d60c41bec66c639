package import GatewayModel

/// What routing keeps in memory at most.
package struct RoutingLimits: Sendable, Equatable {
    /// Alerts, some 2 KB each: a hundred megabytes. More of them are no news to anybody.
    package var alertsMax = 50_000
    /// Groups: each may become a message.
    package var groupsMax = 10_000
    /// Labels of an alert: Prometheus itself has rarely more than thirty.
    package var labelsMax = 128
    /// Bytes of an alert's labels and annotations together.
    package var alertBytesMax = 65_536

    package init() {}
}

/// What routing has counted since the program began.
package struct RoutingCounters: Sendable, Equatable {
    /// Alerts that came in, as firing and as resolved.
    package var firing = 0
    package var resolved = 0
    /// Refused for what is in them.
    package var invalid = 0
    /// Refused for lack of room.
    package var dropped = 0
    /// Groups that were not made for lack of room.
    package var groupsDropped = 0
    /// Messages handed to the queue, by integration (`slack`).
    package var messages: [String: Int] = [:]
    /// Messages that the queue refused, by integration; they are tried again.
    package var messagesRefused: [String: Int] = [:]
    /// Times that a group was looked at and told nothing because all of it was muted, by why.
    package var mutedGroups = 0

    package init() {}
}

/// What the program's log should say.
package enum RoutingEvent: Sendable, Equatable {
    case alertsDropped(count: Int, limit: Int)
    case groupsDropped(count: Int, limit: Int)
    /// A message could not be handed over; it is tried again.
    case notQueued(receiver: String, group: String, StorageError)
    /// What is firing could not be kept on disk.
    case notKept(file: String, StorageError)
    /// What was kept could not be read and is not used.
    case damaged(StorageError)
    case configurationLoaded(receivers: Int, routes: Int)
}
