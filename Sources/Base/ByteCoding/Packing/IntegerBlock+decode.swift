extension IntegerBlock {
    /// Decodes a block of `target.count` values.
    ///
    /// - Throws: where the block is too short or impossible; `target` then holds anything. Never reads outside of `bytes`.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Int64>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, Rows(count: target.count), into: start, WholeIntegers())
    }

    /// The same for codes; values that do not fit 32 bits are cut, which the encoder of codes never writes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt32>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, Rows(count: target.count), into: start, ShortCodes())
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

    static func resize<T: FixedWidthInteger>(_ values: inout [T], _ count: Int) {
        if values.count > count { values.removeLast(values.count - count) }
        if values.count < count { values.append(contentsOf: repeatElement(0, count: count - values.count)) }
    }

    /// Where more than one in this many rows of a block with exceptions is wanted, decoding all and picking is faster: among some of the rows the place of
    /// each exception has to be searched.
    private static let denseShare = 3

    /// Which values of a block are wanted.
    @unsafe struct Rows {
        /// Values of the block.
        let count: Int
        /// Ascending and below ``count``; nil for all.
        var selected: UnsafeBufferPointer<UInt16>?

        /// Values that come out.
        @inline(__always) var outputCount: Int { unsafe selected?.count ?? count }
    }

    /// Stores what `output` makes of each wanted value.
    @inline(__always) static func decodeAny<Output: BlockOutput>(
        _ bytes: UnsafeRawBufferPointer, _ rows: Rows, into target: UnsafeMutablePointer<Output.Element>, _ output: Output
    ) throws(ByteReadingError) {
        var reader = unsafe ByteReader(bytes)
        let count = unsafe rows.count
        switch try Scheme(rawValue: reader.read(UInt8.self, "an encoding")) {
        case .constant:
            unsafe target.update(repeating: output.element(try reader.read(Int64.self)), count: rows.outputCount)
        case .raw:
            let source = unsafe try reader.readBytes(count * 8, "\(count) raw integers")
            unsafe unpack(source, rows, width: 64, into: target, ScaledCodes(base: 0, scale: 1, output: output))
        case .packed:
            unsafe try decodeBody(&reader, rows, into: target, output)
        case .delta:
            guard count > 0 else { return }
            if Output.self == WholeIntegers.self, unsafe rows.selected == nil {
                return unsafe try decodeDifferences(&reader, count: count, into: UnsafeMutableRawPointer(target).assumingMemoryBound(to: Int64.self))
            }
            // A value needs all before it, whichever are wanted, and as 64 bits: so they are decoded aside.
            unsafe try withUnsafeTemporaryAllocation(of: Int64.self, capacity: count) { (all) throws(ByteReadingError) in
                guard let start = all.baseAddress else { return }
                unsafe try decodeDifferences(&reader, count: count, into: start)
                if let selected = unsafe rows.selected {
                    for index in 0..<selected.count { unsafe target[index] = unsafe output.element(start[Int(selected[index])]) }
                } else {
                    for index in 0..<count { unsafe target[index] = unsafe output.element(start[index]) }
                }
            }
        case .table:
            unsafe try decodeTable(&reader, rows, into: target, output)
        case nil:
            throw ByteReadingError(offset: 0, expected: "a known encoding of integers")
        }
    }

    private static func decodeDifferences(
        _ reader: inout ByteReader, count: Int, into target: UnsafeMutablePointer<Int64>
    ) throws(ByteReadingError) {
        let first = try reader.read(Int64.self)
        unsafe try decodeBody(&reader, Rows(count: count - 1), into: target + 1, WholeIntegers())
        unsafe target[0] = first
        var sum = first
        for index in 1..<count {
            unsafe sum &+= target[index]
            unsafe target[index] = sum
        }
    }

    @inline(__always) private static func decodeTable<Output: BlockOutput>(
        _ reader: inout ByteReader, _ rows: Rows, into target: UnsafeMutablePointer<Output.Element>, _ output: Output
    ) throws(ByteReadingError) {
        let values = Int(try reader.read(UInt16.self))
        guard values > 0, values <= tableValuesMax else { throw ByteReadingError(offset: reader.offset, expected: "1 to \(tableValuesMax) values") }
        // Filled up to a power of two, so that no index of the allowed width can leave the table.
        var table = [Output.Element](repeating: output.element(0), count: tableValuesMax)
        for index in 0..<values { table[index] = output.element(try reader.read(Int64.self)) }
        let body = try readBody(&reader)
        guard body.exceptions == 0, !body.hasAbsent, body.scale == 1, body.base == 0, 1 << body.width <= tableValuesMax else {
            throw ByteReadingError(offset: reader.offset, expected: "plain indices")
        }
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: rows.count, width: body.width), "\(rows.count) packed indices")
        unsafe table.withUnsafeBufferPointer { table in
            unsafe unpack(packed, rows, width: body.width, into: target, ListedCodes(table: table))
        }
    }

    static func readBody(_ reader: inout ByteReader) throws(ByteReadingError) -> Body {
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

    @inline(__always) private static func decodeBody<Output: BlockOutput>(
        _ reader: inout ByteReader, _ rows: Rows, into target: UnsafeMutablePointer<Output.Element>, _ output: Output
    ) throws(ByteReadingError) {
        let body = try readBody(&reader)
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: rows.count, width: body.width), "\(rows.count) values of \(body.width) bits")
        if let selected = unsafe rows.selected, body.exceptions > 0, unsafe selected.count * denseShare > rows.count {
            return unsafe try withUnsafeTemporaryAllocation(of: Output.Element.self, capacity: rows.count) { (all) throws(ByteReadingError) in
                guard let start = all.baseAddress else { return }
                unsafe try decodeCodes(&reader, body, packed, Rows(count: rows.count), into: start, output)
                for index in 0..<selected.count { unsafe target[index] = unsafe start[Int(selected[index])] }
            }
        }
        unsafe try decodeCodes(&reader, body, packed, rows, into: target, output)
    }

    @inline(__always) private static func decodeCodes<Output: BlockOutput>(
        _ reader: inout ByteReader, _ body: Body, _ packed: UnsafeRawBufferPointer, _ rows: Rows, into target: UnsafeMutablePointer<Output.Element>,
        _ output: Output
    ) throws(ByteReadingError) {
        let base = body.base
        let scale = body.scale
        if body.hasAbsent {
            unsafe unpack(packed, rows, width: body.width, into: target, AbsentOrScaledCodes(before: base &- scale, scale: scale, output: output))
        } else if scale == 1 {
            unsafe unpack(packed, rows, width: body.width, into: target, OffsetCodes(base: base, output: output))
        } else {
            unsafe unpack(packed, rows, width: body.width, into: target, ScaledCodes(base: base, scale: scale, output: output))
        }
        if body.exceptions > 0 { unsafe try decodeExceptions(&reader, body, rows, into: target, output) }
    }

    /// Puts the exceptions to their places among the wanted values. Both stand in order of rows, so one walk over the two is enough.
    @inline(__always) private static func decodeExceptions<Output: BlockOutput>(
        _ reader: inout ByteReader, _ body: Body, _ rows: Rows, into target: UnsafeMutablePointer<Output.Element>, _ output: Output
    ) throws(ByteReadingError) {
        let count = unsafe rows.count
        guard body.exceptions <= count else { throw ByteReadingError(offset: reader.offset, expected: "at most \(count) exceptions") }
        let positions = unsafe try reader.readBytes(body.exceptions * 2, "positions of exceptions")
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: body.exceptions, width: body.exceptionWidth), "exceptions")
        let selected = unsafe rows.selected
        let before = body.hasAbsent ? body.base &- body.scale : body.base
        var next = 0
        for index in 0..<body.exceptions {
            let position = unsafe Int(positions.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
            guard position < count else { throw ByteReadingError(offset: reader.offset, expected: "positions below \(count)") }
            var place = position
            if let selected = unsafe selected {
                while next < selected.count, unsafe Int(selected[next]) < position { next &+= 1 }
                guard next < selected.count else { return }
                guard unsafe Int(selected[next]) == position else { continue }
                place = next
            }
            let code = unsafe packed.baseAddress.map { unsafe BitPacking.code($0, index, body.exceptionWidth) } ?? 0
            let isAbsent = body.hasAbsent && code == 0
            unsafe target[place] = output.element(isAbsent ? absent : before &+ Int64(bitPattern: code) &* body.scale)
        }
    }

    /// Stores what `mapping` makes of each wanted code. `packed` has been checked to hold the block's codes and the spare bytes.
    @inline(__always) private static func unpack<Mapping: CodeMapping>(
        _ packed: UnsafeRawBufferPointer, _ rows: Rows, width: Int, into target: UnsafeMutablePointer<Mapping.Element>, _ mapping: Mapping
    ) {
        guard width > 0, let source = packed.baseAddress else { return unsafe target.update(repeating: mapping.element(0), count: rows.outputCount) }
        if let selected = unsafe rows.selected {
            unsafe BitPacking.unpack(source, rows: selected, width: width, into: target, mapping)
        } else {
            unsafe BitPacking.unpack(source, count: rows.count, width: width, into: target, mapping)
        }
    }
}
