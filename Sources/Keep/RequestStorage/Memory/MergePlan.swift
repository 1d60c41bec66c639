/// When segments in memory are merged: size-tiered, like the runs of a log-structured merge tree.
///
/// A tier spans a factor of 8 in rows. When the newest segments of a day include 8 or more of a tier (or smaller), they become one segment,
/// so that n one-row batches stand in about 7 log8(n) segments and every row is copied once per tier. Segments of ``fullRows`` rows or more
/// are left alone: their number is bounded by the flush, and copying them again would cost more than a scan saves.
enum MergePlan {
    /// Segments of a tier that become one.
    static let fanIn = 8

    /// Rows from which a segment is large enough: two blocks, so that the per-segment work of a query vanishes.
    static let fullRows = 32_768

    /// The tier of a segment: floor(log8(rows)).
    static func tier(rows: Int) -> Int { rows < 1 ? 0 : (Int.bitWidth - 1 - rows.leadingZeroBitCount) / 3 }

    /// The segments to merge next, the newest ones of a day up to its last.
    ///
    /// - Parameter rows: the rows of each segment, oldest first.
    /// - Returns: nil when all is well.
    static func next(_ rows: [Int]) -> Range<Int>? {
        var start = rows.count
        var best: Range<Int>?
        for tier in 0...self.tier(rows: fullRows) {
            while start > 0, rows[start - 1] < fullRows, self.tier(rows: rows[start - 1]) <= tier { start -= 1 }
            let inTier = rows[start...].count { self.tier(rows: $0) == tier }
            if inTier >= fanIn { best = start..<rows.count }
        }
        return best
    }
}
