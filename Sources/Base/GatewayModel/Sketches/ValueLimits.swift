/// Upper limits that cut whole numbers into slots, as the buckets of a classic histogram do: slot i holds what is above limit i - 1 and at most limit i,
/// the last slot what is above all limits.
package struct ValueLimits: Sendable, Hashable {
    /// Inside units (microseconds, tokens), strictly ascending.
    package let limits: [Int64]
    /// By the number of significant bits of a value that is not negative: the slot of the smallest such value, where the search begins.
    private let firstSlots: [UInt8]

    /// The most limits of a histogram: slots are numbered in a byte, and no one reads more buckets.
    package static let countMax = 200

    /// - Returns: nil unless there are 1 to ``countMax`` limits, strictly ascending, none negative.
    package init?(_ limits: [Int64]) {
        guard !limits.isEmpty, limits.count <= Self.countMax, limits[0] >= 0, zip(limits, limits.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        self.init(ascending: limits)
    }

    init(ascending limits: [Int64]) {
        self.limits = limits
        firstSlots = (0..<64).map { bits in
            let smallest = bits == 0 ? 0 : Int64(1) << Int64(bits - 1)
            return UInt8(limits.firstIndex { $0 >= smallest } ?? limits.count)
        }
    }

    package static func == (lhs: ValueLimits, rhs: ValueLimits) -> Bool { lhs.limits == rhs.limits }

    package func hash(into hasher: inout Hasher) { hasher.combine(limits) }

    /// One more than there are limits.
    package var slotCount: Int { limits.count + 1 }

    /// The slot of a present value. Within a power of two there are at most a few limits to compare with.
    package func slot(of value: Int64) -> Int {
        if value <= 0 { return 0 }
        var slot = Int(firstSlots[64 - value.leadingZeroBitCount])
        while slot < limits.count, limits[slot] < value { slot += 1 }
        return slot
    }

    /// Calls `body` with the position and slot of each present value.
    @inlinable package func forEachSlot(of values: Span<Int64>, _ body: (Int, Int) -> Void) {
        for index in values.indices where values[index] != absentInteger { body(index, slot(of: values[index])) }
    }

    /// For each of these slots the slot of coarser limits that holds it; nil where a limit of those is none of these.
    package func slots(in coarser: ValueLimits) -> [Int]? {
        guard Set(coarser.limits).isSubset(of: limits) else { return nil }
        return limits.map(coarser.slot(of:)) + [coarser.limits.count]
    }
}

extension ValueLimits {
    /// Durations of model calls, in microseconds: resolves alerts at 10 s and 30 s, and ends where clients have given up.
    package static let callDuration = ValueLimits(ascending: milliseconds(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000))
    /// Inference durations of the marketplace's dashboards.
    package static let inferenceDuration = ValueLimits(ascending: milliseconds(100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 60_000))
    /// Times to the first token, dense about the alert at 5 s.
    package static let firstToken = ValueLimits(ascending: milliseconds(50, 100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000, 20_000, 30_000))
    /// OpenTelemetry's limits for durations of clients and servers: 0.01 s, doubled thirteen times.
    ///
    /// Source: open-telemetry/semantic-conventions v1.41.1, `docs/gen-ai/gen-ai-metrics.md`.
    package static let openTelemetryDuration = ValueLimits(ascending: (0..<14).map { 10_000 << Int64($0) })
    /// OpenTelemetry's limits for the time to the first token of servers.
    package static let openTelemetryFirstToken = ValueLimits(
        ascending: milliseconds(1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000))
    /// OpenTelemetry's limits for tokens of a call: the powers of 4 up to 4^13.
    package static let openTelemetryTokens = ValueLimits(ascending: (0..<14).map { Int64(1) << Int64(2 * $0) })

    /// The limits by which tables of rollups count a field's values: all that shipped histograms of the field use. nil for fields without.
    package static func counted(_ field: RequestField) -> ValueLimits? {
        switch field {
        case .duration: countedDuration
        case .timeToFirstToken: countedFirstToken
        case .inputTokens, .outputTokens: openTelemetryTokens
        default: nil
        }
    }

    private static let countedDuration = joined(callDuration, inferenceDuration, openTelemetryDuration)
    private static let countedFirstToken = joined(firstToken, openTelemetryFirstToken, openTelemetryDuration)

    private static func joined(_ sets: ValueLimits...) -> ValueLimits { ValueLimits(ascending: Set(sets.flatMap(\.limits)).sorted()) }

    private static func milliseconds(_ values: Int64...) -> [Int64] { values.map { $0 * 1_000 } }
}
