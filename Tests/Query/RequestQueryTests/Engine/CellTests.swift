import GatewayModel
@testable import RequestQuery
import Testing

struct CellTests {
    @Test func pairSetCountsEachPairOnce() {
        var random = SeededGenerator(seed: 3)
        var set = PairSet()
        var model: [UInt32: Set<UInt64>] = [:]
        for _ in 0..<20_000 {
            let cell = UInt32.random(in: 0..<50, using: &random)
            let value = UInt64.random(in: 0..<300, using: &random) &* 0x1_0000_0000
            set.insert(cell: cell, value: value)
            model[cell, default: []].insert(value)
        }
        #expect(set.counts(cellCount: 50) == (0..<50).map { Int64(model[$0]?.count ?? 0) })
        let halves = set.regrouped((0..<50).map { $0 < 25 ? 0 : UInt32.max })
        let union = (0..<25).reduce(into: Set<UInt64>()) { $0.formUnion(model[UInt32($1)] ?? []) }
        #expect(halves.counts(cellCount: 1) == [Int64(union.count)])
    }

    @Test func keyTableNumbersInOrderOfFirstSight() {
        var random = SeededGenerator(seed: 4)
        var table = KeyTable()
        var model: [UInt64: UInt32] = [:]
        for _ in 0..<30_000 {
            let key = UInt64.random(in: 0..<5_000, using: &random) &* 0x9E37_79B9_7F4A_7C15
            let expected = model[key] ?? UInt32(model.count)
            model[key] = expected
            #expect(table.number(of: key) == expected)
        }
        #expect(table.known(1) == nil && table.count == model.count)
    }

    @Test(arguments: [1, 7, 60, 3_600, 86_400, 100_000 * 3_600] as [Int64])
    func bucketsByMultiplicationAreThoseByDivision(_ seconds: Int64) throws {
        var random = SeededGenerator(seed: UInt64(seconds))
        let width = seconds * 1_000_000
        let start = floorDivide(-5_000_000_000_000, width) * width
        let range = TimeRange(from: Timestamp(microseconds: start), to: Timestamp(microseconds: start + 11_000 * width))
        let buckets = try TimeBuckets(range, every: .every(seconds, .second), zone: .utc)
        let kernel = BucketKernel(buckets, first: range.from, last: Timestamp(microseconds: range.to.microseconds - 1))
        var times = (0..<5_000).map { _ in Int64.random(in: range.from.microseconds..<range.to.microseconds, using: &random) }
        for bucket in stride(from: 0, to: 11_000, by: 97) { times += [start + Int64(bucket) * width, start + Int64(bucket + 1) * width - 1] }
        var numbers: [UInt32] = []
        kernel.fill(times, into: &numbers)
        #expect(zip(times, numbers).allSatisfy { Int64($1) == ($0 - start) / width })
    }

    @Test func maskSumsCountEveryLength() {
        for count in [0, 1, 7, 127, 128, 129, 1_000, 16_384] {
            let mask = (0..<count).map { UInt8($0 % 3 == 0 ? 1 : 0) }
            #expect(MaskCount.count(mask) == mask.count { $0 == 1 })
        }
    }
}
