internal import Foundation
internal import GatewayModel
internal import Synchronization

/// What was found in stretches of immutable segments, kept for questions that ask the same of them again: a dashboard over 90 days then reads only what came since.
///
/// A key says all that the finding depends on: the segment, the blocks, and the question with its buckets as they cut this stretch. So the same entry serves
/// a range that has moved on, and other widths of bucket that do not cut the stretch. Entries never keep a segment alive; one that is gone gives way.
/// Least recently used entries go when the memory limit is reached, and all that were not used for a while.
package final class ScanCache: Sendable {
    /// Bytes kept when nothing else is said, 128 MiB: the panels of a dozen dashboards over 90 days.
    package static let bytesMaxDefault = 128 << 20
    /// Seconds after which an entry that nobody asked for goes: an idle server is small.
    static let idleSeconds = 300.0
    /// Rows below which reading again is as fast as looking up and folding.
    static let rowsMin = 8_192
    /// Questions known at once. A busy estate has some hundreds of panels; past this all entries go.
    static let questionsMax = 10_000

    /// Bytes of memory that entries may take together.
    package let bytesMax: Int
    private let state = Mutex(State())

    struct Key: Hashable {
        /// The stretches: one, or all of a run.
        let stretches: [Stretch]
        /// See ``question(_:)``.
        let question: Int
        let cut: BucketCut
    }

    /// Blocks of a segment: those of a task, which are told by the first.
    struct Stretch: Hashable {
        let segment: ObjectIdentifier
        let firstBlock: Int

        init(_ segment: any RecordSegment, firstBlock: Int) {
            self.segment = ObjectIdentifier(segment)
            self.firstBlock = firstBlock
        }
    }

    /// What is needed of a finding to fold it into another question.
    struct Entry: Sendable {
        let content: Content
        /// The number that the first touched bucket had in the question it was found for.
        let firstBucket: Int

        enum Content: Sendable {
            case stretch(SegmentCells)
            /// Of several segments, and how many of their records matched.
            case run(GroupTable, recordsMatched: Int)

            var bytes: Int {
                switch self {
                case .stretch(let cells): cells.bytes
                case .run(let table, _): table.bytes
                }
            }
        }
    }

    private struct WeakSegment: Sendable { weak let segment: (any RecordSegment)? }

    private struct Slot: Sendable {
        let entry: Entry
        let bytes: Int
        let segments: [WeakSegment]
        var used: ContinuousClock.Instant

        var isGone: Bool { segments.contains { $0.segment == nil } }

        /// An address may have been given to another segment since: only the very same ones count.
        func isOf(_ others: [any RecordSegment]) -> Bool { segments.count == others.count && zip(segments, others).allSatisfy { $0.segment === $1 } }
    }

    private struct State: Sendable {
        var slots: [Key: Slot] = [:]
        var questions: [ScanQuestion: Int] = [:]
        var bytes = 0
        var hits = 0
        var misses = 0
        var isSweepPlanned = false
        var nextQuestion = 0

        mutating func remove(_ key: Key) {
            if let slot = slots.removeValue(forKey: key) { bytes -= slot.bytes }
        }

        mutating func forgetAll() {
            slots = [:]
            questions = [:]
            bytes = 0
        }

        /// Removes entries whose segment is gone, then those not used for longest.
        mutating func shrink(to target: Int) {
            for (key, slot) in slots where slot.isGone { remove(key) }
            for (key, _) in slots.sorted(by: { $0.value.used < $1.value.used }) {
                if bytes <= target { return }
                remove(key)
            }
        }

        mutating func removeIdle(since instant: ContinuousClock.Instant) {
            for (key, slot) in slots where slot.used < instant || slot.isGone { remove(key) }
            if slots.isEmpty { forgetAll() }
        }
    }

    /// Figures for `/metrics`.
    package struct Statistics: Sendable, Equatable {
        package var entries = 0
        package var bytes = 0
        package var hits = 0
        package var misses = 0
    }

    /// - Parameter bytesMax: 0 keeps nothing.
    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    package var statistics: Statistics {
        state.withLock { Statistics(entries: $0.slots.count, bytes: $0.bytes, hits: $0.hits, misses: $0.misses) }
    }

    /// The number by which keys name a question.
    func question(_ question: ScanQuestion) -> Int {
        state.withLock { state in
            if let known = state.questions[question] { return known }
            if state.questions.count >= Self.questionsMax { state.forgetAll() }
            let number = state.nextQuestion
            state.nextQuestion += 1
            state.questions[question] = number
            return number
        }
    }

    /// The finding under a key, if it is of these very segments, one per stretch.
    func find(_ key: Key, of segments: [any RecordSegment]) -> Entry? {
        let now = ContinuousClock.now
        return state.withLock { state in
            // The key is hashed once: scans of several threads wait here for each other.
            guard let index = state.slots.index(forKey: key), state.slots.values[index].isOf(segments) else {
                state.misses += 1
                return nil
            }
            state.slots.values[index].used = now
            state.hits += 1
            return state.slots.values[index].entry
        }
    }

    /// Keeps a finding, unless it alone is an eighth of all that may be kept.
    func keep(_ entry: Entry, _ key: Key, of segments: [any RecordSegment]) {
        let bytes = entry.content.bytes + 512 + segments.count * 64
        guard bytes <= bytesMax / 8 else { return }
        let mustPlan = state.withLock { state in
            state.remove(key)
            state.slots[key] = Slot(entry: entry, bytes: bytes, segments: segments.map { WeakSegment(segment: $0) }, used: .now)
            state.bytes += bytes
            if state.bytes > bytesMax { state.shrink(to: bytesMax / 4 * 3) }
            defer { state.isSweepPlanned = true }
            return !state.isSweepPlanned
        }
        if mustPlan { planSweep() }
    }

    /// Looks for idle entries while there are any at all.
    private func planSweep() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.idleSeconds / 4) { [weak self] in
            guard let self else { return }
            let hasMore = state.withLock { state in
                state.removeIdle(since: .now - .seconds(Self.idleSeconds))
                state.isSweepPlanned = !state.slots.isEmpty
                return state.isSweepPlanned
            }
            if hasMore { planSweep() }
        }
    }
}

/// How a question's buckets cut a stretch of time.
enum BucketCut: Hashable, Sendable {
    /// Not at all: the stretch lies in one bucket.
    case whole
    /// At the multiples of this width, in microseconds since 1970.
    case every(Int64)
    /// At these instants.
    case at([Int64])

    /// The cut of the closed span of times.
    init(_ buckets: TimeBuckets, first: Timestamp, last: Timestamp) {
        let low = buckets.index(of: first)
        let high = buckets.index(of: last)
        if low == high {
            self = .whole
        } else if let width = buckets.fixedWidth {
            self = .every(width)
        } else {
            self = .at(buckets.edges[(low + 1)...high].map(\.microseconds))
        }
    }
}

/// What a question looks for in a segment, apart from its range and buckets.
struct ScanQuestion: Hashable, Sendable {
    let filter: Filter
    let by: [RequestField]
    let filters: [Filter]
    let sums: [RequestField]
    let minima: [RequestField]
    let maxima: [RequestField]
    let sketches: [RequestField]
    let distinct: [RequestField]
    let distributions: [MeasurePlan.Distribution]

    init(_ plan: ScanPlan) {
        filter = plan.filter
        by = plan.by
        filters = plan.measures.filters
        sums = plan.measures.sums
        minima = plan.measures.minima
        maxima = plan.measures.maxima
        sketches = plan.measures.sketches
        distinct = plan.measures.distinct
        distributions = plan.measures.distributions
    }
}
