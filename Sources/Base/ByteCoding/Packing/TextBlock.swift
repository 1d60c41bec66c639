/// A run of strings as few bytes: how the parts and the write-ahead log hold text columns and the values of dictionaries.
///
/// First byte of the block:
///
/// | scheme | content | for |
/// |---|---|---|
/// | 0 plain | u32 n, n bytes of lengths (an ``IntegerBlock``), the strings' bytes | the log; bytes that do not compress |
/// | 1 zstd | u32 n, lengths, u32 size, one Zstandard frame of the strings' bytes | most columns |
/// | 2 pattern | see below | ids of one shape: `b2fb4e3c-...` |
///
/// **Pattern**: all strings that are not empty have one length, and at each place either the same byte or a lower-case hexadecimal digit.
/// Then only the digits are kept, 4 bits each, which is all that a random id holds; Zstandard needs an eighth more for the same and is slower.
///
///     u8 2 | u8 e | u16 length | length template bytes (0 where a digit stands) | if e: count bits, 1 = not empty | digits, first in the low half
///
/// In plain and zstd the empty string has length 0: to the columns it means "absent".
package enum TextBlock {
    enum Scheme: UInt8 {
        case plain = 0
        case zstd = 1
        case pattern = 2
    }

    /// The longest string a pattern may have: ids are shorter, and the check looks at every byte.
    static let patternBytesMax = 128

    // MARK: Encoding

    /// Appends the block of strings `rows` of a table to `output`. Decoding needs their number, which the block does not hold.
    package static func encode(_ table: StringTable, rows: Range<Int>, effort: IntegerBlock.Effort, into output: inout [UInt8]) {
        let start = rows.lowerBound == 0 ? 0 : Int(table.ends[rows.lowerBound - 1])
        let end = rows.isEmpty ? start : Int(table.ends[rows.upperBound - 1])
        unsafe table.bytes.withUnsafeBytes { bytes in
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            var previous = Int64(start)
            let lengths = table.ends[rows].map { end in
                defer { previous = Int64(end) }
                return Int64(end) - previous
            }
            if effort == .small, unsafe encodePattern(bytes, lengths, into: &output) { return }
            unsafe encode(bytes, lengths, effort: effort, into: &output)
        }
    }

    private static func encode(_ bytes: UnsafeRawBufferPointer, _ lengths: [Int64], effort: IntegerBlock.Effort, into output: inout [UInt8]) {
        let compressed = unsafe effort == .small && bytes.count >= 64 ? Zstd.compress(bytes) : []
        let isCompressed = !compressed.isEmpty && compressed.count < bytes.count * 9 / 10
        output.append((isCompressed ? Scheme.zstd : .plain).rawValue)
        var packedLengths: [UInt8] = []
        IntegerBlock.encode(lengths, effort: effort, into: &packedLengths)
        append(UInt32(packedLengths.count), to: &output)
        output.append(contentsOf: packedLengths)
        if isCompressed {
            append(UInt32(bytes.count), to: &output)
            output.append(contentsOf: compressed)
        } else {
            unsafe output.append(contentsOf: bytes)
        }
    }

    /// Appends the pattern form and returns true; false, with `output` as it was, when the strings are not of one shape.
    private static func encodePattern(_ bytes: UnsafeRawBufferPointer, _ lengths: [Int64], into output: inout [UInt8]) -> Bool {
        guard let first = lengths.first(where: { $0 > 0 }), first <= patternBytesMax, lengths.allSatisfy({ $0 == 0 || $0 == first }) else { return false }
        let length = Int(first)
        let strings = bytes.count / length
        // A single string is cheaper as it is.
        guard strings > 1, let template = unsafe template(bytes, length: length) else { return false }
        let hasEmpty = strings < lengths.count
        output.append(Scheme.pattern.rawValue)
        output.append(hasEmpty ? 1 : 0)
        append(UInt16(length), to: &output)
        output.append(contentsOf: template)
        if hasEmpty { appendBitmap(lengths, to: &output) }
        let digits = template.indices.filter { template[$0] == 0 }
        var half: UInt8 = 0
        var isHalf = false
        for string in 0..<strings {
            for place in digits {
                let digit = unsafe digitValue(bytes[string &* length &+ place])
                if isHalf { output.append(half | digit &<< 4) } else { half = digit }
                isHalf.toggle()
            }
        }
        if isHalf { output.append(half) }
        return true
    }

    /// The common shape: at each place the byte that all strings share, or 0 where all have a digit; nil when there is none.
    private static func template(_ bytes: UnsafeRawBufferPointer, length: Int) -> [UInt8]? {
        var template = unsafe [UInt8](bytes[..<length])
        guard !template.contains(0) else { return nil }
        var digits = 0
        for string in 1..<(bytes.count / length) {
            for place in 0..<length {
                let byte = unsafe bytes[string &* length &+ place]
                if template[place] == byte { continue }
                guard isDigit(byte) else { return nil }
                if template[place] == 0 { continue }
                guard isDigit(template[place]) else { return nil }
                template[place] = 0
                digits += 1
            }
        }
        // Mostly constant strings are repetitions, which Zstandard holds in less.
        return digits * 2 >= length ? template : nil
    }

    private static func appendBitmap(_ lengths: [Int64], to output: inout [UInt8]) {
        var byte: UInt8 = 0
        for (index, length) in lengths.enumerated() {
            if length > 0 { byte |= 1 &<< UInt8(index & 7) }
            guard index & 7 == 7 || index == lengths.count - 1 else { continue }
            output.append(byte)
            byte = 0
        }
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) }

    @inline(__always) private static func digitValue(_ byte: UInt8) -> UInt8 { byte >= 0x61 ? byte &- 0x57 : byte &- 0x30 }

    private static func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, to output: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe output.append(contentsOf: $0) }
    }
}
