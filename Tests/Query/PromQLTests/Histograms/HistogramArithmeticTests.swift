import Foundation
import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

/// Arithmetic over histograms against histograms made anew from the observations.
struct HistogramArithmeticTests {
    static let seeds = Array(UInt64(1)...40)

    @Test(arguments: seeds) func theSumIsTheHistogramOfAllObservations(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (left, right) = (RandomHistogram.observations(50, using: &generator), RandomHistogram.observations(30, using: &generator))
        let schemas = (Int32.random(in: -4...6, using: &generator), Int32.random(in: -4...6, using: &generator))
        var sum = RandomHistogram.exponential(left, schema: schemas.0)
        try sum.add(RandomHistogram.exponential(right, schema: schemas.1))
        #expect(RandomHistogram.areEqual(sum, RandomHistogram.exponential(left + right, schema: min(schemas.0, schemas.1))))
        #expect(sum.count == 80 && abs(sum.sum - (left + right).reduce(0, +)) < 1e-9)
    }

    @Test(arguments: seeds) func whatIsAddedAndTakenAwayLeavesTheSame(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let schema = Int32.random(in: -2...4, using: &generator)
        let histogram = RandomHistogram.exponential(RandomHistogram.observations(40, using: &generator), schema: schema)
        var changed = histogram
        let other = RandomHistogram.exponential(RandomHistogram.observations(40, using: &generator), schema: schema)
        try changed.add(other)
        try changed.subtract(other)
        #expect(RandomHistogram.areEqual(changed.compacted(), histogram))
    }

    @Test(arguments: seeds) func zeroBucketsOfDifferentWidthsMeet(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (left, right) = (RandomHistogram.observations(60, using: &generator), RandomHistogram.observations(60, using: &generator))
        let schema = Int32.random(in: 0...3, using: &generator)
        let thresholds = (exp2(Double.random(in: -7 ... -2, using: &generator)), exp2(Double.random(in: -7 ... -2, using: &generator)))
        var sum = RandomHistogram.exponential(left, schema: schema, zeroThreshold: thresholds.0)
        try sum.add(RandomHistogram.exponential(right, schema: schema, zeroThreshold: thresholds.1))
        #expect(sum.zeroThreshold >= max(thresholds.0, thresholds.1))
        #expect(RandomHistogram.areEqual(sum.compacted(), RandomHistogram.exponential(left + right, schema: schema, zeroThreshold: sum.zeroThreshold)))
    }

    @Test(arguments: seeds) func lowerResolutionIsTheHistogramAtThatResolution(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let observations = RandomHistogram.observations(200, using: &generator)
        for (from, to) in [(Int32(8), Int32(3)), (5, 0), (3, -2), (0, -4), (2, 2)] {
            var histogram = RandomHistogram.exponential(observations, schema: from)
            histogram.reduceResolution(to: to)
            #expect(RandomHistogram.areEqual(histogram, RandomHistogram.exponential(observations, schema: to)))
        }
    }

    @Test(arguments: seeds) func onlyCommonLimitsOfCustomBucketsStay(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let all = (-6...6).map(Double.init)
        let limits = (all.filter { _ in Bool.random(using: &generator) }, all.filter { _ in Bool.random(using: &generator) })
        let (left, right) = (RandomHistogram.observations(40, using: &generator), RandomHistogram.observations(40, using: &generator))
        var sum = RandomHistogram.custom(left, limits: limits.0)
        let done = try sum.add(RandomHistogram.custom(right, limits: limits.1))
        let common = limits.0.filter(limits.1.contains)
        #expect(RandomHistogram.areEqual(sum, RandomHistogram.custom(left + right, limits: common)))
        #expect(done.boundsReconciled == (limits.0 != limits.1))
    }

    @Test func exponentialAndCustomBucketsCannotBeAdded() {
        var histogram = RandomHistogram.exponential([1], schema: 0)
        #expect(throws: IncompatibleHistograms()) { try histogram.add(RandomHistogram.custom([1], limits: [1])) }
    }

    @Test(arguments: seeds) func sumsAndMeansOfManyAreThoseOfTheirObservations(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let groups = (0..<7).map { _ in RandomHistogram.observations(20, using: &generator) }
        let schemas = groups.map { _ in Int32.random(in: 0...3, using: &generator) }
        let thresholds = groups.map { _ in exp2(Double.random(in: -8 ... -4, using: &generator)) }
        let histograms = groups.indices.map { RandomHistogram.exponential(groups[$0], schema: schemas[$0], zeroThreshold: thresholds[$0]) }
        var sum = HistogramSum(histograms[0])
        var mean = HistogramMean(histograms[0])
        for histogram in histograms.dropFirst() {
            try sum.add(histogram)
            try mean.add(histogram)
        }
        let expected = RandomHistogram.exponential(groups.flatMap { $0 }, schema: schemas.min() ?? 0, zeroThreshold: sum.result.zeroThreshold)
        #expect(RandomHistogram.areEqual(sum.result, expected))
        #expect(RandomHistogram.areEqual(mean.result, expected.divided(by: 7)))
    }

    @Test func sumsKeepWhatRoundingLoses() throws {
        var sum = HistogramSum(RandomHistogram.exponential([1], schema: 0).scaled(by: 1e100))
        for _ in 0..<10 { try sum.add(RandomHistogram.exponential([1], schema: 0)) }
        try sum.add(RandomHistogram.exponential([1], schema: 0).scaled(by: -1e100))
        #expect(sum.result.count == 10 && sum.result.positiveBuckets == [10])
    }

    @Test func meansDoNotOverflow() throws {
        let large = RandomHistogram.exponential([1], schema: 0).scaled(by: 1e308)
        var mean = HistogramMean(large)
        for _ in 0..<9 { try mean.add(large) }
        #expect(isAlmostEqual(mean.result.count, 1e308, within: 1e-9))
    }

    /// Hints of two sides, and the hint and collision of their sum.
    @Test(arguments: [
        (NativeHistogram.ResetHint.unknown, NativeHistogram.ResetHint.unknown, NativeHistogram.ResetHint.unknown, false),
        (.reset, .reset, .reset, false), (.reset, .notReset, .unknown, true), (.notReset, .reset, .unknown, true), (.notReset, .unknown, .unknown, false),
        (.gauge, .notReset, .gauge, false), (.reset, .gauge, .gauge, false), (.gauge, .gauge, .gauge, false),
    ])
    func hintsJoin(_ left: NativeHistogram.ResetHint, _ right: NativeHistogram.ResetHint, _ joined: NativeHistogram.ResetHint, _ collides: Bool) throws {
        var (sum, other) = (NativeHistogram(), NativeHistogram())
        (sum.resetHint, other.resetHint) = (left, right)
        #expect(try sum.add(other).resetsCollide == collides)
        #expect(sum.resetHint == joined)
    }

    @Test func divisionByZeroTakesAwayAllBuckets() {
        let quotient = RandomHistogram.exponential([1, 2, -3], schema: 0).divided(by: 0)
        #expect(quotient.count == .infinity && quotient.sum.isNaN && quotient.positiveBuckets.isEmpty && quotient.negativeSpans.isEmpty)
    }

    /// Spans and buckets that do not belong together, as bad senders write them, cost no more than wrong counts.
    @Test(arguments: seeds) func malformedHistogramsAreBorne(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var histograms: [NativeHistogram] = []
        for _ in 0..<6 {
            var histogram = NativeHistogram()
            histogram.schema = Bool.random(using: &generator) ? Int32.random(in: -4...8, using: &generator) : 0
            histogram.zeroThreshold = [0, 1e-9, 1, .infinity, .nan].randomElement(using: &generator) ?? 0
            func spans(_ generator: inout SeededGenerator) -> [NativeHistogram.Span] {
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    let offset = [Int32.min, -3, 0, 1, 5, .max].randomElement(using: &generator) ?? 0
                    return NativeHistogram.Span(offset: offset, length: [0, 1, 3, .max].randomElement(using: &generator) ?? 0)
                }
            }
            histogram.positiveSpans = spans(&generator)
            histogram.negativeSpans = spans(&generator)
            histogram.positiveBuckets = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                [0, 1, -1, .nan, .infinity].randomElement(using: &generator) ?? 0
            }
            histogram.negativeBuckets = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in 1 }
            histogram.count = Double(histogram.positiveBuckets.count)
            histograms.append(histogram)
        }
        var notes = QueryNotes()
        for left in histograms {
            _ = (left.text, left.notation, left.apiBuckets, left.variance, left.compacted(), left.trimmed(at: 1, isUpper: true))
            _ = left.quantile(0.7, metric: "", place: nil, notes: &notes) + left.fraction(from: -1, to: 1, metric: "", place: nil, notes: &notes)
            var sum = HistogramSum(left)
            for right in histograms {
                var both = left
                _ = try both.subtract(right)
                try sum.add(right)
                _ = (left.isReset(after: right), left.holdsSame(as: right))
            }
            _ = sum.result
        }
    }
}
