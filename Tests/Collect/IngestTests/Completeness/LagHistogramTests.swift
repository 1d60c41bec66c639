import Testing

@testable import Ingest

@Suite struct LagHistogramTests {
    private func histogram(_ lags: [Int64]) -> LagHistogram {
        var tally = [Int64](repeating: 0, count: LagHistogram.buckets)
        for lag in lags { tally[LagHistogram.bucket(of: lag)] += 1 }
        var histogram = LagHistogram()
        histogram.add(tally, least: lags.min() ?? 0, most: lags.max() ?? 0)
        return histogram
    }

    @Test func bucketsAscendAndNeverLeaveTheTable() {
        var previous = 0
        for exponent in 0..<63 {
            for part in 0..<16 {
                let lag = (Int64(1) << exponent) + (Int64(1) << exponent) / 16 * Int64(part)
                let bucket = LagHistogram.bucket(of: lag)
                #expect(bucket >= previous && bucket < LagHistogram.buckets, "lag \(lag)")
                previous = bucket
            }
        }
        #expect(LagHistogram.bucket(of: 0) == 0 && LagHistogram.bucket(of: .max) == LagHistogram.buckets - 1)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func quantilesAreWithinAnEighthOfTheSortedList(seed: UInt64) throws {
        var generator = LedgerRandom(seed: seed)
        let lags = (0..<1_000).map { _ in Int64.random(in: 2_000...(Int64(1) << Int64.random(in: 12...36, using: &generator)), using: &generator) }.sorted()
        let histogram = histogram(lags)
        for share in [0.01, 0.25, 0.5, 0.9, 0.99, 1] {
            let exact = Double(lags[Int((share * 1_000).rounded(.up)) - 1])
            let found = try #require(histogram.quantile(share))
            #expect(abs(found - exact) <= exact / 8 + 1, "share \(share): \(found) for \(exact)")
        }
        #expect(histogram.least == lags.first && histogram.most == lags.last)
    }

    @Test func aSumHoldsTheRecordsOfBoth() {
        let (left, right) = ([5_000, 70_000, 70_001, 9_000_000] as [Int64], [70_000, 65_000_000] as [Int64])
        var sum = histogram(left)
        sum.add(histogram(right))
        #expect(sum == histogram(left + right))
        sum.add(LagHistogram())
        #expect(sum.total == 6)
    }

    @Test func nothingHasNoQuantile() { #expect(LagHistogram().quantile(0.5) == nil) }

    @Test func partsThatCannotBelongTogetherAreRefused() {
        let count = LagHistogram.Count(bucket: 3, records: 1)
        #expect(LagHistogram(counts: [count], least: 1, most: 2) != nil)
        #expect(LagHistogram(counts: [count], least: nil, most: nil) == nil)
        #expect(LagHistogram(counts: [count], least: 3, most: 2) == nil)
        #expect(LagHistogram(counts: [count, count], least: 1, most: 2) == nil)
        #expect(LagHistogram(counts: [LagHistogram.Count(bucket: 200, records: 1)], least: 1, most: 2) == nil)
        #expect(LagHistogram(counts: [LagHistogram.Count(bucket: 2, records: 0)], least: 1, most: 2) == nil)
    }
}

/// A small seeded generator (SplitMix64), so that a failing case can be run again.
struct LedgerRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
