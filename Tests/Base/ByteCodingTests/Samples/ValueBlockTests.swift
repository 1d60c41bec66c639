import ByteCoding
import Testing

/// A kind of series, made from a seed.
private struct Shape: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable (inout SplitMix, Int) -> [Double]

    static let all: [Shape] = [
        Shape(testDescription: "counter") { random, count in Self.sums(count) { Double(random.below(40)) } },
        Shape(testDescription: "rare counter") { random, count in Self.sums(count) { random.below(50) == 0 ? 1 : 0 } },
        Shape(testDescription: "large steps") { random, count in Self.sums(count) { Double(random.below(1_000_000)) } },
        Shape(testDescription: "steady") { _, count in (0..<count).map { Double($0 * 15_000) } },
        Shape(testDescription: "resets") { random, count in
            var value = 0.0
            return (0..<count).map { _ in
                value = random.below(100) == 0 ? 0 : value + Double(random.below(9))
                return value
            }
        },
        Shape(testDescription: "decimals") { random, count in (0..<count).map { _ in Double(random.below(100_000)) / 1_000 } },
        Shape(testDescription: "decimals of many sizes") { random, count in (0..<count).map { _ in Double(random.below(1_000)) / [1, 10, 1e6, 1e15][Int(random.below(4))] } },
        Shape(testDescription: "real numbers") { random, count in (0..<count).map { _ in Double(random.next() >> 11) * 0x1p-53 } },
        Shape(testDescription: "sums of real numbers") { random, count in Self.sums(count) { Double(random.next() >> 11) * 0x1p-53 } },
        Shape(testDescription: "any bits") { random, count in (0..<count).map { _ in Double(bitPattern: random.next()) } },
        Shape(testDescription: "counter with marks") { random, count in
            Self.sums(count) { Double(random.below(5)) }.map { random.below(20) == 0 ? Self.odd[Int(random.below(UInt64(Self.odd.count)))] : $0 }
        },
        Shape(testDescription: "only marks") { random, count in (0..<count).map { _ in Self.odd[Int(random.below(UInt64(Self.odd.count)))] } },
        Shape(testDescription: "constant") { _, count in Array(repeating: 42.5, count: count) },
        Shape(testDescription: "whole numbers beyond 2^53") { random, count in (0..<count).map { _ in Double(random.next()) } },
    ]

    /// Numbers that no arithmetic may touch.
    static let odd: [Double] = [
        Double(bitPattern: 0x7ff0_0000_0000_0002), .nan, Double(bitPattern: 0x7ff8_0000_0000_0001), -.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, 9_007_199_254_740_992, -9_007_199_254_740_994, 0.1, 1e-15,
    ]

    private static func sums(_ count: Int, _ step: () -> Double) -> [Double] {
        var value = 0.0
        return (0..<count).map { _ in
            value += step()
            return value
        }
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: UInt64) -> UInt64 { next() % limit }
}

struct ValueBlockTests {
    @Test(arguments: Shape.all) private func valuesComeBackBitForBit(_ shape: Shape) throws {
        for (seed, count) in [1, 2, 3, 4, 15, 16, 17, 100, 128, 480, 1_000, 2_048, 5_000].enumerated() {
            var random = SplitMix(state: UInt64(seed))
            let values = shape.make(&random, count)
            for effort in [ValueBlock.Effort.fast, .small] {
                var bytes: [UInt8] = []
                ValueBlock.encode(values, effort: effort, into: &bytes)
                var decoded: [Double] = []
                try bytes.withUnsafeBufferPointer { try ValueBlock.decode(UnsafeRawBufferPointer($0), count: count, into: &decoded) }
                #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern), "\(count) values, \(effort)")
                #expect(bytes.count <= count * 8 + 64, "\(count) values, \(effort)")
            }
        }
    }

    @Test(arguments: Shape.all) private func brokenBlocksAreRefusedOrDecodeToSomething(_ shape: Shape) {
        var random = SplitMix(state: 7)
        let values = shape.make(&random, 300)
        for effort in [ValueBlock.Effort.fast, .small] {
            var bytes: [UInt8] = []
            ValueBlock.encode(values, effort: effort, into: &bytes)
            var decoded: [Double] = []
            for _ in 0..<300 {
                var broken = bytes
                for _ in 0...random.below(3) { broken[Int(random.below(UInt64(broken.count)))] = UInt8(truncatingIfNeeded: random.next()) }
                if random.below(2) == 0 { broken.removeLast(Int(random.below(UInt64(broken.count)))) }
                // Nothing is promised but that it ends: whoever keeps blocks has a checksum around them.
                broken.withUnsafeBufferPointer { try? ValueBlock.decode(UnsafeRawBufferPointer($0), count: 300, into: &decoded) }
            }
        }
    }

    /// Sizes that a change must not worsen unnoticed: bytes a value of 2,048, with a little room.
    @Test(arguments: zip(["counter", "rare counter", "steady", "constant"], [0.72, 0.06, 0.03, 0.01]))
    private func countersAreSmall(_ name: String, _ bytesMax: Double) throws {
        let shape = try #require(Shape.all.first { $0.testDescription == name })
        var random = SplitMix(state: 1)
        var bytes: [UInt8] = []
        ValueBlock.encode(shape.make(&random, 2_048), effort: .small, into: &bytes)
        #expect(Double(bytes.count) / 2_048 <= bytesMax)
    }
}
