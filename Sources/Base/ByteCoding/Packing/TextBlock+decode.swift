extension TextBlock {
    /// The `count` strings of a block.
    ///
    /// - Parameter bytesMax: the most bytes the strings may have together; a block that claims more is damaged.
    /// - Throws: where the block is too short or impossible.
    package static func decode(_ block: UnsafeRawBufferPointer, count: Int, bytesMax: Int = Int(UInt32.max)) throws(ByteReadingError) -> StringTable {
        var reader = unsafe ByteReader(block)
        switch try Scheme(rawValue: reader.read(UInt8.self, "an encoding")) {
        case .plain:
            let ends = try readEnds(&reader, count: count, bytesMax: bytesMax)
            let bytes = unsafe try reader.readBytes(Int(ends.last ?? 0), "the strings' bytes")
            return unsafe try table([UInt8](bytes), ends)
        case .zstd:
            let ends = try readEnds(&reader, count: count, bytesMax: bytesMax)
            let size = Int(try reader.read(UInt32.self))
            guard size == Int(ends.last ?? 0) else { throw ByteReadingError(offset: reader.offset, expected: "as many bytes as the lengths say") }
            let frame = unsafe try reader.readBytes(reader.remaining)
            guard let bytes = unsafe try? Zstd.decompress(frame, size: size) else { throw ByteReadingError(offset: reader.offset, expected: "a Zstandard frame") }
            return try table(bytes, ends)
        case .pattern:
            return try decodePattern(&reader, count: count)
        case nil:
            throw ByteReadingError(offset: 0, expected: "a known encoding of strings")
        }
    }

    private static func table(_ bytes: [UInt8], _ ends: [UInt32]) throws(ByteReadingError) -> StringTable {
        guard let table = StringTable(bytes: bytes, ends: ends) else { throw ByteReadingError(offset: 0, expected: "ascending ends") }
        return table
    }

    private static func readEnds(_ reader: inout ByteReader, count: Int, bytesMax: Int) throws(ByteReadingError) -> [UInt32] {
        let size = Int(try reader.read(UInt32.self, "the size of the lengths"))
        let packed = unsafe try reader.readBytes(size, "the lengths")
        var ends: [UInt32] = []
        unsafe try IntegerBlock.decode(packed, count: count, into: &ends)
        var sum = 0
        unsafe ends.withUnsafeMutableBufferPointer { ends in
            for index in ends.indices {
                unsafe sum &+= Int(ends[index])
                unsafe ends[index] = UInt32(truncatingIfNeeded: sum)
            }
        }
        guard sum <= bytesMax, sum <= Int(UInt32.max) else { throw ByteReadingError(offset: reader.offset, expected: "at most \(bytesMax) bytes") }
        return ends
    }

    private static func decodePattern(_ reader: inout ByteReader, count: Int) throws(ByteReadingError) -> StringTable {
        let hasEmpty = try reader.read(UInt8.self) != 0
        let length = Int(try reader.read(UInt16.self))
        guard length > 0, length <= patternBytesMax else { throw ByteReadingError(offset: reader.offset, expected: "1 to \(patternBytesMax) bytes") }
        let template = unsafe [UInt8](try reader.readBytes(length, "the template"))
        let bitmap = unsafe try reader.readBytes(hasEmpty ? (count + 7) / 8 : 0, "the bitmap")
        var ends: [UInt32] = []
        ends.reserveCapacity(count)
        var end = 0
        for index in 0..<count {
            if unsafe !hasEmpty || bitmap[index &>> 3] &>> UInt8(index & 7) & 1 == 1 { end += length }
            ends.append(UInt32(truncatingIfNeeded: end))
        }
        let strings = end / length
        let places = template.indices.filter { template[$0] == 0 }
        let digits = unsafe try reader.readBytes((strings * places.count + 1) / 2, "the digits")
        return unsafe try table(fill(template, places, digits, strings: strings), ends)
    }

    private static func fill(_ template: [UInt8], _ places: [Int], _ digits: UnsafeRawBufferPointer, strings: Int) -> [UInt8] {
        let length = template.count
        return unsafe [UInt8](unsafeUninitializedCapacity: strings * length) { buffer, count in
            var position = 0
            for string in 0..<strings {
                for place in 0..<length { unsafe buffer[string &* length &+ place] = template[place] }
                for place in places {
                    let digit = unsafe (digits[position &>> 1] &>> UInt8((position & 1) &* 4)) & 15
                    unsafe buffer[string &* length &+ place] = digit &+ (digit < 10 ? 0x30 : 0x57)
                    position &+= 1
                }
            }
            count = strings * length
        }
    }
}
