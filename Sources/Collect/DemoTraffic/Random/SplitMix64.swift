/// A small pseudo-random generator whose start is computed from counters, so that any minute of any traffic source can be
/// generated alone, in any order, on any thread, and is always the same.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; the constants are
/// those of S. Vigna's splitmix64 (public domain). It passes BigCrush, has 64 bits of state and needs three multiplications a draw.
struct SplitMix64 {
    private var state: UInt64

    /// - Parameters:
    ///   - seed: the traffic's seed.
    ///   - stream: what is drawn, for example a traffic source or a noise curve.
    ///   - counter: which piece of it, for example a minute.
    init(seed: UInt64, stream: UInt64, counter: Int64) {
        let lane = Self.mix(seed ^ Self.mix(stream &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03))
        state = Self.mix(lane ^ (UInt64(bitPattern: counter) &* 0xDA94_2042_E4DD_58B5))
    }

    /// The finalising step: every input bit changes every output bit with a probability close to one half.
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ (value &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number in 0..<1, with 53 random bits.
    mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }

    /// True with the given probability.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A whole number in 0..<bound; `bound` is at least 1.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
