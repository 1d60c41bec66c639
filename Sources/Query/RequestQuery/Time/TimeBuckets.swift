package import GatewayModel

/// The time buckets of a range, computed once: bucket i is `edges[i] <= time < edges[i + 1]`.
///
/// The first bucket starts at or before the range's start and the last ends at or behind its end; records outside the range are not in them.
package struct TimeBuckets: Sendable, Equatable {
    /// One more than there are buckets, ascending.
    package let edges: [Timestamp]
    /// The constant width in microseconds; nil where buckets follow the calendar (a day may have 23 or 25 hours).
    package let fixedWidth: Int64?
    /// The nominal width in seconds: of fixed widths and of single days; nil for longer calendar buckets and for a range without buckets.
    package let everySeconds: Int64?

    package var count: Int { edges.count - 1 }

    /// One bucket: the range itself.
    package init(undivided range: TimeRange) {
        edges = [range.from, range.to]
        fixedWidth = range.to.microseconds - range.from.microseconds
        everySeconds = nil
    }

    /// - Throws: `query_limit` when there would be more than `limits.bucketsMax` buckets.
    package init(_ range: TimeRange, every: BucketWidth, zone: QueryTimeZone, limits: QueryLimits = .standard) throws(QueryError) {
        let (count, unit) = every.resolved(for: range)
        let span = Double(range.to.microseconds) - Double(range.from.microseconds)
        guard span / (Double(count) * Double(unit.shortestWidth)) <= Double(limits.bucketsMax) else { throw Self.tooMany(limits) }
        if let unitWidth = unit.fixedWidth {
            let width = count * unitWidth
            let first = floorDivide(range.from.microseconds, width) * width
            edges = Array(stride(from: first, to: range.to.microseconds + width, by: Int(width))).map(Timestamp.init(microseconds:))
            fixedWidth = width
            everySeconds = width / Timestamp.microsecondsPerSecond
        } else {
            edges = Self.calendarEdges(range, count, unit, zone)
            fixedWidth = nil
            everySeconds = unit == .day && count == 1 ? Timestamp.microsecondsPerDay / Timestamp.microsecondsPerSecond : nil
        }
        guard self.count <= limits.bucketsMax else { throw Self.tooMany(limits) }
    }

    /// Buckets between given instants.
    ///
    /// - Parameter edges: ascending, at least two.
    /// - Throws: `invalid_time` when they are not.
    init(edges: [Timestamp]) throws(QueryError) {
        guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw QueryError(.invalidTime, "edges of buckets must ascend, and there must be at least two")
        }
        self.edges = edges
        // A constant width promises edges at its multiples since 1970; others are looked up.
        let width = edges[1].microseconds - edges[0].microseconds
        let isRegular = edges[0].microseconds % width == 0 && zip(edges, edges.dropFirst()).allSatisfy { $1.microseconds - $0.microseconds == width }
        fixedWidth = isRegular ? width : nil
        everySeconds = nil
    }

    private static func calendarEdges(_ range: TimeRange, _ count: Int64, _ unit: CalendarUnit, _ zone: QueryTimeZone) -> [Timestamp] {
        var period = zone.period(of: range.from, count, unit)
        var edges = [zone.start(ofPeriod: period, count, unit)]
        while let last = edges.last, last < range.to {
            period += 1
            let next = zone.start(ofPeriod: period, count, unit)
            // A day that a zone leaves out (Samoa, 30 December 2011) starts when the next one does and gets no bucket.
            if next > last { edges.append(next) }
        }
        return edges
    }

    private static func tooMany(_ limits: QueryLimits) -> QueryError {
        QueryError(
            .queryLimit, "the range has more than \(limits.bucketsMax) buckets of this width (bucketsMax)", field: "every",
            hint: "choose wider buckets, a shorter range, or every: auto")
    }

    /// The bucket that an instant of the range lies in; instants before and behind are put into the first and last. O(log buckets).
    package func index(of instant: Timestamp) -> Int {
        var low = 0
        var high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if edges[middle] <= instant { low = middle } else { high = middle }
        }
        return low
    }

    /// Seconds of a bucket in which records of `range` can have completed by `now`: what rates divide by. 0 for a bucket in the future.
    package func elapsedSeconds(_ bucket: Int, range: TimeRange, now: Timestamp) -> Double {
        let start = max(edges[bucket], range.from)
        let end = min(edges[bucket + 1], range.to, max(now, start))
        return max(0, Double(end.microseconds - start.microseconds) / 1e6)
    }
}
