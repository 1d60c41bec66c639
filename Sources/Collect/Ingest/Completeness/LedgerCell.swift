package import GatewayModel

/// What is known of one source in one span of reception: a minute, or the sum of several.
///
/// Counts with `completed` in their name are of calls that *completed* in the span, whenever they came; all others of what *was received* in it.
package struct LedgerCell: Sendable, Equatable {
    /// Request bodies read.
    package var requests: Int64 = 0
    /// Their bytes, decompressed.
    package var bytes: Int64 = 0
    /// Documents seen.
    package var received: Int64 = 0
    /// Records made durable, those that took the place of another included.
    package var stored: Int64 = 0
    /// Documents dropped because the same record is there.
    package var duplicates: Int64 = 0
    /// Documents refused because their id exists.
    package var conflicts: Int64 = 0
    /// Stored records that took the place of one with the same id.
    package var replaced: Int64 = 0
    /// Documents refused, by code (position: its raw value); empty when none was.
    package var rejected: [Int64] = []
    /// Stored records that came later after their completion than the setting allows.
    package var late: Int64 = 0
    /// Values of dimensions replaced by `_other`.
    package var cappedValues: Int64 = 0
    /// Requests turned away as a whole, by reason (position: its raw value); empty when none was. What they held is not in `received`.
    package var refused: [Int64] = []
    /// Bytes of those requests, as far as they are known.
    package var refusedBytes: Int64 = 0
    /// The time from completion to reception of the stored records.
    package var lag = LagHistogram()
    /// Completion time of the newest record received in the span; nil when none was.
    package var newest: Timestamp?
    /// Distinct records here that completed in the span.
    package var completed: Int64 = 0
    /// Calls completed in the span by the gateway's own counters; nil when nobody read them.
    package var expectedByCounters: Int64?
    /// Calls completed in the span as senders reported them, by reporter.
    package var expectedByReporter: [String: Int64] = [:]

    package init() {}

    /// Reporters told apart in one cell; those of a large cluster's nodes. Further ones are refused.
    package static let reportersMax = 64

    package var isEmpty: Bool { self == LedgerCell() }

    package var rejectedTotal: Int64 { rejected.reduce(0, +) }
    package var refusedTotal: Int64 { refused.reduce(0, +) }

    /// Documents whose content is here: stored now, or known before.
    package var accounted: Int64 { stored + duplicates + conflicts }

    /// Calls that the gateway says completed in the span; nil where it says nothing.
    package var expected: Int64? {
        if expectedByReporter.isEmpty { return expectedByCounters }
        return expectedByReporter.values.reduce(expectedByCounters ?? 0) { $0.addingClamped($1) }
    }

    /// Adds what was counted of the same source in the same span by somebody else, or in another span.
    ///
    /// - Parameter isSameSpan: whether both are of the same span; a reporter's later word then replaces its earlier one. `other` is the later.
    package mutating func add(_ other: LedgerCell, isSameSpan: Bool = false) {
        requests += other.requests
        bytes += other.bytes
        received += other.received
        stored += other.stored
        duplicates += other.duplicates
        conflicts += other.conflicts
        replaced += other.replaced
        Self.add(other.rejected, to: &rejected)
        late += other.late
        cappedValues += other.cappedValues
        Self.add(other.refused, to: &refused)
        refusedBytes += other.refusedBytes
        lag.add(other.lag)
        if let newest = other.newest { self.newest = max(newest, self.newest ?? newest) }
        completed += other.completed
        if let count = other.expectedByCounters { expectedByCounters = (expectedByCounters ?? 0).addingClamped(count) }
        for (reporter, count) in other.expectedByReporter {
            expectedByReporter[reporter] = isSameSpan ? count : (expectedByReporter[reporter] ?? 0).addingClamped(count)
        }
    }

    /// Counts one refused request.
    mutating func refuse(_ reason: RefusalReason, bytes: Int64) {
        var counts = [Int64](repeating: 0, count: RefusalReason.allCases.count)
        counts[Int(reason.rawValue)] = 1
        Self.add(counts, to: &refused)
        refusedBytes = refusedBytes.addingClamped(bytes)
    }

    private static func add(_ counts: [Int64], to sum: inout [Int64]) {
        guard !counts.isEmpty else { return }
        if sum.isEmpty {
            sum = counts
        } else {
            for index in counts.indices { sum[index] += counts[index] }
        }
    }
}

extension Int64 {
    /// The sum, or the largest number where it would not fit: counts that come from outside must not stop the program.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
