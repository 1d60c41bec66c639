internal import GatewayModel

/// The series in ascending order of their labels, kept so that answers are sorted by comparing numbers.
struct SeriesOrder {
    /// Ids in the order of their labels.
    private var sorted: [UInt32] = []
    /// The place of each id in `sorted`.
    private var ranks: [UInt32] = []
    /// Ids that have no place yet.
    private var pending: [UInt32] = []

    mutating func insert(_ id: UInt32) { pending.append(id) }

    /// The ids in ascending order of their labels.
    mutating func sort(_ ids: [UInt32], among all: [KeptSeries?]) -> [UInt32] {
        if !pending.isEmpty { settle(all) }
        return ids.map { ranks[Int($0)] }.sorted().map { sorted[Int($0)] }
    }

    /// Merges the new ids in: sorting all anew would compare all labels for one new series.
    private mutating func settle(_ all: [KeptSeries?]) {
        let none = SeriesLabels.none
        func labels(_ id: UInt32) -> SeriesLabels { all[Int(id)]?.labels ?? none }
        pending.sort { labels($0) < labels($1) }
        var merged: [UInt32] = []
        merged.reserveCapacity(sorted.count + pending.count)
        var next = 0
        for id in sorted {
            while next < pending.count, labels(pending[next]) < labels(id) {
                merged.append(pending[next])
                next += 1
            }
            merged.append(id)
        }
        merged += pending[next...]
        pending = []
        sorted = merged
        ranks = [UInt32](repeating: 0, count: all.count)
        for (rank, id) in sorted.enumerated() { ranks[Int(id)] = UInt32(rank) }
    }
}
