internal import Glibc

/// Normal deviates by the table of their quantile function: one draw, one interpolation, no logarithm.
struct NormalTable: Sendable {
    /// Intervals of equal probability. 4,096 keep the error of the interpolation under 0.001 inside of +-3 standard deviations.
    private static let intervals = 4_096
    private let quantiles: [Double]

    init() {
        quantiles = (0...Self.intervals).map { Self.quantile(Double($0) / Double(Self.intervals)) }
    }

    /// A standard normal deviate for a uniform number in 0..<1; never beyond +-4.3.
    func callAsFunction(_ unit: Double) -> Double {
        let position = unit * Double(Self.intervals)
        let index = Int(position)
        let low = quantiles[index]
        return low + (quantiles[index &+ 1] - low) * (position - Double(index))
    }

    /// The inverse of the normal distribution function by bisection; exactness matters more than speed here, it runs once.
    private static func quantile(_ probability: Double) -> Double {
        let target = min(max(probability, 1e-5), 1 - 1e-5)
        var low = -6.0
        var high = 6.0
        for _ in 0..<48 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < target { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// Numbers of arrivals in a minute.
enum ArrivalCount {
    /// How many calls arrive when `mean` are expected and the times between them have the coefficient of variation `variation`.
    ///
    /// Over a window that is long against the gaps, the variance of a renewal process's count is about `variation`^2 times its mean.
    /// A Poisson count whose mean is itself gamma-distributed has just that variance, and is Poisson where `variation` is 1 or less.
    static func draw(mean: Double, variation: Double, normal: NormalTable, random: inout SplitMix64) -> Int {
        guard mean > 0 else { return 0 }
        let excess = variation * variation - 1
        guard excess > 0.01 else { return poisson(mean, normal, &random) }
        let shape = mean / excess
        return poisson(mean * gamma(shape, normal, &random) / shape, normal, &random)
    }

    /// A Poisson deviate: by multiplication of uniform numbers up to 30 (D. Knuth, TAOCP 3.4.1), by the rounded normal above, where
    /// the two differ by less than the eye can see.
    static func poisson(_ mean: Double, _ normal: NormalTable, _ random: inout SplitMix64) -> Int {
        guard mean < 30 else { return max(0, Int((mean + mean.squareRoot() * normal(random.unit())).rounded())) }
        let floor = exp(-mean)
        var product = random.unit()
        var count = 0
        while product > floor {
            product *= random.unit()
            count += 1
        }
        return count
    }

    /// A gamma deviate of scale 1. Source: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", 2000;
    /// shapes under 1 by their boosting step.
    static func gamma(_ shape: Double, _ normal: NormalTable, _ random: inout SplitMix64) -> Double {
        guard shape >= 1 else { return gamma(shape + 1, normal, &random) * pow(1 - random.unit(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(random.unit())
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(1 - random.unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }
}

extension SplitMix64 {
    /// An exponentially distributed number with mean 1.
    mutating func exponential() -> Double { -log(1 - unit()) }
}
