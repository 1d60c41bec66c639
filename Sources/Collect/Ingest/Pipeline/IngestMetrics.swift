package import GatewayModel
internal import Synchronization

/// What has come in since the start, by door: for `/metrics` and the status page. Updated once a body.
package final class IngestMetrics: Sendable {
    /// The counts of one door.
    package struct Door: Sendable, Equatable {
        /// Documents seen.
        package var received: Int64 = 0
        /// Records on disk.
        package var stored: Int64 = 0
        /// Documents refused by the store because their id exists.
        package var conflicts: Int64 = 0
        /// Documents dropped because the same record is there.
        package var duplicates: Int64 = 0
        /// Stored records that took the place of one with the same id.
        package var replaced: Int64 = 0
        /// Stored records that came later than the setting `ingest.late_seconds` after their completion.
        package var late: Int64 = 0
        /// Bytes of bodies, decompressed.
        package var bytes: Int64 = 0
        /// Documents refused, by code (position: its raw value).
        package var rejected = [Int64](repeating: 0, count: RejectionCode.allCases.count)
        /// Values refused while their record was kept, by field (position: its raw value).
        package var rejectedFields = [Int64](repeating: 0, count: RequestField.tableSize)
        /// Values of dimensions replaced by `_other`.
        package var cappedValues: Int64 = 0
        /// When a document was last received; nil when none was.
        package var lastReceived: Timestamp?
        /// Completion time of the newest record of the last body; nil when there was none.
        package var newest: Timestamp?

        package var rejectedTotal: Int64 { rejected.reduce(0, +) }

        /// How old the newest record of the last body was when it came, in microseconds: what the sender's buffering costs. Never negative.
        package var lagMicroseconds: Int64? {
            guard let lastReceived, let newest else { return nil }
            return max(0, lastReceived.microseconds - newest.microseconds)
        }
    }

    private let doors = Mutex([Door](repeating: Door(), count: IngestDoor.allCases.count))

    package init() {}

    /// Adds the counts of a body that was read, and what the ledger counted of it.
    package func record(_ counters: IngestCounters, _ cell: LedgerCell, _ context: IngestContext) {
        doors.withLock { doors in
            var door = doors[Int(context.door.rawValue)]
            door.received += Int64(counters.received)
            door.stored += cell.stored
            door.conflicts += cell.conflicts
            door.duplicates += cell.duplicates
            door.replaced += cell.replaced
            door.late += cell.late
            door.bytes += cell.bytes
            door.cappedValues += Int64(counters.cappedValues)
            for position in door.rejected.indices { door.rejected[position] += Int64(counters.rejected[position]) }
            for position in door.rejectedFields.indices where counters.rejectedFields[position] > 0 {
                door.rejectedFields[position] += Int64(counters.rejectedFields[position])
            }
            door.lastReceived = context.receivedAt
            if let newest = counters.newest { door.newest = newest }
            doors[Int(context.door.rawValue)] = door
        }
    }

    /// The counts at this moment, one entry a door in the order of ``IngestDoor``'s cases.
    package var snapshot: [(door: IngestDoor, counts: Door)] {
        let doors = doors.withLock { $0 }
        return IngestDoor.allCases.map { ($0, doors[Int($0.rawValue)]) }
    }
}
