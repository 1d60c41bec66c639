import ByteCoding
@testable import GatewayModel
import Testing

struct ValueSketchTests {
    /// Shapes of data: name, and a value from a random number.
    static let shapes: [(String, @Sendable (UInt64) -> Int64)] = [
        ("small integers", { Int64($0 % 2_000) }), ("uniform", { Int64($0 % 60_000_000) }), ("heavy tail", { Int64(1) << Int64($0 % 40) }), ("negative", { Int64($0 % 20_000_000) - 10_000_000 }),
        ("constant", { _ in 1_234_567 }), ("whole range", { Int64(bitPattern: $0 | 1) }), ("zeros and ones", { Int64($0 & 1) }), ("all negative", { -1 - Int64($0 % 5_000_000) }),
    ]

    @Test(arguments: shapes.indices)
    func percentilesAreWithinHalfATenthOfAPercent(_ shape: Int) {
        var random = SeededGenerator(seed: shape)
        for count in [1, 2, 3, 4_095, 4_096, 4_097, 50_000] {
            let values = (0..<count).map { _ in Self.shapes[shape].1(random.next()) }
            var sketch = ValueSketch()
            for start in stride(from: 0, to: count, by: 1_000) { sketch.add(Array(values[start..<min(count, start + 1_000)])) }
            for percent in [0.0, 1, 25, 50, 90, 99, 99.9, 100] {
                let exact = Self.percentile(values, percent) ?? .nan
                let found = sketch.percentile(percent) ?? .nan
                // Interpolation between a negative and a positive neighbour may lose the relative bound; the absolute one of the neighbours stays.
                let bound = count <= 4_096 ? abs(exact) * 1e-12 : max(abs(exact) * 0.0005, count < 5_000 && shape == 5 ? 1e16 : 1)
                #expect(abs(found - exact) <= bound, "\(Self.shapes[shape].0), \(count) values, p\(percent): \(found) instead of \(exact)")
            }
        }
    }

    @Test func mergingGivesTheSameAsAddingAll() {
        var random = SeededGenerator(seed: 8)
        for (left, right) in [(10, 20), (4_000, 96), (4_000, 97), (5_000, 10), (10, 5_000), (9_000, 9_000), (0, 5_000), (5_000, 0)] {
            let first = (0..<left).map { _ in Int64.random(in: -1_000...100_000_000, using: &random) }
            let second = (0..<right).map { _ in Int64.random(in: 0...5_000, using: &random) }
            var all = ValueSketch()
            all.add(first + second)
            var merged = ValueSketch()
            merged.add(first)
            var other = ValueSketch()
            other.add(second)
            merged.merge(other)
            #expect(merged.percentiles([0, 10, 50, 99, 100]) == all.percentiles([0, 10, 50, 99, 100]))
            #expect(merged.count == left + right)
        }
    }

    /// The definition over all values, sorted.
    private static func percentile(_ values: [Int64], _ percent: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let rank = percent / 100 * Double(sorted.count - 1)
        let lower = Int(rank.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        return Double(sorted[lower]) + (Double(sorted[upper]) - Double(sorted[lower])) * (rank - Double(lower))
    }

    @Test func noValuesHaveNoPercentile() { #expect(ValueSketch().percentile(50) == nil) }

    @Test func memoryOfALargeSketchIsBounded() {
        var random = SeededGenerator(seed: 1)
        var sketch = ValueSketch()
        for _ in 0..<20 { sketch.add((0..<10_000).map { _ in Int64.random(in: 1_000...60_000_000, using: &random) }) }
        #expect(sketch.bytes <= 20 * 4_096)
    }

    @Test func encodedSketchMergesToTheSameAsItsValues() throws {
        var random = SeededGenerator(seed: 21)
        for shape in Self.shapes {
            for (stored, present) in [(1, 0), (4_096, 0), (4_097, 0), (30, 4_066), (30, 4_067), (20_000, 10), (20_000, 9_000), (5, 9_000), (0, 3)] {
                let first = (0..<stored).map { _ in shape.1(random.next()) }
                let second = (0..<present).map { _ in shape.1(random.next()) }
                var all = ValueSketch()
                all.add(second + first)
                var encoded = ValueSketch()
                encoded.add(first)
                var merged = ValueSketch()
                merged.add(second)
                try EncodedSketches([ValueSketch(), encoded]).merge(1, into: &merged)
                #expect(merged.count == all.count && merged.minimum == all.minimum && merged.maximum == all.maximum, "\(shape.0), \(stored) and \(present)")
                #expect(merged.list.sorted() == all.list.sorted() && merged.histogram.counters == all.histogram.counters, "\(shape.0), \(stored) and \(present)")
                #expect(merged.histogram.firstStep == all.histogram.firstStep)
            }
        }
    }

    @Test func damagedSketchesAreRefusedOrReadButNeverTrap() {
        var random = SeededGenerator(seed: 5)
        for count in [3, 6_000] {
            var sketch = ValueSketch()
            sketch.add((0..<count).map { _ in Int64.random(in: -5_000...90_000_000, using: &random) })
            let bytes = EncodedSketches([sketch]).bytes
            for _ in 0..<2_000 {
                var broken = bytes
                let place = Int.random(in: 0..<min(broken.count, 64), using: &random)
                broken[place] = UInt8.random(in: 0...255, using: &random)
                if Bool.random(using: &random) { broken.removeLast(Int.random(in: 0..<broken.count, using: &random)) }
                _ = broken.withUnsafeBytes { source in
                    do {
                        var target = ValueSketch()
                        try EncodedSketches(source, rowCount: 1).merge(0, into: &target)
                        return true
                    } catch { return false }
                }
            }
        }
    }
}

extension ValueSketch {
    fileprivate mutating func add(_ values: [Int64]) {
        let values = values
        add(values.span)
    }
}
