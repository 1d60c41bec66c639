import Foundation
import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

/// Quantiles, fractions and trimming against the observations, and against each other.
struct HistogramQuantileTests {
    static let seeds = Array(UInt64(1)...30)

    private func quantile(_ histogram: NativeHistogram, _ share: Double) -> Double {
        var notes = QueryNotes()
        return histogram.quantile(share, metric: "m", place: nil, notes: &notes)
    }

    private func fraction(_ histogram: NativeHistogram, _ lower: Double, _ upper: Double) -> Double {
        var notes = QueryNotes()
        return histogram.fraction(from: lower, to: upper, metric: "m", place: nil, notes: &notes)
    }

    @Test(arguments: seeds) func quantilesRiseAndLieWithinABucketOfTheTruth(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let observations = RandomHistogram.observations(101, using: &generator).sorted()
        let histogram = RandomHistogram.exponential(observations, schema: 4)
        var last = -Double.infinity
        for step in 0...50 {
            let value = quantile(histogram, Double(step) / 50)
            #expect(value >= last - 1e-12)
            last = value
            let truth = observations[min(100, Int((Double(step) / 50 * 101).rounded(.up)) == 0 ? 0 : Int((Double(step) / 50 * 101).rounded(.up)) - 1)]
            // The width of a bucket of schema 4 is 4.4 %; the next observation may be meant at a limit.
            let neighbours = observations.map { abs($0 - value) <= abs($0) * 0.045 + 1e-12 }
            #expect(neighbours.contains(true), "\(step): \(value), \(truth)")
        }
    }

    @Test(arguments: seeds) func fractionsAreTheInverseOfQuantiles(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let observations = RandomHistogram.observations(100, using: &generator).filter { $0 != 0 }
        for histogram in [
            RandomHistogram.exponential(observations, schema: 2), RandomHistogram.custom(observations.map(abs), limits: [0.1, 0.5, 1, 2, 5, 10, 30, 100]),
        ] {
            for share in [0.1, 0.33, 0.5, 0.8, 0.95] {
                #expect(abs(fraction(histogram, -.infinity, quantile(histogram, share)) - share) < 1e-9)
            }
        }
    }

    @Test(arguments: seeds) func fractionsAddUpAndTrimmingKeepsThem(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let histogram = RandomHistogram.exponential(RandomHistogram.observations(100, using: &generator), schema: 1, zeroThreshold: 0.01)
        for _ in 0..<10 {
            let value = Double.random(in: -20...20, using: &generator)
            let (below, above) = (fraction(histogram, -.infinity, value), fraction(histogram, value, .infinity))
            #expect(abs(below + above - 1) < 1e-9)
            #expect(abs(histogram.trimmed(at: value, isUpper: true).count - below * histogram.count) < 1e-9)
            #expect(abs(histogram.trimmed(at: value, isUpper: false).count - above * histogram.count) < 1e-9)
        }
    }

    @Test func trimmingOutsideChangesNothing() {
        let histogram = RandomHistogram.exponential([1, 2, 3, -4, 0], schema: 0)
        #expect(histogram.trimmed(at: .infinity, isUpper: true) == histogram && histogram.trimmed(at: -.infinity, isUpper: false) == histogram)
        #expect(histogram.trimmed(at: -.infinity, isUpper: true).count == 0 && histogram.trimmed(at: .nan, isUpper: false).positiveBuckets.isEmpty)
    }

    @Test func nanObservationsAreToldOf() {
        var histogram = RandomHistogram.exponential([1, 2, 3, 4], schema: 0)
        histogram.count = 8
        histogram.sum = .nan
        var notes = QueryNotes()
        #expect(histogram.quantile(0.9, metric: "m", place: nil, notes: &notes).isNaN)
        #expect(notes.notes.map(\.message) == ["input to histogram_quantile has NaN observations, result is NaN for metric name \"m\""])
        notes = QueryNotes()
        #expect(histogram.quantile(0.2, metric: "", place: nil, notes: &notes).isFinite)
        #expect(notes.notes.map(\.message) == ["input to histogram_quantile has NaN observations, result is skewed higher"])
        notes = QueryNotes()
        #expect(histogram.fraction(from: 0, to: .infinity, metric: "", place: nil, notes: &notes) == 0.5)
        #expect(notes.notes.count == 1)
    }

    @Test(arguments: [(Double.nan, Double.nan), (-0.1, -.infinity), (1.1, .infinity)]) func sharesThatAreNone(_ share: Double, _ value: Double) {
        let found = quantile(RandomHistogram.exponential([1], schema: 0), share)
        #expect(found == value || (found.isNaN && value.isNaN))
        #expect(quantile(NativeHistogram(), 0.5).isNaN && fraction(NativeHistogram(), 0, 1).isNaN)
    }

    // MARK: Classic histograms

    private func classic(_ counts: [Double]) -> ClassicHistogram {
        ClassicHistogram(ascending: zip([0.1, 1, 10, 100, 1000, .infinity], counts).map { ClassicBucket(upper: $0, count: $1) })
    }

    @Test func classicQuantilesRiseEvenWhereCountsFall() {
        var last = -Double.infinity
        for step in 0...100 {
            var histogram = classic([2, 1, 5, 4, 9, 8])
            let (value, fix) = histogram.quantile(Double(step) / 100)
            #expect(value >= last && fix == MonotonicityFix(lowest: 1, highest: .infinity, difference: 1))
            last = value
        }
    }

    @Test func differencesWithinRoundingAreLevelledSilently() {
        var histogram = classic([1, 1 - 1e-14, 2, 2 + 1e-14, 3, 3])
        #expect(histogram.quantile(0.5).fix == nil)
        #expect(histogram.buckets.map(\.count) == [1, 1, 2, 2, 3, 3])
    }

    @Test func equalLimitsAreAddedUp() {
        let histogram = ClassicHistogram(ascending: [(1, 2), (1, 3), (.infinity, 6)].map { ClassicBucket(upper: $0, count: $1) })
        #expect(histogram.buckets == [ClassicBucket(upper: 1, count: 5), ClassicBucket(upper: .infinity, count: 6)])
    }

    @Test func withoutInfinityOrObservationsThereIsNoQuantile() {
        for buckets in [[ClassicBucket(upper: 1, count: 2)], [ClassicBucket(upper: .infinity, count: 2)], []] {
            var histogram = ClassicHistogram(ascending: buckets)
            #expect(histogram.quantile(0.5).value.isNaN)
        }
        var empty = classic([0, 0, 0, 0, 0, 0])
        #expect(empty.quantile(0.5).value.isNaN && empty.fraction(from: 0, to: 1).isNaN)
    }

    /// The table of upstream's documentation of the functions: a classic histogram and the native one of the same counts agree.
    @Test(arguments: seeds) func classicAndNativeHistogramsWithTheSameLimitsAgree(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let observations = RandomHistogram.observations(80, using: &generator).map(abs)
        let limits = [0.1, 0.5, 1, 2, 5, 10, 30]
        let native = RandomHistogram.custom(observations, limits: limits)
        var classic = ClassicHistogram(
            ascending: (limits + [.infinity]).map { limit in ClassicBucket(upper: limit, count: Double(observations.count { $0 <= limit })) })
        for share in [0.01, 0.2, 0.5, 0.77, 0.99, 1] { #expect(isAlmostEqual(classic.quantile(share).value, quantile(native, share), within: 1e-9)) }
        for (lower, upper) in [(0.0, 1.0), (0.3, 7), (-1, 100), (2, 2)] {
            #expect(abs(classic.fraction(from: lower, to: upper) - fraction(native, lower, upper)) < 1e-9)
        }
    }
}
