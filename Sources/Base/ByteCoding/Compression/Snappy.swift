/// Why a Snappy block could not be read.
package struct SnappyError: Error, Equatable, Sendable {
    package enum Code: String, Sendable {
        /// The input ends inside an element.
        case truncated
        /// The length at the start is no variable-length integer of 32 bits.
        case invalidLength = "invalid_length"
        /// The declared length is more than the caller's limit.
        case tooLarge = "too_large"
        /// The declared length is more than the input can hold, or an element writes behind it.
        case lengthExceeded = "length_exceeded"
        /// A copy points before the start of the output.
        case invalidCopy = "invalid_copy"
        /// The elements end before the declared length is reached.
        case lengthNotReached = "length_not_reached"
    }

    package let code: Code
    /// Bytes from the start of the input.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// A sentence for people.
    package var reason: String {
        switch code {
        case .truncated: "the snappy data end inside an element, at byte \(offset)"
        case .invalidLength: "the snappy data do not begin with a length"
        case .tooLarge: "the snappy data declare more bytes than are accepted"
        case .lengthExceeded: "the snappy data hold more or less than they declare, at byte \(offset)"
        case .invalidCopy: "a snappy copy points before the start, at byte \(offset)"
        case .lengthNotReached: "the snappy data end before the declared length"
        }
    }
}

/// Snappy's block format (not the framed one): what remote write bodies are packed in.
///
/// Source: google/snappy `format_description.txt`. A block is a variable-length integer with the size of the output, then elements: literals,
/// and copies of what was written before, which may overlap themselves.
package enum Snappy {
    /// An element takes at least 3 bytes for 64 bytes of output, so that a longer declaration is a lie that must cost no memory.
    private static let expansionMax = 22
    /// Bytes behind the output into which whole words may be written.
    private static let slack = 32

    /// Decompresses one block.
    ///
    /// - Parameter limit: the most bytes of output, checked before anything is allocated.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(SnappyError) -> [UInt8] {
        let (declared, start) = unsafe try declaredLength(input)
        guard declared <= limit else { throw SnappyError(.tooLarge, at: 0) }
        guard declared <= input.count &* expansionMax else { throw SnappyError(.lengthExceeded, at: 0) }
        var failure: SnappyError?
        let output = unsafe [UInt8](unsafeUninitializedCapacity: declared + slack) { buffer, count in
            failure = unsafe expand(input, from: start, into: UnsafeMutableRawBufferPointer(buffer), count: declared)
            count = failure == nil ? declared : 0
        }
        if let failure { throw failure }
        return output
    }

    package static func decompress(_ input: [UInt8], limit: Int) throws(SnappyError) -> [UInt8] {
        let result = unsafe input.withUnsafeBytes { bytes -> Result<[UInt8], SnappyError> in
            do throws(SnappyError) { return unsafe .success(try decompress(bytes, limit: limit)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The size of the output as the block declares it, and where its elements start.
    private static func declaredLength(_ input: UnsafeRawBufferPointer) throws(SnappyError) -> (Int, Int) {
        var value: UInt64 = 0
        for index in 0..<5 {
            guard index < input.count else { throw SnappyError(.truncated, at: index) }
            let byte = unsafe input[index]
            value |= UInt64(byte & 0x7f) << UInt64(7 * index)
            if byte & 0x80 == 0 {
                guard value <= UInt64(UInt32.max) else { break }
                return (Int(value), index + 1)
            }
        }
        throw SnappyError(.invalidLength, at: 0)
    }

    /// One flat loop over the elements. `output` has ``slack`` bytes behind `count`, which copies of whole words may overwrite.
    private static func expand(_ input: UnsafeRawBufferPointer, from start: Int, into output: UnsafeMutableRawBufferPointer, count: Int) -> SnappyError? {
        guard let source = input.baseAddress, let target = output.baseAddress else { return count == 0 ? nil : SnappyError(.truncated, at: start) }
        let end = input.count
        var at = start
        var written = 0
        while at < end {
            let element = at
            let tag = unsafe Int(source.load(fromByteOffset: at, as: UInt8.self))
            at &+= 1
            var length: Int
            let distance: Int
            switch tag & 3 {
            case 0:
                length = tag &>> 2
                if length >= 60 {
                    let size = length &- 59
                    guard at &+ size <= end else { return SnappyError(.truncated, at: element) }
                    length = unsafe littleEndian(source, at, size)
                    at &+= size
                }
                length &+= 1
                guard length <= end &- at else { return SnappyError(.truncated, at: element) }
                guard length <= count &- written else { return SnappyError(.lengthExceeded, at: element) }
                if length <= 16, end &- at >= 16 {
                    unsafe copyWord16(from: source + at, to: target + written)
                } else {
                    unsafe (target + written).copyMemory(from: source + at, byteCount: length)
                }
                at &+= length
                written &+= length
                continue
            case 1:
                guard at < end else { return SnappyError(.truncated, at: element) }
                length = 4 &+ (tag &>> 2 & 7)
                distance = unsafe (tag & 0xe0) &<< 3 | Int(source.load(fromByteOffset: at, as: UInt8.self))
                at &+= 1
            case 2:
                guard at &+ 2 <= end else { return SnappyError(.truncated, at: element) }
                length = (tag &>> 2) &+ 1
                distance = unsafe Int(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
                at &+= 2
            default:
                guard at &+ 4 <= end else { return SnappyError(.truncated, at: element) }
                length = (tag &>> 2) &+ 1
                distance = unsafe Int(UInt32(littleEndian: source.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
                at &+= 4
            }
            guard distance > 0, distance <= written else { return SnappyError(.invalidCopy, at: element) }
            guard length <= count &- written else { return SnappyError(.lengthExceeded, at: element) }
            unsafe repeatBytes(target + written, distance: distance, count: length)
            written &+= length
        }
        return written == count ? nil : SnappyError(.lengthNotReached, at: end)
    }

    @inline(__always) private static func copyWord16(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
        let words = unsafe (source.loadUnaligned(as: UInt64.self), source.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        unsafe target.storeBytes(of: words.0, as: UInt64.self)
        unsafe target.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
    }

    /// Writes `count` bytes, at most 64, that repeat those `distance` before; up to 16 bytes more may be overwritten.
    @inline(__always) private static func repeatBytes(_ target: UnsafeMutableRawPointer, distance: Int, count: Int) {
        var done = 0
        if distance >= 16 {
            while done < count {
                unsafe copyWord16(from: target + (done &- distance), to: target + done)
                done &+= 16
            }
        } else if distance >= 8 {
            while done < count {
                unsafe (target + done).storeBytes(of: (target + (done &- distance)).loadUnaligned(as: UInt64.self), as: UInt64.self)
                done &+= 8
            }
        } else {
            while done < count {
                unsafe (target + done).storeBytes(of: (target + (done &- distance)).load(as: UInt8.self), as: UInt8.self)
                done &+= 1
            }
        }
    }

    @inline(__always) private static func littleEndian(_ source: UnsafeRawPointer, _ offset: Int, _ size: Int) -> Int {
        var value = 0
        for index in 0..<size { value |= unsafe Int(source.load(fromByteOffset: offset &+ index, as: UInt8.self)) &<< (8 &* index) }
        return value
    }
}
