extension IntegerBlock {
    /// Decodes a block of `target.count` values.
    ///
    /// - Throws: where the block is too short or impossible; `target` then holds anything. Never reads outside of `bytes`.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Int64>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, Rows(count: target.count), into: start)
    }

    /// The same for codes; values that do not fit 32 bits are cut, which the encoder of codes never writes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt32>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        unsafe try decodeAny(bytes, Rows(count: target.count), into: start)
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

    /// Decodes the selected rows of a block of `rows.limit` values into an array that is made to hold exactly them.
    ///
    /// Costs what the selected rows cost, except in blocks of differences, where each value needs all before it.
    /// - Throws: as ``decode(_:into:)``.
    package static func decode(_ bytes: UnsafeRawBufferPointer, rows: RowSelection, into values: inout [Int64]) throws(ByteReadingError) {
        resize(&values, rows.count)
        unsafe try values.withUnsafeMutableBufferPointer { (buffer) throws(ByteReadingError) in unsafe try decodeSelected(bytes, rows, into: buffer) }
    }

    /// The same for codes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, rows: RowSelection, into codes: inout [UInt32]) throws(ByteReadingError) {
        resize(&codes, rows.count)
        unsafe try codes.withUnsafeMutableBufferPointer { (buffer) throws(ByteReadingError) in unsafe try decodeSelected(bytes, rows, into: buffer) }
    }

    @inline(__always) private static func decodeSelected<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ rows: RowSelection, into target: UnsafeMutableBufferPointer<T>
    ) throws(ByteReadingError) {
        guard let start = target.baseAddress, target.count == rows.count else { return }
        unsafe try rows.withRows { (selected) throws(ByteReadingError) in unsafe try decodeAny(bytes, Rows(count: rows.limit, selected: selected), into: start) }
    }

    /// Which values of a block are wanted.
    @unsafe struct Rows {
        /// Values of the block.
        let count: Int
        /// Ascending and below ``count``; nil for all.
        var selected: UnsafeBufferPointer<UInt16>?

        /// Values that come out.
        @inline(__always) var outputCount: Int { unsafe selected?.count ?? count }
    }

    private static func resize<T: FixedWidthInteger>(_ values: inout [T], _ count: Int) {
        if values.count > count { values.removeLast(values.count - count) }
        if values.count < count { values.append(contentsOf: repeatElement(0, count: count - values.count)) }
    }

    @inline(__always) private static func decodeAny<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ rows: Rows, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        var reader = unsafe ByteReader(bytes)
        let count = unsafe rows.count
        switch try Scheme(rawValue: reader.read(UInt8.self, "an encoding")) {
        case .constant:
            unsafe target.update(repeating: T(truncatingIfNeeded: try reader.read(Int64.self)), count: rows.outputCount)
        case .raw:
            let source = unsafe try reader.readBytes(count * 8, "\(count) raw integers")
            unsafe unpack(source, rows, width: 64, into: target) { T(truncatingIfNeeded: $0) }
        case .packed:
            unsafe try decodeBody(&reader, rows, into: target)
        case .delta:
            if let selected = unsafe rows.selected { return unsafe try decodeDifferences(&reader, count: count, selected, into: target) }
            unsafe try decodeDifferences(&reader, count: count, into: target)
        case .table:
            unsafe try decodeTable(&reader, rows, into: target)
        case nil:
            throw ByteReadingError(offset: 0, expected: "a known encoding of integers")
        }
    }

    @inline(__always) private static func decodeDifferences<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, count: Int, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        guard count > 0 else { return }
        let first = T(truncatingIfNeeded: try reader.read(Int64.self))
        unsafe try decodeBody(&reader, Rows(count: count - 1), into: target + 1)
        unsafe target[0] = first
        var sum = first
        for index in 1..<count {
            unsafe sum &+= target[index]
            unsafe target[index] = sum
        }
    }

    /// Decodes all values aside and picks the selected ones.
    private static func decodeDifferences<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, count: Int, _ selected: UnsafeBufferPointer<UInt16>, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        unsafe try withUnsafeTemporaryAllocation(of: T.self, capacity: max(count, 1)) { (all) throws(ByteReadingError) in
            guard let start = all.baseAddress else { return }
            unsafe try decodeDifferences(&reader, count: count, into: start)
            for index in 0..<selected.count { unsafe target[index] = unsafe start[Int(selected[index])] }
        }
    }

    @inline(__always) private static func decodeTable<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ rows: Rows, into target: UnsafeMutablePointer<T>
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
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: rows.count, width: body.width), "\(rows.count) packed indices")
        unsafe table.withUnsafeBufferPointer { table in
            unsafe unpack(packed, rows, width: body.width, into: target) { code in unsafe table[Int(truncatingIfNeeded: code)] }
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

    @inline(__always) private static func decodeBody<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ rows: Rows, into target: UnsafeMutablePointer<T>
    ) throws(ByteReadingError) {
        let body = try readBody(&reader)
        let packed = unsafe try reader.readBytes(BitPacking.packedBytes(count: rows.count, width: body.width), "\(rows.count) values of \(body.width) bits")
        let base = body.base
        let scale = body.scale
        if body.hasAbsent {
            let before = base &- scale
            unsafe unpack(packed, rows, width: body.width, into: target) { code in
                T(truncatingIfNeeded: code == 0 ? absent : before &+ Int64(bitPattern: code) &* scale)
            }
        } else if scale == 1 {
            unsafe unpack(packed, rows, width: body.width, into: target) { code in T(truncatingIfNeeded: base &+ Int64(bitPattern: code)) }
        } else {
            unsafe unpack(packed, rows, width: body.width, into: target) { code in T(truncatingIfNeeded: base &+ Int64(bitPattern: code) &* scale) }
        }
        if body.exceptions > 0 { unsafe try decodeExceptions(&reader, body, rows, into: target) }
    }

    /// Puts the exceptions to their places among the wanted values. Both stand in order of rows, so one walk over the two is enough.
    private static func decodeExceptions<T: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ body: Body, _ rows: Rows, into target: UnsafeMutablePointer<T>
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
            unsafe target[place] = T(truncatingIfNeeded: isAbsent ? absent : before &+ Int64(bitPattern: code) &* body.scale)
        }
    }

    /// Stores what `value` makes of each wanted code. `packed` has been checked to hold the block's codes and the spare bytes.
    @inline(__always) private static func unpack<T: BitwiseCopyable>(
        _ packed: UnsafeRawBufferPointer, _ rows: Rows, width: Int, into target: UnsafeMutablePointer<T>, _ value: (UInt64) -> T
    ) {
        guard width > 0, let source = packed.baseAddress else { return unsafe target.update(repeating: value(0), count: rows.outputCount) }
        if let selected = unsafe rows.selected {
            unsafe BitPacking.unpack(source, rows: selected, width: width, into: target, value)
        } else {
            unsafe BitPacking.unpack(source, count: rows.count, width: width, into: target, value)
        }
    }
}
