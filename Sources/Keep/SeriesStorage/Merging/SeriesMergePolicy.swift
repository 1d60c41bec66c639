/// Which blocks become one: a pure decision.
///
/// A day that is over becomes one block. The blocks of a day that still grows are put together by fours of about the same size, so that a sample is written a
/// few times at most. Blocks of different days stay apart, because days are dropped whole.
struct SeriesMergePolicy {
    /// The UTC day from which on days still grow.
    let firstGrowingDay: Int32
    /// Days to which nothing was added lately.
    let settledDays: Set<Int32>
    /// Blocks that cannot be read in full: they stay as they are, since somebody may be able to mend them.
    let damaged: Set<UInt64>

    /// Blocks of a tier that become one.
    static let tierBlocks = 4
    /// How much larger the blocks of the next tier are.
    private static let tierFactor = 4.0
    /// A few late samples do not make a large block be written again at once: only an eighth of it, or when nothing has come for a while.
    private static let lateShare: Int64 = 8
    /// Samples of a merged block at most: what a merge writes in some minutes.
    static let samplesMax: Int64 = 1 << 31

    /// The blocks to merge next, by number; nil when there is nothing to do. Older days first.
    func next(_ blocks: [SeriesManifest.Entry]) -> [SeriesManifest.Entry]? {
        let days = Dictionary(grouping: blocks.filter { !damaged.contains($0.number) }, by: \.day)
        for (day, blocks) in days.sorted(by: { $0.key < $1.key }) where blocks.count > 1 {
            let chosen = day < firstGrowingDay ? closed(day, blocks) : growing(blocks)
            if let chosen { return chosen.sorted { $0.number < $1.number } }
        }
        return nil
    }

    private func closed(_ day: Int32, _ blocks: [SeriesManifest.Entry]) -> [SeriesManifest.Entry]? {
        let total = blocks.reduce(0) { $0 + $1.samples }
        guard total <= Self.samplesMax else { return nil }
        let largest = blocks.map(\.samples).max() ?? 0
        return settledDays.contains(day) || (total - largest) * Self.lateShare >= largest ? blocks : nil
    }

    private func growing(_ blocks: [SeriesManifest.Entry]) -> [SeriesManifest.Entry]? {
        let tiers = Dictionary(grouping: blocks) { Self.tier($0.samples) }
        let full = tiers.filter { $0.value.count >= Self.tierBlocks }.min { $0.key < $1.key }
        return full.map { Array($0.value.sorted { $0.number < $1.number }.prefix(Self.tierBlocks)) }
    }

    private static func tier(_ samples: Int64) -> Int {
        var (tier, limit) = (0, 1_000.0)
        while Double(samples) >= limit {
            tier += 1
            limit *= tierFactor
        }
        return tier
    }
}
