extension IntegerBlock {
    /// Decodes a block of `target.count` values.
    ///
    /// - Throws: where the block is too short or impossible; `target` then holds anything. Never reads outside of `bytes`.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Int64>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, count: target.count, into: start)
    }

    /// The same for codes; values that do not fit 32 bits are cut, which the encoder of codes never writes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt32>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, count: target.count, into: start)
    }

    /// Decodes a block into an array that is made to hold exactly `count` values; its memory is reused where it can be.
    package static func decode(_ bytes: UnsafeRawBufferPointer, count: Int, into values: inout [Int64]) throws(ByteReadingError) {
        resize(&values, count)
        unsafe try values.withUnsafeMutableBufferPointer { (buffer) throws(ByteReadingError) in unsafe try decode(bytes, into: buffer) }
    }

    /// The same for codes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, count: Int, into codes: inout [UInt32]) throws(ByteReadingError) {
        resize(&codes, count)
        unsafe try codes.withUnsafeMutableBufferPointer { (buffer) throws(ByteReadingError) in unsafe try decode(bytes, into: buffer) }
    }

    private static func resize<T: FixedWidthInteger>(_ values: inout [T], _ count: Int) {
        if values.count > count { values.removeLast(values.count - count) }
        if values.count < count { values.append(contentsOf: repeatElement(0, count: count - values.count)) }
    }

    @inline(__always) private static func decodeAny<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, count: Int, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        var reader = unsafe ByteReader(bytes)
        switch try Scheme(rawValue: reader.read(UInt8.self, "an encoding")) {
        case .constant:
            unsafe target.update(repeating: T(truncatingIfNeeded: try reader.read(Int64.self)), count: count)
        case .raw:
            let source = unsafe try reader.readBytes(count * 8, "\(count) raw integers")
            for index in 0..<count { unsafe target[index] = unsafe T(truncatingIfNeeded: source.loadUnaligned(fromByteOffset: index &* 8, as: Int64.self)) }
        case .packed:
            unsafe try decodeBody(&reader, count: count, into: target)
        case .delta:
            let first = T(truncatingIfNeeded: try reader.read(Int64.self))
            unsafe try decodeBody(&reader, count: count - 1, into: target + 1)
            unsafe target[0] = first
            var sum = first
            for index in 1..<count {
                unsafe sum &+= target[index]
                unsafe target[index] = sum
            }
        case .table:
            unsafe try decodeTable(&reader, count: count, into: target)
        case nil:
            throw ByteReadingError(offset: 0, expected: "a known encoding of integers")
        }
    }

    @inline(__always) private static func decodeTable<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, count: Int, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        let values = Int(try reader.read(UInt16.self))
        guard values > 0, values <= tableValuesMax else { throw ByteReadingError(offset: reader.offset, expected: "1 to \(tableValuesMax) values") }
        // Filled up to a power of two, so that no index of the allowed width can leave the table.
        var table = [T](repeating: 0, count: tableValuesMax)
        for index in 0..<values { table[index] = T(truncatingIfNeeded: try reader.read(Int64.self)) }
        let body = try readBody(&reader)
        guard body.exceptions == 0, !body.hasAbsent, body.scale == 1, body.base == 0, 1 << body.width <= tableValuesMax else {
            throw ByteReadingError(offset: reader.offset, expected: "plain indices")
        }
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: count, width: body.width), "\(count) packed indices")
        unsafe table.withUnsafeBufferPointer { table in
            unsafe unpack(packed, count: count, width: body.width, into: target) { code in unsafe table[Int(truncatingIfNeeded: code)] }
        }
    }

    private static func readBody(_ reader: inout ByteReader) throws(ByteReadingError) -> Body {
        let at = reader.offset
        let width = Int(try reader.read(UInt8.self))
        let exceptionWidth = Int(try reader.read(UInt8.self))
        let absentCode = try reader.read(UInt8.self)
        _ = try reader.read(UInt8.self)
        let exceptions = Int(try reader.read(UInt32.self))
        let scale = Int64(try reader.read(UInt32.self))
        let base = try reader.read(Int64.self)
        guard width <= 56 || width == 64, exceptionWidth <= 56 || exceptionWidth == 64, absentCode <= 1 else {
            throw ByteReadingError(offset: at, expected: "a possible width")
        }
        return Body(width: width, exceptionWidth: exceptionWidth, hasAbsent: absentCode == 1, exceptions: exceptions, scale: scale, base: base)
    }

    @inline(__always) private static func decodeBody<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, count: Int, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        guard count >= 0 else { throw ByteReadingError(offset: reader.offset, expected: "at least one value") }
        let body = try readBody(&reader)
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: count, width: body.width), "\(count) values of \(body.width) bits")
        let base = body.base
        let scale = body.scale
        if body.hasAbsent {
            unsafe unpack(packed, count: count, width: body.width, into: target) { code in
                T(truncatingIfNeeded: code == 0 ? absent : base &+ Int64(bitPattern: code &- 1) &* scale)
            }
        } else if scale == 1 {
            unsafe unpack(packed, count: count, width: body.width, into: target) { code in T(truncatingIfNeeded: base &+ Int64(bitPattern: code)) }
        } else {
            unsafe unpack(packed, count: count, width: body.width, into: target) { code in T(truncatingIfNeeded: base &+ Int64(bitPattern: code) &* scale) }
        }
        if body.exceptions > 0 { unsafe try decodeExceptions(&reader, body, count: count, into: target) }
    }

    private static func decodeExceptions<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ body: Body, count: Int, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        guard body.exceptions <= count else { throw ByteReadingError(offset: reader.offset, expected: "at most \(count) exceptions") }
        let positions = unsafe try reader.readBytes(body.exceptions * 2, "positions of exceptions")
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: body.exceptions, width: body.exceptionWidth), "exceptions")
        var codes = [Int64](repeating: 0, count: body.exceptions)
        unsafe codes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            if let source = packed.baseAddress { unsafe BitPacking.unpack(source, count: buffer.count, width: body.exceptionWidth, base: 0, into: start) }
        }
        let absentCode: Int64 = body.hasAbsent ? 1 : 0
        for index in 0..<body.exceptions {
            let position = unsafe Int(positions.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
            guard position < count else { throw ByteReadingError(offset: reader.offset, expected: "positions below \(count)") }
            let isAbsent = body.hasAbsent && codes[index] == 0
            unsafe target[position] = T(truncatingIfNeeded: isAbsent ? absent : body.base &+ (codes[index] &- absentCode) &* body.scale)
        }
    }

    /// Calls `value` with each code and stores what it gives. `packed` has been checked to hold `count` codes and the spare bytes.
    @inline(__always) private static func unpack<T: BitwiseCopyable>(
        _ packed: UnsafeRawBufferPointer, count: Int, width: Int, into target: UnsafeMutablePointer<T>, _ value: (UInt64) -> T
    ) {
        guard width > 0, let source = packed.baseAddress else { return unsafe target.update(repeating: value(0), count: count) }
        if width == 64 {
            for index in 0..<count { unsafe target[index] = unsafe value(source.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)) }
            return
        }
        let mask = (UInt64(1) &<< UInt64(width)) &- 1
        var bit = 0
        for index in 0..<count {
            let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
            unsafe target[index] = value((word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask)
            bit &+= width
        }
    }
}
