internal import Glibc

/// Draws numbers from a distribution that is known by a few of its percentiles.
struct QuantileTable: Sendable {
    /// Intervals of equal probability. The last one holds the top 0.1 %, which is where the published percentiles end, too.
    private static let intervals = 1_024
    private let values: [Double]

    /// Between two known percentiles the logarithm of the value is taken as linear: token counts span five orders of magnitude.
    init(_ percentiles: TracePercentiles) {
        values = (0...Self.intervals).map { percentiles.value(at: Double($0) / Double(Self.intervals)) }
    }

    /// The value at a uniform number in 0..<1.
    func callAsFunction(_ unit: Double) -> Double {
        let position = unit * Double(Self.intervals)
        let index = Int(position)
        let low = values[index]
        return low + (values[index &+ 1] - low) * (position - Double(index))
    }
}

/// The values of a measured distribution at the percentiles ``probabilities``.
struct TracePercentiles: Sendable {
    /// Minimum, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 % and maximum.
    static let probabilities: [Double] = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]
    let values: [Double]

    /// - Parameter values: one per element of ``probabilities``, ascending.
    init(_ values: [Double]) {
        precondition(values.count == Self.probabilities.count, "a value for each percentile")
        self.values = values
    }

    func value(at probability: Double) -> Double {
        let upper = Self.probabilities.firstIndex { $0 >= probability } ?? Self.probabilities.count - 1
        guard upper > 0 else { return values[0] }
        let (from, to) = (Self.probabilities[upper - 1], Self.probabilities[upper])
        let share = (probability - from) / (to - from)
        let (low, high) = (values[upper - 1], values[upper])
        return low > 0 ? low * pow(high / low, share) : low + (high - low) * share
    }
}

/// Draws one of n ranks whose use falls with a power of the rank: few users ask most of the questions.
struct ZipfTable: Sendable {
    /// Equally likely slots, each standing for a rank: the rarest rank that is ever drawn has 1/16,384 of the calls.
    private static let slots = 16_384
    private let ranks: [UInt16]

    /// - Parameters:
    ///   - count: ranks, 1...65,535.
    ///   - exponent: the power, 0 for equal use.
    init(count: Int, exponent: Double) {
        let weights = (1...max(count, 1)).map { pow(Double($0), -exponent) }
        let total = weights.reduce(0, +)
        var filled: [UInt16] = []
        var cumulated = 0.0
        for (rank, weight) in weights.enumerated() {
            cumulated += weight / total
            let end = Int((cumulated * Double(Self.slots)).rounded())
            while filled.count < end { filled.append(UInt16(rank)) }
        }
        while filled.count < Self.slots { filled.append(0) }
        ranks = filled
    }

    /// A rank, from 0.
    func callAsFunction(_ random: inout SplitMix64) -> Int { Int(ranks[random.below(Self.slots)]) }
}
