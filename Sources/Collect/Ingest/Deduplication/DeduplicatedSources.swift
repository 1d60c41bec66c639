/// The doors at which a message that was sent again is left out, because the record of it is kept already.
///
/// Loggers repeat what was not acknowledged in time and send no ids: APISIX whole batches, the Noveum gateway single documents up to four times within 17
/// minutes. What makes two messages the same is said by `MessageKeys`; where equal messages are wanted (a load test of a logger), a door is taken off the list.
package struct DeduplicatedSources: Sendable, Equatable {
    private var doors: Set<IngestDoor>

    package static let all = DeduplicatedSources(doors: Set(IngestDoor.allCases))

    /// - Parameter list: names of doors as the field `source` has them, with commas between; empty for none.
    /// - Returns: nil when a name is unknown.
    package init?(_ list: String) {
        doors = []
        for name in list.split(separator: ",") {
            guard let door = IngestDoor(named: String(name.filter { $0 != " " })) else { return nil }
            doors.insert(door)
        }
    }

    private init(doors: Set<IngestDoor>) { self.doors = doors }

    package func contains(_ door: IngestDoor) -> Bool { doors.contains(door) }
}
