import Foundation

/// Random numbers that are the same in every run (SplitMix64).
struct BenchRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// 0 ..< 1
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    /// With median 1.
    mutating func logNormal(_ sigma: Double) -> Double { exp(sigma * normal()) }

    mutating func poisson(_ mean: Double) -> Int {
        if mean > 60 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
        var (count, product) = (-1, 1.0)
        let end = exp(-mean)
        repeat {
            count += 1
            product *= uniform()
        } while product > end
        return count
    }
}

func pow10(_ exponent: Double) -> Double { pow(10, exponent) }
func sine(_ turns: Double) -> Double { sin(2 * .pi * turns) }
