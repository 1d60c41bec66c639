/// A sum that keeps what rounding loses (Kahan, in Neumaier's form), as Prometheus adds up samples.
///
/// Source: prometheus/prometheus `util/kahansum/kahansum.go`.
struct KahanSum: Sendable {
    private(set) var sum: Double
    private(set) var compensation: Double

    init(_ sum: Double = 0, compensation: Double = 0) {
        self.sum = sum
        self.compensation = compensation
    }

    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else if abs(sum) >= abs(value) {
            compensation += (sum - total) + value
        } else {
            compensation += (value - total) + sum
        }
        sum = total
    }

    var value: Double { sum + compensation }
}
