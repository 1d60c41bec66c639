@testable import ByteCoding
import Testing

struct PackingTests {
    @Test(arguments: Array(0...56) + [64])
    func packedValuesComeBack(width: Int) {
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        for count in [0, 1, 7, 8, 63, 64, 65, 1_000] {
            var state: UInt64 = UInt64(count + 1)
            let base: Int64 = width == 64 ? 0 : -5
            let values = (0..<count).map { _ -> Int64 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: state & mask) &+ base
            }
            var packed: [UInt8] = [1, 2, 3]
            values.withUnsafeBufferPointer { BitPacking.pack($0, base: base, width: width, into: &packed) }
            #expect(packed.count == 3 + (count == 0 && width > 0 ? 8 : BitPacking.packedBytes(count: count, width: width)))
            var unpacked = [Int64](repeating: 99, count: count)
            packed.withUnsafeBytes { source in
                unpacked.withUnsafeMutableBufferPointer { target in
                    guard let start = source.baseAddress, let out = target.baseAddress, count > 0 else { return }
                    BitPacking.unpack(start + 3, count: count, width: width, into: out, OffsetCodes(base: base, output: WholeIntegers()))
                }
            }
            #expect(unpacked == values)
        }
    }

    @Test func widthCoversTheLargestValue() {
        #expect(BitPacking.width(for: 0) == 0)
        #expect(BitPacking.width(for: 1) == 1)
        #expect(BitPacking.width(for: 255) == 8)
        #expect(BitPacking.width(for: 256) == 9)
        #expect(BitPacking.width(for: 1 << 56) == 64)
    }

    @Test func readerRefusesToLeaveTheBytes() throws {
        var writer = ByteWriter()
        writer.write(UInt32(7))
        writer.write(lengthPrefixed: "ä")
        writer.write(varint: 300)
        let bytes = writer.bytes
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            let (number, text, varint) = (try reader.read(UInt32.self), try reader.readLengthPrefixedString(), try reader.readVarint())
            #expect(number == 7 && text == "ä" && varint == 300)
            #expect(reader.remaining == 0)
            #expect(throws: ByteReadingError.self) { _ = try reader.read(UInt8.self) }
        }
        for length in 0..<bytes.count {
            Array(bytes[..<length]).withUnsafeBytes { buffer in
                var reader = ByteReader(buffer)
                #expect(throws: ByteReadingError.self) {
                    _ = try reader.read(UInt32.self)
                    _ = try reader.readLengthPrefixedString()
                    _ = try reader.readVarint()
                }
            }
        }
    }

    @Test func endlessVarintIsRefused() {
        [UInt8](repeating: 0xff, count: 20).withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            #expect(throws: ByteReadingError.self) { _ = try reader.readVarint() }
        }
    }
}
