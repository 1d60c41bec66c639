/// Fixed-width bit packing: `count` values of `width` bits each, little endian, least significant bit first.
///
/// Value i stands at bit `i * width`. Packed data end with 8 spare bytes, so that a reader may load 8 bytes at any value's first byte
/// without looking. Widths 57 to 63 are not used (a value could then straddle 9 bytes); such values take 64.
package enum BitPacking {
    /// The width for values up to `largest`.
    package static func width(for largest: UInt64) -> Int {
        let bits = 64 - largest.leadingZeroBitCount
        return bits > 56 ? 64 : bits
    }

    /// Bytes of `count` packed values, spare bytes included.
    package static func packedBytes(count: Int, width: Int) -> Int {
        width == 0 ? 0 : (count * width + 7) / 8 + 8
    }

    /// Appends `values` minus `base`, packed, to `output`. Every difference must fit `width` bits.
    package static func pack(_ values: UnsafeBufferPointer<Int64>, base: Int64, width: Int, into output: inout [UInt8]) {
        guard width > 0 else { return }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: packedBytes(count: values.count, width: width)))
        unsafe output.withUnsafeMutableBytes { all in
            guard let target = unsafe all.baseAddress?.advanced(by: start) else { return }
            if width == 64 {
                for index in 0..<values.count { unsafe target.storeBytes(of: values[index] &- base, toByteOffset: index &* 8, as: Int64.self) }
                return
            }
            var accumulator: UInt64 = 0
            var filled = 0
            var offset = 0
            for index in 0..<values.count {
                let value = unsafe UInt64(bitPattern: values[index] &- base)
                accumulator |= value &<< UInt64(filled)
                filled &+= width
                guard filled >= 64 else { continue }
                unsafe target.storeBytes(of: accumulator, toByteOffset: offset, as: UInt64.self)
                offset &+= 8
                filled &-= 64
                accumulator = filled == 0 ? 0 : value &>> UInt64(width &- filled)
            }
            if filled > 0 { unsafe target.storeBytes(of: accumulator, toByteOffset: offset, as: UInt64.self) }
        }
    }
}
