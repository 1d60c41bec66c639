import ByteCoding
import Testing

struct SnappyTests {
    @Test func emptyBlock() throws { #expect(try Snappy.decompress([0], limit: 10) == []) }

    /// The example of `format_description.txt`: a copy may overlap what it writes.
    @Test func copiesMayOverlapThemselves() throws {
        // "xababab": a literal of three bytes, then four bytes from two bytes before.
        #expect(try Snappy.decompress([7, 2 << 2, 0x78, 0x61, 0x62, 0 << 2 | 1, 2], limit: 10) == Array("xababab".utf8))
    }

    @Test(arguments: [
        ([UInt8](), SnappyError(.truncated, at: 0)),
        ([0x80], SnappyError(.truncated, at: 1)),
        ([0xff, 0xff, 0xff, 0xff, 0x7f], SnappyError(.invalidLength, at: 0)),
        ([0x80, 0x80, 0x80, 0x80, 0x80, 0x01], SnappyError(.invalidLength, at: 0)),
        ([5], SnappyError(.lengthNotReached, at: 1)),
        ([100, 0, 0], SnappyError(.lengthExceeded, at: 0)),
        ([101], SnappyError(.tooLarge, at: 0)),
        ([5, 4 << 2, 1, 2], SnappyError(.truncated, at: 1)),
        ([2, 60 << 2], SnappyError(.truncated, at: 1)),
        ([1, 1 << 2, 1, 2], SnappyError(.lengthExceeded, at: 1)),
        ([9, 0, 7, 1, 2], SnappyError(.invalidCopy, at: 3)),
        ([9, 0, 7, 1, 0], SnappyError(.invalidCopy, at: 3)),
        ([3, 0, 7, 1, 1], SnappyError(.lengthExceeded, at: 3)),
        ([9, 0, 7, 2, 1], SnappyError(.truncated, at: 3)),
        ([9, 0, 7, 3, 1, 0, 0], SnappyError(.truncated, at: 3)),
    ])
    func damagedBlocksAreRefusedAtTheirPlace(_ input: [UInt8], _ error: SnappyError) {
        #expect(throws: error) { try Snappy.decompress(input, limit: 100) }
    }

    @Test func aLengthThatTheInputCannotHoldCostsNoMemory() {
        #expect(throws: SnappyError(.lengthExceeded, at: 0)) { try Snappy.decompress([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1], limit: .max) }
    }

    @Test(arguments: 0..<40) func whatIsCompressedComesBack(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = UInt8.random(in: 1...255, using: &random)
        let input = (0..<Int.random(in: 0...200_000 >> (seed % 12), using: &random)).map { _ in UInt8.random(in: 0...alphabet, using: &random) }
        #expect(try Snappy.decompress(Snappy.compress(input), limit: input.count) == input)
    }

    /// Every distance against every length, against a byte-by-byte repetition.
    @Test func everyDistanceRepeatsExactly() throws {
        for distance in 1...70 {
            let literal = (0..<distance).map { UInt8($0) }
            for length in [1, 4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64] {
                var expected = literal
                for _ in 0..<length { expected.append(expected[expected.count - distance]) }
                let tag: [UInt8] = distance <= 60 ? [UInt8(distance - 1) << 2] : [60 << 2, UInt8(distance - 1)]
                let block = [UInt8(expected.count & 0x7f) | (expected.count > 127 ? 0x80 : 0)] + (expected.count > 127 ? [UInt8(expected.count >> 7)] : [])
                let input = block + tag + literal + [UInt8(length - 1) << 2 | 2, UInt8(distance), 0]
                #expect(try Snappy.decompress(input, limit: 1_000) == expected, "distance \(distance), length \(length)")
            }
        }
    }

    @Test(arguments: 0..<8) func mutatedBlocksNeverDoHarm(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(1_000 + seed))
        let block = Snappy.compress(Array(String(repeating: "model=\"gpt-4o\",status=\"200\" ", count: 40).utf8))
        for _ in 0..<2_000 {
            var mutated = block
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutated[Int.random(in: 0..<mutated.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            mutated.removeLast(Int.random(in: 0...mutated.count, using: &random) / 2)
            if let output = try? Snappy.decompress(mutated, limit: 1 << 16) { #expect(output.count <= 1 << 16) }
        }
    }
}
