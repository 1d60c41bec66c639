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
        let runs = digitRuns(template)
        let digits = runs.reduce(0) { $0 + $1.count }
        let characters = unsafe characters(of: try reader.readBytes((strings * digits + 1) / 2, "the digits"), count: strings * digits)
        return try table(digits == length ? characters : fill(template, runs, characters, strings: strings), ends)
    }

    /// The places of the template that hold digits, as runs.
    private static func digitRuns(_ template: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for place in template.indices where template[place] == 0 {
            if let last = runs.last, last.upperBound == place { runs[runs.count - 1] = last.lowerBound..<place + 1 } else { runs.append(place..<place + 1) }
        }
        return runs
    }

    /// The two digits of every byte, the low half's first, as they lie in memory.
    private static let digitPairs: [UInt16] = (0..<256).map { byte in
        func character(_ digit: Int) -> UInt16 { UInt16(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        return UInt16(littleEndian: character(byte & 15) | character(byte >> 4) << 8)
    }

    /// `count` digits as text.
    private static func characters(of packed: UnsafeRawBufferPointer, count: Int) -> [UInt8] {
        // One more where the last byte holds one digit only; it is cut off again by the count.
        unsafe [UInt8](unsafeUninitializedCapacity: packed.count * 2) { buffer, used in
            let target = UnsafeMutableRawBufferPointer(buffer)
            unsafe digitPairs.withUnsafeBufferPointer { pairs in
                for index in 0..<packed.count { unsafe target.storeBytes(of: pairs[Int(packed[index])], toByteOffset: index &* 2, as: UInt16.self) }
            }
            used = count
        }
    }

    /// The strings of a template whose digits stand in `runs`.
    private static func fill(_ template: [UInt8], _ runs: [Range<Int>], _ characters: [UInt8], strings: Int) -> [UInt8] {
        let length = template.count
        return unsafe [UInt8](unsafeUninitializedCapacity: strings * length) { buffer, count in
            unsafe template.withUnsafeBytes { template in
                unsafe characters.withUnsafeBytes { characters in
                    guard let target = UnsafeMutableRawBufferPointer(buffer).baseAddress, let shape = template.baseAddress else { return }
                    var source = 0
                    for string in 0..<strings {
                        let start = unsafe target + string &* length
                        unsafe start.copyMemory(from: shape, byteCount: length)
                        for run in runs {
                            if let digits = characters.baseAddress { unsafe (start + run.lowerBound).copyMemory(from: digits + source, byteCount: run.count) }
                            source &+= run.count
                        }
                    }
                }
            }
            count = strings * length
        }
    }
}
