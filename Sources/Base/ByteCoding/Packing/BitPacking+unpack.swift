/// Unpacking, the innermost loop of every scan.
///
/// Eight codes of `width` bits fill `width` bytes, so every group of eight begins at a byte, and where the width is known to the compiler each code of a group
/// stands at a known byte and a known shift: load, shift, mask, store, and no counting of bits. So there is a copy of the loop for each width up to
/// ``unrolledWidthMax``, which doubles the speed (3 G codes/s against 1.5 on a 3 GHz core); wider codes, which few columns have, take the loop that counts.
/// What becomes of a code is a type and not a closure: the compiler then always makes a copy of the loop for it, without a call per code.
protocol CodeMapping {
    associatedtype Element: BitwiseCopyable
    func element(_ code: UInt64) -> Element
}

extension BitPacking {
    static let unrolledWidthMax = 24

    /// Stores what `mapping` makes of each of `count` codes.
    ///
    /// - Parameter source: at least ``packedBytes(count:width:)`` bytes; the caller has checked its length.
    @inline(__always) static func unpack<Mapping: CodeMapping>(
        _ source: UnsafeRawPointer, count: Int, width: Int, into target: UnsafeMutablePointer<Mapping.Element>, _ mapping: Mapping
    ) {
        let grouped: Int
        switch width {
        case 1: grouped = unsafe groups(1, source, count, target, mapping)
        case 2: grouped = unsafe groups(2, source, count, target, mapping)
        case 3: grouped = unsafe groups(3, source, count, target, mapping)
        case 4: grouped = unsafe groups(4, source, count, target, mapping)
        case 5: grouped = unsafe groups(5, source, count, target, mapping)
        case 6: grouped = unsafe groups(6, source, count, target, mapping)
        case 7: grouped = unsafe groups(7, source, count, target, mapping)
        case 8: grouped = unsafe groups(8, source, count, target, mapping)
        case 9: grouped = unsafe groups(9, source, count, target, mapping)
        case 10: grouped = unsafe groups(10, source, count, target, mapping)
        case 11: grouped = unsafe groups(11, source, count, target, mapping)
        case 12: grouped = unsafe groups(12, source, count, target, mapping)
        case 13: grouped = unsafe groups(13, source, count, target, mapping)
        case 14: grouped = unsafe groups(14, source, count, target, mapping)
        case 15: grouped = unsafe groups(15, source, count, target, mapping)
        case 16: grouped = unsafe groups(16, source, count, target, mapping)
        case 17: grouped = unsafe groups(17, source, count, target, mapping)
        case 18: grouped = unsafe groups(18, source, count, target, mapping)
        case 19: grouped = unsafe groups(19, source, count, target, mapping)
        case 20: grouped = unsafe groups(20, source, count, target, mapping)
        case 21: grouped = unsafe groups(21, source, count, target, mapping)
        case 22: grouped = unsafe groups(22, source, count, target, mapping)
        case 23: grouped = unsafe groups(23, source, count, target, mapping)
        case 24: grouped = unsafe groups(24, source, count, target, mapping)
        default: grouped = 0
        }
        for index in grouped..<count { unsafe target[index] = unsafe mapping.element(code(source, index, width)) }
    }

    /// Stores what `mapping` makes of the codes of the given rows, which the caller has checked to be rows of the run.
    @inline(__always) static func unpack<Mapping: CodeMapping>(
        _ source: UnsafeRawPointer, rows: UnsafeBufferPointer<UInt16>, width: Int, into target: UnsafeMutablePointer<Mapping.Element>, _ mapping: Mapping
    ) {
        if width == 0 { return unsafe target.update(repeating: mapping.element(0), count: rows.count) }
        if width == 64 {
            for index in 0..<rows.count { unsafe target[index] = unsafe mapping.element(code(source, Int(rows[index]), 64)) }
            return
        }
        let mask = (UInt64(1) &<< UInt64(width)) &- 1
        for index in 0..<rows.count {
            let bit = unsafe Int(rows[index]) &* width
            let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
            unsafe target[index] = mapping.element((word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask)
        }
    }

    /// The code of one row.
    @inline(__always) static func code(_ source: UnsafeRawPointer, _ row: Int, _ width: Int) -> UInt64 {
        if width == 0 { return 0 }
        if width == 64 { return unsafe source.loadUnaligned(fromByteOffset: row &* 8, as: UInt64.self) }
        let bit = row &* width
        let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
        return (word &>> UInt64(truncatingIfNeeded: bit & 7)) & ((UInt64(1) &<< UInt64(width)) &- 1)
    }

    /// Unpacks the whole groups of eight and returns how many codes those are. `width` is a literal where it is called.
    @inline(__always) private static func groups<Mapping: CodeMapping>(
        _ width: Int, _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutablePointer<Mapping.Element>, _ mapping: Mapping
    ) -> Int {
        var from = unsafe source
        var to = unsafe target
        for _ in 0..<(count &>> 3) {
            unsafe to[0] = unsafe mapping.element(code(from, 0, width))
            unsafe to[1] = unsafe mapping.element(code(from, 1, width))
            unsafe to[2] = unsafe mapping.element(code(from, 2, width))
            unsafe to[3] = unsafe mapping.element(code(from, 3, width))
            unsafe to[4] = unsafe mapping.element(code(from, 4, width))
            unsafe to[5] = unsafe mapping.element(code(from, 5, width))
            unsafe to[6] = unsafe mapping.element(code(from, 6, width))
            unsafe to[7] = unsafe mapping.element(code(from, 7, width))
            unsafe from += width
            unsafe to += 8
        }
        return count & ~7
    }
}
