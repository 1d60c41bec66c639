/// A sum that also carries what rounding took from it (Kahan and Neumaier), so that it is as exact as if it were made with twice the digits.
///
/// Source: prometheus/prometheus `util/kahansum`. An infinite sum carries nothing.
struct CompensatedSum: RunSummary {
    var sum = 0.0
    var lost = 0.0

    static let empty = CompensatedSum()

    var total: Double { sum + lost }

    init() {}

    init(_ sum: Double, lost: Double = 0) {
        self.sum = sum
        self.lost = lost
    }

    mutating func add(_ value: Double) {
        let next = sum + value
        lost = next.isInfinite ? 0 : lost + Self.error(of: sum, value, sum: next)
        sum = next
    }

    func joined(with later: CompensatedSum) -> CompensatedSum {
        var result = CompensatedSum()
        result.sum = sum + later.sum
        // In this order a run that grows backwards waits for one addition only.
        result.lost = result.sum.isInfinite ? 0 : (lost + Self.error(of: sum, later.sum, sum: result.sum)) + later.lost
        return result
    }

    /// What rounding took from the sum of two numbers, exactly.
    /// Source: D. Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
    private static func error(of left: Double, _ right: Double, sum: Double) -> Double {
        let rightPart = sum - left
        return (left - (sum - rightPart)) + (right - rightPart)
    }
}
