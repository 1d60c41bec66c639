import Foundation
import GatewayModel
import KeepTestSupport

@testable import PromQL

/// Observations and the histograms that hold them: what arithmetic over histograms is checked against.
enum RandomHistogram {
    /// Positive, negative and zero observations of many magnitudes, none on a bucket's limit but by chance.
    static func observations(_ count: Int, using generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in
            let magnitude = exp2(Double.random(in: -6...6, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: return 0
            case 1, 2: return -magnitude
            default: return magnitude
            }
        }
    }

    /// An exponential histogram of observations, bucket by bucket as its definition says: no shortcut by logarithms.
    static func exponential(_ observations: [Double], schema: Int32, zeroThreshold: Double = 0) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = schema
        histogram.zeroThreshold = zeroThreshold
        histogram.count = Double(observations.count)
        histogram.sum = observations.reduce(0, +)
        histogram.zeroCount = Double(observations.count { abs($0) <= zeroThreshold })
        let rest = observations.filter { abs($0) > zeroThreshold }
        histogram.setPositive(side(rest.filter { $0 > 0 }, schema))
        histogram.setNegative(side(rest.filter { $0 < 0 }.map { -$0 }, schema))
        return histogram
    }

    private static func side(_ observations: [Double], _ schema: Int32) -> IndexedBuckets {
        var side = IndexedBuckets()
        for index in observations.map({ self.index(of: $0, schema) }).sorted() { side.append(index, 1) }
        return side
    }

    /// The bucket whose limits enclose a value: (2^((i-1) / 2^schema), 2^(i / 2^schema)].
    private static func index(of value: Double, _ schema: Int32) -> Int {
        let width = exp2(-Double(schema))
        var index = Int((log2(value) / width).rounded(.up)) - 2
        while NativeHistogram.exponentialBound(index, schema: schema) < value { index += 1 }
        return index
    }

    /// A histogram with limits of its own.
    static func custom(_ observations: [Double], limits: [Double]) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = NativeHistogram.customSchema
        histogram.customValues = limits
        histogram.count = Double(observations.count)
        histogram.sum = observations.reduce(0, +)
        var side = IndexedBuckets()
        for index in observations.map({ value in limits.firstIndex { value <= $0 } ?? limits.count }).sorted() { side.append(index, 1) }
        histogram.setPositive(side)
        return histogram
    }

    /// Counts within rounding of each other, bucket by bucket.
    static func areEqual(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool { left.isAlmost(right, within: 1e-9) }
}
