/// Keeps background work to its share of a core: says how long to rest after how much work.
package struct MergePacer {
    /// The share of one core, above 0; at 1 and above nothing rests.
    package let share: Double
    private var marked: Int64

    /// Work between two rests, 20 ms: short against what a query takes, long against what a rest costs.
    package static let workNanoseconds: Int64 = 20_000_000
    /// The longest single rest: a store that closes waits no longer.
    package static let restNanosecondsMax: Int64 = 100_000_000

    /// - Parameter now: processor time used so far, in nanoseconds.
    package init(share: Double, now: Int64) {
        self.share = share
        marked = now
    }

    /// The rests that are due, one after the other; empty while there is little to make up for.
    package mutating func rests(now: Int64) -> [Int64] {
        let worked = now - marked
        guard share < 1, worked >= Self.workNanoseconds else { return [] }
        marked = now
        var rest = Int64(Double(worked) * (1 / share - 1))
        var rests: [Int64] = []
        while rest > 0 {
            rests.append(min(rest, Self.restNanosecondsMax))
            rest -= Self.restNanosecondsMax
        }
        return rests
    }
}
