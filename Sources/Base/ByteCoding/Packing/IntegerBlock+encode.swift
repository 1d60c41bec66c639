extension IntegerBlock {
    /// Appends the block of `values` to `output`.
    ///
    /// Decoding needs the number of values, which the block does not hold. Linear in the values.
    package static func encode(_ values: [Int64], effort: Effort, into output: inout [UInt8]) {
        unsafe values.withUnsafeBufferPointer { unsafe encode($0, effort: effort, into: &output) }
    }

    package static func encode(_ values: UnsafeBufferPointer<Int64>, effort: Effort, into output: inout [UInt8]) {
        let range = unsafe ValueRange(values)
        if range.lowest == range.highest, range.absentees == 0 || range.absentees == values.count {
            return encodeConstant(range.absentees == 0 ? range.lowest : absent, into: &output)
        }
        // A code must leave room for the absent one and fit the 56 bits that one load can fetch.
        guard range.span < 1 << 55 else { return unsafe encodeRaw(values, into: &output) }
        switch effort {
        case .fast:
            let body = Body(width: BitPacking.width(for: range.span + (range.absentees > 0 ? 1 : 0)), hasAbsent: range.absentees > 0, base: range.lowest)
            if body.bytes(count: values.count) >= values.count * 8 { return unsafe encodeRaw(values, into: &output) }
            output.append(Scheme.packed.rawValue)
            unsafe encodeBody(body, values, into: &output)
        case .small:
            unsafe encodeSmall(values, range, into: &output)
        }
    }

    // MARK: Choosing

    /// The extremes of the present values; equal (and 0) when none is present.
    private struct ValueRange {
        var lowest: Int64 = .max
        var highest: Int64 = .min
        var absentees = 0

        /// The largest difference, as it would be without overflow.
        var span: UInt64 { UInt64(bitPattern: highest &- lowest) }

        init(_ values: UnsafeBufferPointer<Int64>) {
            var lowest = Int64.max
            var highest = Int64.min
            var absentees = 0
            for unsafe value in unsafe values {
                // Without branches, so that the compiler may use vector instructions.
                let isAbsent = value == IntegerBlock.absent
                absentees &+= isAbsent ? 1 : 0
                lowest = min(lowest, isAbsent ? .max : value)
                highest = max(highest, value)
            }
            self.absentees = absentees
            (self.lowest, self.highest) = absentees == values.count ? (0, 0) : (lowest, highest)
        }
    }

    private static func encodeSmall(_ values: UnsafeBufferPointer<Int64>, _ range: ValueRange, into output: inout [UInt8]) {
        let packed = unsafe plan(values, range)
        if packed.bytes(count: values.count) >= values.count * 8 { return unsafe encodeRaw(values, into: &output) }
        // Another scheme must be worth its slower decoding: a tenth smaller.
        var best = packed.bytes(count: values.count) * 9 / 10
        var deltas: [Int64] = []
        var deltaBody: Body?
        if range.absentees == 0, values.count > 2 {
            deltas = unsafe differences(values)
            let body = unsafe deltas.withUnsafeBufferPointer { buffer -> Body? in
                let range = unsafe ValueRange(buffer)
                return unsafe range.absentees == 0 && range.span < 1 << 55 ? plan(buffer, range) : nil
            }
            if let body, body.bytes(count: deltas.count) + 8 < best {
                deltaBody = body
                best = body.bytes(count: deltas.count) + 8
            }
        }
        if packed.width > 2, let table = unsafe DistinctValues(values, max: tableValuesMax), table.bytes(count: values.count) < best {
            return unsafe encodeTable(table, values, into: &output)
        }
        guard let deltaBody else {
            output.append(Scheme.packed.rawValue)
            return unsafe encodeBody(packed, values, into: &output)
        }
        output.append(Scheme.delta.rawValue)
        unsafe append(values[0], to: &output)
        unsafe deltas.withUnsafeBufferPointer { unsafe encodeBody(deltaBody, $0, into: &output) }
    }

    /// The cheapest body for the values.
    private static func plan(_ values: UnsafeBufferPointer<Int64>, _ range: ValueRange) -> Body {
        var body = unsafe Body(hasAbsent: range.absentees > 0, scale: commonDivisor(values, base: range.lowest), base: range.lowest)
        let widest = 64 - body.code(range.highest).leadingZeroBitCount
        let counts = unsafe widths(values, body)
        body.width = BitPacking.width(for: body.code(range.highest))
        guard values.count <= exceptionRowsMax else { return body }
        var fewestBits = values.count * body.width
        var exceptions = 0
        for width in stride(from: widest - 1, through: 0, by: -1) {
            exceptions += counts[width + 1]
            let bits = values.count * width + exceptions * (16 + widest) + 64
            if bits < fewestBits {
                fewestBits = bits
                body.width = width
                body.exceptions = exceptions
                body.exceptionWidth = BitPacking.width(for: body.code(range.highest))
            }
        }
        return body
    }

    /// How many codes have each number of significant bits.
    private static func widths(_ values: UnsafeBufferPointer<Int64>, _ body: Body) -> [Int] {
        var counts = [Int](repeating: 0, count: 65)
        unsafe counts.withUnsafeMutableBufferPointer { counts in
            for unsafe value in unsafe values {
                let code = value == absent ? 0 : body.code(value)
                unsafe counts[64 &- code.leadingZeroBitCount] &+= 1
            }
        }
        return counts
    }

    /// The greatest common divisor of the present values' differences to `base`; 1 when it would not fit 32 bits.
    private static func commonDivisor(_ values: UnsafeBufferPointer<Int64>, base: Int64) -> Int64 {
        var divisor: UInt64 = 0
        for unsafe value in unsafe values where value != absent {
            var rest = UInt64(bitPattern: value &- base)
            // Euclid's algorithm, of which all but a few rows need one step.
            if divisor == 0 { divisor = rest }
            while rest != 0, divisor != 0 {
                let remainder = rest % divisor
                if remainder == 0 { break }
                (rest, divisor) = (divisor, remainder)
            }
            if divisor == 1 { return 1 }
        }
        return divisor == 0 || divisor > UInt64(UInt32.max) ? 1 : Int64(divisor)
    }

    private static func differences(_ values: UnsafeBufferPointer<Int64>) -> [Int64] {
        unsafe [Int64](unsafeUninitializedCapacity: values.count - 1) { buffer, count in
            for index in 1..<values.count { unsafe buffer[index - 1] = unsafe values[index] &- values[index - 1] }
            count = values.count - 1
        }
    }

    // MARK: Writing

    private static func encodeConstant(_ value: Int64, into output: inout [UInt8]) {
        output.append(Scheme.constant.rawValue)
        append(value, to: &output)
    }

    private static func encodeRaw(_ values: UnsafeBufferPointer<Int64>, into output: inout [UInt8]) {
        output.append(Scheme.raw.rawValue)
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(values))
    }

    private static func encodeTable(_ table: DistinctValues, _ values: UnsafeBufferPointer<Int64>, into output: inout [UInt8]) {
        output.append(Scheme.table.rawValue)
        append(UInt16(table.values.count), to: &output)
        for value in table.values { append(value, to: &output) }
        let indices = unsafe table.indices(of: values)
        let body = Body(width: BitPacking.width(for: UInt64(table.values.count - 1)))
        unsafe indices.withUnsafeBufferPointer { unsafe encodeBody(body, $0, into: &output) }
    }

    private static func encodeBody(_ body: Body, _ values: UnsafeBufferPointer<Int64>, into output: inout [UInt8]) {
        output.append(UInt8(body.width))
        output.append(UInt8(body.exceptionWidth))
        output.append(body.hasAbsent ? 1 : 0)
        output.append(0)
        append(UInt32(body.exceptions), to: &output)
        append(UInt32(body.scale), to: &output)
        append(body.base, to: &output)
        if body.scale == 1, !body.hasAbsent, body.exceptions == 0 {
            return unsafe BitPacking.pack(values, base: body.base, width: body.width, into: &output)
        }
        var positions: [UInt16] = []
        var exceptions: [Int64] = []
        let limit: UInt64 = body.width >= 64 ? .max : (1 << UInt64(body.width)) - 1
        let codes = unsafe [Int64](unsafeUninitializedCapacity: values.count) { buffer, count in
            for index in 0..<values.count {
                let code = unsafe values[index] == absent ? 0 : body.code(values[index])
                if code > limit {
                    positions.append(UInt16(truncatingIfNeeded: index))
                    exceptions.append(Int64(bitPattern: code))
                }
                unsafe buffer[index] = code > limit ? 0 : Int64(bitPattern: code)
            }
            count = values.count
        }
        unsafe codes.withUnsafeBufferPointer { unsafe BitPacking.pack($0, base: 0, width: body.width, into: &output) }
        for position in positions { append(position, to: &output) }
        unsafe exceptions.withUnsafeBufferPointer { unsafe BitPacking.pack($0, base: 0, width: body.exceptionWidth, into: &output) }
    }

    private static func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, to output: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe output.append(contentsOf: $0) }
    }
}

/// The distinct values of a block in order of first sight, found by hashing; gives up early when there are too many.
private struct DistinctValues {
    private(set) var values: [Int64] = []
    private var slots: [UInt16]
    private let mask: Int

    /// nil when there are more than `max` distinct values.
    init?(_ rows: UnsafeBufferPointer<Int64>, max: Int) {
        mask = max.nextPowerOfTwo * 4 - 1
        slots = [UInt16](repeating: 0, count: mask + 1)
        var values: [Int64] = []
        var slots = self.slots
        self.slots = []
        for unsafe row in unsafe rows {
            var slot = Self.hash(row) & mask
            while slots[slot] != 0, values[Int(slots[slot]) - 1] != row { slot = (slot + 1) & mask }
            guard slots[slot] == 0 else { continue }
            if values.count == max { return nil }
            values.append(row)
            slots[slot] = UInt16(values.count)
        }
        self.slots = slots
        self.values = values
    }

    /// Bytes of the table scheme for `count` rows, less the scheme's first byte.
    func bytes(count: Int) -> Int {
        2 + values.count * 8 + IntegerBlock.bodyHeaderBytes
            + BitPacking.packedBytes(count: count, width: BitPacking.width(for: UInt64(max(values.count - 1, 0))))
    }

    func indices(of rows: UnsafeBufferPointer<Int64>) -> [Int64] {
        unsafe [Int64](unsafeUninitializedCapacity: rows.count) { buffer, count in
            for unsafe (index, row) in unsafe rows.enumerated() {
                var slot = Self.hash(row) & mask
                while values[Int(slots[slot]) - 1] != row { slot = (slot + 1) & mask }
                unsafe buffer[index] = Int64(slots[slot]) - 1
            }
            count = rows.count
        }
    }

    private static func hash(_ value: Int64) -> Int {
        Int(truncatingIfNeeded: (UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
