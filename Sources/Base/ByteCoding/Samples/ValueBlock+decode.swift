extension ValueBlock {
    /// Decodes a block of `target.count` values.
    ///
    /// - Throws: where the block is too short or impossible; `target` then holds anything. Never reads outside of `bytes`.
    package static func decode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Double>) throws(ByteReadingError) {
        guard let start = target.baseAddress else { return }
        let count = target.count
        var reader = unsafe ByteReader(bytes)
        switch try Scheme(rawValue: reader.read(UInt8.self, "an encoding of values")) {
        case .constant:
            unsafe start.update(repeating: Double(bitPattern: try reader.read(UInt64.self)), count: count)
        case .raw:
            let source = unsafe try reader.readBytes(count * 8, "\(count) raw values")
            for index in 0..<count { unsafe start[index] = unsafe Double(bitPattern: source.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)) }
        case .decimals:
            let header = try Header(&reader, count: count)
            // Whole numbers and their quotients have the same size: they change places in the same memory.
            let integers = unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int64.self)
            let rest = unsafe try reader.readBytes(reader.remaining)
            unsafe try IntegerBlock.decode(rest, into: UnsafeMutableBufferPointer(start: integers, count: count))
            unsafe scale(integers, count, header, into: start)
        case .steps:
            let header = try Header(&reader, count: count)
            unsafe try decodeSteps(&reader, header, count, into: start)
        case .differences:
            let header = try Header(&reader, count: count)
            let integers = unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int64.self)
            unsafe integers[0] = try reader.read(Int64.self)
            let rest = unsafe try reader.readBytes(reader.remaining)
            unsafe try IntegerBlock.decode(rest, into: UnsafeMutableBufferPointer(start: integers + 1, count: count - 1))
            for index in 1..<max(1, count) { unsafe integers[index] &+= integers[index &- 1] }
            unsafe scale(integers, count, header, into: start)
        case .planes:
            unsafe try decodePlanes(&reader, count, into: start)
        case nil:
            throw ByteReadingError(offset: 0, expected: "a known encoding of values")
        }
    }

    /// Decodes a block into an array that is made to hold exactly `count` values.
    package static func decode(_ bytes: UnsafeRawBufferPointer, count: Int, into values: inout [Double]) throws(ByteReadingError) {
        if values.count > count { values.removeLast(values.count - count) }
        if values.count < count { values.append(contentsOf: repeatElement(0, count: count - values.count)) }
        unsafe try values.withUnsafeMutableBufferPointer { (buffer) throws(ByteReadingError) in unsafe try decode(bytes, into: buffer) }
    }

    @safe private struct Header {
        let power: Double
        let exceptions: UnsafeRawBufferPointer

        init(_ reader: inout ByteReader, count: Int) throws(ByteReadingError) {
            let exponent = Int(try reader.read(UInt8.self))
            let exceptions = Int(try reader.read(UInt32.self))
            guard exponent < powersOfTen.count, exceptions <= count else { throw ByteReadingError(offset: reader.offset, expected: "a possible header of values") }
            power = powersOfTen[exponent]
            unsafe self.exceptions = try reader.readBytes(exceptions * 12, "exceptions")
            for index in 0..<exceptions {
                guard place(index) < count else { throw ByteReadingError(offset: reader.offset, expected: "places below \(count)") }
            }
        }

        func place(_ index: Int) -> Int { unsafe Int(exceptions.loadUnaligned(fromByteOffset: index &* 12, as: UInt32.self)) }

        func apply(to target: UnsafeMutablePointer<Double>) {
            for index in unsafe 0..<exceptions.count / 12 {
                unsafe target[place(index)] = unsafe Double(bitPattern: exceptions.loadUnaligned(fromByteOffset: index &* 12 &+ 4, as: UInt64.self))
            }
        }
    }

    private static func scale(_ integers: UnsafeMutablePointer<Int64>, _ count: Int, _ header: Header, into target: UnsafeMutablePointer<Double>) {
        let power = header.power
        if power == 1 {
            for index in 0..<count { unsafe target[index] = unsafe Double(integers[index]) }
        } else {
            for index in 0..<count { unsafe target[index] = unsafe Double(integers[index]) / power }
        }
        unsafe header.apply(to: target)
    }

    private static func decodeSteps(
        _ reader: inout ByteReader, _ header: Header, _ count: Int, into target: UnsafeMutablePointer<Double>
    ) throws(ByteReadingError) {
        let order = Int(try reader.read(UInt8.self))
        let planes = Int(try reader.read(UInt8.self))
        let first = try reader.read(Int64.self)
        let second = try reader.read(Int64.self)
        let base = try reader.read(Int64.self)
        let size = Int(try reader.read(UInt32.self))
        guard order == 1 || order == 2, planes >= 1, planes <= stepPlanesMax, count > order else {
            throw ByteReadingError(offset: reader.offset, expected: "possible steps")
        }
        let frame = unsafe try reader.readBytes(size, "a frame of steps")
        let steps = count - order
        unsafe try withUnsafeTemporaryAllocation(byteCount: planes * steps, alignment: 8) { (bytes) throws(ByteReadingError) in
            do { unsafe try Zstd.decompress(frame, into: bytes) } catch { throw ByteReadingError(offset: reader.offset, expected: "an undamaged frame of steps") }
            guard let low = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            let walk = Walk(first: first, second: second, base: base, power: header.power)
            if order == 1 {
                unsafe walk.once(low, planes, steps, into: target)
            } else {
                unsafe walk.twice(low, planes, steps, into: target)
            }
        }
        unsafe header.apply(to: target)
    }

    /// Adds steps up.
    private struct Walk {
        let first: Int64
        let second: Int64
        let base: Int64
        let power: Double

        @inline(__always) func once(_ bytes: UnsafePointer<UInt8>, _ planes: Int, _ steps: Int, into target: UnsafeMutablePointer<Double>) {
            var value = first
            unsafe target[0] = Double(value) / power
            if planes == 1, power == 1 {
                // The one case in which nearly all counters are: nothing but add, convert, store.
                for index in 0..<steps {
                    unsafe value &+= base &+ Int64(bytes[index])
                    unsafe target[index &+ 1] = Double(value)
                }
                return
            }
            for index in 0..<steps {
                unsafe value &+= base &+ step(bytes, planes, steps, index)
                unsafe target[index &+ 1] = Double(value) / power
            }
        }

        func twice(_ bytes: UnsafePointer<UInt8>, _ planes: Int, _ steps: Int, into target: UnsafeMutablePointer<Double>) {
            var difference = second
            var value = first &+ second
            unsafe target[0] = Double(first) / power
            unsafe target[1] = Double(value) / power
            for index in 0..<steps {
                unsafe difference &+= base &+ step(bytes, planes, steps, index)
                value &+= difference
                unsafe target[index &+ 2] = Double(value) / power
            }
        }

        @inline(__always) private func step(_ bytes: UnsafePointer<UInt8>, _ planes: Int, _ steps: Int, _ index: Int) -> Int64 {
            var step = unsafe Int64(bytes[index])
            for plane in 1..<max(1, planes) { unsafe step |= Int64(bytes[plane &* steps &+ index]) &<< Int64(8 &* plane) }
            return step
        }
    }

    private static func decodePlanes(_ reader: inout ByteReader, _ count: Int, into target: UnsafeMutablePointer<Double>) throws(ByteReadingError) {
        let size = Int(try reader.read(UInt32.self))
        let frame = unsafe try reader.readBytes(size, "a frame of planes")
        unsafe try withUnsafeTemporaryAllocation(byteCount: 8 * count, alignment: 8) { (bytes) throws(ByteReadingError) in
            do { unsafe try Zstd.decompress(frame, into: bytes) } catch { throw ByteReadingError(offset: reader.offset, expected: "an undamaged frame of planes") }
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            var bits: UInt64 = 0
            for index in 0..<count {
                var difference: UInt64 = 0
                for plane in 0..<8 { unsafe difference |= UInt64(start[plane &* count &+ index]) &<< UInt64(8 &* plane) }
                bits &+= difference
                unsafe target[index] = Double(bitPattern: bits)
            }
        }
    }
}
