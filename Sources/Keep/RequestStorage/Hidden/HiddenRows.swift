internal import GatewayModel
internal import Synchronization

/// Puts segments that have hidden rows behind a ``HiddenSegment``, and keeps those as long as neither the segment nor its hidden rows change, so that
/// what others remember of a segment (findings, dictionaries) stays of use.
///
/// Where a hidden row stands is found out when a reader first asks, not when it is hidden: writers pay nothing, and whoever asks pays once.
final class HiddenRows: Sendable {
    private struct Known: Sendable {
        let segment: HiddenSegment
        /// The version of the set it was last compared with.
        var version: UInt64
    }

    /// By the segment; a known segment is kept alive by what is known of it.
    private let known = Mutex<[ObjectIdentifier: Known]>([:])

    /// Whether nothing is known of any segment.
    var isEmpty: Bool { known.withLock { $0.isEmpty } }

    /// The segments as a snapshot shows them.
    ///
    /// - Returns: also the segments whose hidden rows could not be found, because their numbers cannot be read; those are shown whole.
    func covering(_ segments: [any RecordSegment], _ hidden: HiddenSequences) -> (segments: [any RecordSegment], failures: [StorageError]) {
        if hidden.isEmpty { return (segments, []) }
        var failures: [StorageError] = []
        let covered = segments.map { segment in
            do throws(StorageError) { return try cover(segment, hidden) } catch {
                failures.append(error)
                return segment
            }
        }
        return (covered, failures)
    }

    /// The segment, behind its hidden rows if it has any.
    func cover(_ segment: any RecordSegment, _ hidden: HiddenSequences) throws(StorageError) -> any RecordSegment {
        let name = ObjectIdentifier(segment)
        let old = known.withLock { $0[name] }
        if let old, old.version == hidden.version { return shown(old.segment) }
        let candidates = hidden.within(segment.sequenceBounds)
        if candidates.isEmpty { return segment }
        let covered = if let old, old.segment.candidates == candidates { old.segment } else { try HiddenSegment(segment, hiding: candidates) }
        known.withLock { $0[name] = Known(segment: covered, version: hidden.version) }
        return shown(covered)
    }

    private func shown(_ covered: HiddenSegment) -> any RecordSegment { covered.hiddenCount == 0 ? covered.base : covered }

    /// The numbers of a segment's hidden rows, ascending.
    func sequences(of segment: any RecordSegment, _ hidden: HiddenSequences) throws(StorageError) -> [Int64] {
        (try cover(segment, hidden) as? HiddenSegment)?.sequences ?? []
    }

    /// Hidden rows of a segment, as far as they were looked for.
    func count(in segment: any RecordSegment) -> Int { known.withLock { $0[ObjectIdentifier(segment)]?.segment.hiddenCount ?? 0 } }

    /// Forgets all segments but these.
    func keepOnly(_ segments: [any RecordSegment]) {
        let kept = Set(segments.map { ObjectIdentifier($0) })
        known.withLock { known in known = known.filter { kept.contains($0.key) } }
    }
}
