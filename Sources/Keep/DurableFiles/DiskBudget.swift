/// Which days go when the store is larger than it may be: a pure decision.
package enum DiskBudget {
    /// The first day that stays when the oldest are dropped whole until the rest fits.
    ///
    /// - Parameters:
    ///   - daysBytes: bytes of each day's files.
    ///   - fixedBytes: bytes that no drop frees, as those of the log.
    ///   - bytesMax: the budget; 0 for none.
    ///   - today: this day and later ones stay whatever they take: what is coming in is never dropped to make room for itself.
    /// - Returns: nil when all may stay, or nothing may go.
    package static func firstKeptDay(_ daysBytes: [Int32: Int64], fixedBytes: Int64, bytesMax: Int64, today: Int32) -> Int32? {
        var bytes = daysBytes.values.reduce(fixedBytes, +)
        guard bytesMax > 0, bytes > bytesMax else { return nil }
        var first: Int32?
        for (day, size) in daysBytes.sorted(by: { $0.key < $1.key }) where day < today && bytes > bytesMax {
            bytes -= size
            first = day + 1
        }
        return first
    }
}
