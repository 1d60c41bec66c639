extension Snappy {
    /// Distances are kept in 16 bits, so that every copy is the three-byte element.
    private static let distanceMax = 65_535
    private static let tableBits: UInt32 = 14

    /// One block: the greedy search of a hash table for the last four bytes that were equal. Fast and plain, not the densest.
    package static func compress(_ input: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reserving: input.count / 2 + 16)
        writer.write(varint: UInt64(input.count))
        var last = [Int](repeating: -1, count: 1 << Int(tableBits))
        var literalStart = 0
        var at = 0
        while at + 4 <= input.count {
            let word = UInt32(input[at]) | UInt32(input[at + 1]) << 8 | UInt32(input[at + 2]) << 16 | UInt32(input[at + 3]) << 24
            let slot = Int((word &* 0x1e35_a7bd) >> (32 - tableBits))
            let candidate = last[slot]
            last[slot] = at
            guard candidate >= 0, at - candidate <= distanceMax, input[candidate..<candidate + 4] == input[at..<at + 4] else {
                at += 1
                continue
            }
            var length = 4
            while at + length < input.count, input[candidate + length] == input[at + length] { length += 1 }
            writeLiteral(input[literalStart..<at], to: &writer)
            writeCopy(distance: at - candidate, length: length, to: &writer)
            at += length
            literalStart = at
        }
        writeLiteral(input[literalStart...], to: &writer)
        return writer.bytes
    }

    private static func writeLiteral(_ bytes: ArraySlice<UInt8>, to writer: inout ByteWriter) {
        guard !bytes.isEmpty else { return }
        let last = UInt32(bytes.count - 1)
        if last < 60 {
            writer.write(UInt8(last) << 2)
        } else {
            // Four bytes of length always do.
            writer.write(UInt8(63) << 2)
            writer.write(last)
        }
        writer.appendDirectly { $0.append(contentsOf: bytes) }
    }

    private static func writeCopy(distance: Int, length: Int, to writer: inout ByteWriter) {
        var rest = length
        while rest > 0 {
            let part = min(rest, 64)
            writer.write(UInt8(part - 1) << 2 | 2)
            writer.write(UInt16(distance))
            rest -= part
        }
    }
}
