package import GatewayModel

/// All silences: a pure state, told the time.
///
/// A silence is never changed so that the past reads differently: what would do so ends it and makes a new one.
package struct SilenceLedger: Sendable, Equatable {
    /// Silences at most, expired ones among them: beyond it somebody makes them by a program that does not take them back.
    package static let countMax = 10_000
    /// Bytes of texts in one silence at most.
    package static let bytesMax = 65_536
    /// How long expired ones are kept: Alertmanager's 120 hours.
    package static let retention: Int64 = 120 * 3_600_000

    private var silences: [String: Silence] = [:]
    /// Grows with every change: what was found out about silences holds while it stays.
    package private(set) var version: UInt64 = 1

    package init(_ silences: [Silence] = []) { for silence in silences { self.silences[silence.id] = silence } }

    package subscript(id: String) -> Silence? { silences[id] }
    package var all: [Silence] { Array(silences.values) }
    package var isEmpty: Bool { silences.isEmpty }

    /// Makes or changes a silence.
    ///
    /// - Parameter newID: the id of a new one.
    /// - Returns: the id under which it holds: another one than before when the change would have rewritten the past.
    package mutating func set(_ given: Silence, newID: String, now: Timestamp) throws(SilenceError) -> String {
        var silence = given
        try Self.check(silence, now)
        let previous = silences[silence.id]
        guard silence.id.isEmpty || previous != nil else { throw .notFound }
        silence.updatedAt = now
        if let previous, Self.canReplace(previous, silence, now) {
            put(silence)
            return silence.id
        }
        guard silences.count < Self.countMax else { throw .refused("exceeded maximum number of silences: \(silences.count) (limit: \(Self.countMax))") }
        if let previous { _ = try expire(previous.id, now: now) }
        silence.id = newID
        silence.startsAt = max(silence.startsAt, now)
        put(silence)
        return newID
    }

    /// Ends a silence now; one that has ended stays as it is.
    ///
    /// - Returns: whether anything changed.
    package mutating func expire(_ id: String, now: Timestamp) throws(SilenceError) -> Bool {
        guard var silence = silences[id] else { throw .notFound }
        switch silence.state(at: now) {
        case .expired: return false
        case .pending: silence.startsAt = now
        case .active: break
        }
        // A moment before: at its very end a silence still holds.
        silence.endsAt = Timestamp(microseconds: now.microseconds - 1)
        silence.startsAt = min(silence.startsAt, silence.endsAt)
        silence.updatedAt = now
        put(silence)
        return true
    }

    /// Forgets those that ended long ago; true when there were any.
    package mutating func forget(now: Timestamp) -> Bool {
        let old = silences.values.filter { $0.endsAt.advanced(milliseconds: Self.retention) <= now }
        for silence in old { silences[silence.id] = nil }
        if !old.isEmpty { version += 1 }
        return !old.isEmpty
    }

    /// Ids of silences that match, whether or not it is their time; those that have ended are left out.
    package func matching(_ labels: SeriesLabels, now: Timestamp) -> [String] {
        silences.values.filter { $0.state(at: now) != .expired && $0.matchers.matches(labels) }.map(\.id).sorted()
    }

    /// Puts a silence back as it was, or takes it away.
    package mutating func restore(_ id: String, _ silence: Silence?) {
        silences[id] = silence
        version += 1
    }

    private mutating func put(_ silence: Silence) {
        silences[silence.id] = silence
        version += 1
    }

    private static func check(_ silence: Silence, _ now: Timestamp) throws(SilenceError) {
        guard silence.startsAt < silence.endsAt else { throw .refused("Failed to create silence: start time must be before end time") }
        guard silence.endsAt >= now else { throw .refused("Failed to create silence: end time can't be in the past") }
        guard !silence.matchers.isEmpty else { throw .refused("invalid silence: at least one matcher required") }
        if let index = silence.matchers.firstIndex(where: { $0.name.isEmpty }) { throw .refused("invalid silence: invalid label matcher \(index): invalid label name \"\"") }
        guard !silence.matchers.allSatisfy({ isEmptyMatch($0) }) else { throw .refused("invalid silence: at least one matcher must not match the empty string") }
        let texts = silence.matchers.flatMap { [$0.name, $0.value] } + silence.annotations.labels.flatMap { [$0.name, $0.value] } + [silence.comment, silence.createdBy]
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= bytesMax else { throw .refused("silence exceeded maximum size: \(bytes) bytes (limit: \(bytesMax) bytes)") }
    }

    /// Whether a matcher says nothing by itself. Those that exclude always say something, as in Alertmanager.
    private static func isEmptyMatch(_ matcher: SeriesMatcher) -> Bool {
        switch matcher.comparison {
        case .equal, .matches: matcher.matchesEmpty
        case .notEqual, .matchesNot: false
        }
    }

    private static func canReplace(_ old: Silence, _ new: Silence, _ now: Timestamp) -> Bool {
        guard old.matchers == new.matchers else { return false }
        switch old.state(at: now) {
        case .active: return new.startsAt.microseconds / Timestamp.microsecondsPerSecond == old.startsAt.microseconds / Timestamp.microsecondsPerSecond && new.endsAt >= now
        case .pending: return new.startsAt >= now
        case .expired: return false
        }
    }
}
