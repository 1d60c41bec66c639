import ByteCoding
import Testing

struct CompressionTests {
    @Test(arguments: [0, 1, 100, 70_000, 3_000_000])
    func gzipRoundTrips(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        #expect(try Gzip.decompress(Gzip.compress(bytes), limit: size) == bytes)
    }

    @Test func gzipMembersFollowEachOther() throws {
        let two = Gzip.compress(Array("ab".utf8)) + Gzip.compress(Array("cd".utf8))
        #expect(try Gzip.decompress(two, limit: 100) == Array("abcd".utf8))
    }

    @Test func everyTruncationIsFound() {
        let whole = Gzip.compress(Array("some text, some text, some text".utf8))
        for length in 0..<whole.count {
            #expect(throws: CompressionError.truncated) { try Gzip.decompress(Array(whole[..<length]), limit: 1_000) }
        }
    }

    @Test func bombIsRefusedAtTheLimit() {
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 50_000_000), level: 9)
        #expect(throws: CompressionError.tooLarge(limit: 1_000_000)) { try Gzip.decompress(bomb, limit: 1_000_000) }
    }

    @Test func otherBytesAreDamaged() {
        #expect(throws: CompressionError.damaged) { try Gzip.decompress(Array("plain text".utf8), limit: 1_000) }
        var flipped = Gzip.compress(Array("some text, some text".utf8))
        flipped[flipped.count - 5] ^= 0xff
        #expect(throws: CompressionError.damaged) { try Gzip.decompress(flipped, limit: 1_000) }
    }

    @Test func zstdRoundTripsAndKnowsItsSize() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
        let packed = Zstd.compress(bytes)
        #expect(packed.count < bytes.count / 10)
        let unpacked = try packed.withUnsafeBytes { try Zstd.decompress($0, size: bytes.count) }
        #expect(unpacked == bytes)
        #expect(throws: CompressionError.damaged) { _ = try packed.withUnsafeBytes { try Zstd.decompress($0, size: bytes.count + 1) } }
        #expect(throws: CompressionError.damaged) { _ = try packed.dropLast().withUnsafeBytes { try Zstd.decompress($0, size: bytes.count) } }
    }

    @Test func checksumIsTheStandardOne() {
        // The check value of CRC-32/ISO-HDLC in the CRC catalogue.
        #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    }
}
