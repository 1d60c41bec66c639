extension ValueBlock {
    /// Appends the block of `values`, at most ``valuesMax``, to `output`.
    package static func encode(_ values: UnsafeBufferPointer<Double>, effort: Effort, into output: inout [UInt8]) {
        guard let first = unsafe values.first else { return }
        if unsafe values.allSatisfy({ $0.bitPattern == first.bitPattern }) {
            output.append(Scheme.constant.rawValue)
            return append(first.bitPattern, to: &output)
        }
        guard let decimals = unsafe Decimals(values) else { return unsafe encodeBinary(values, effort, into: &output) }
        switch effort {
        case .fast: encodeFast(decimals, into: &output)
        case .small: encodeSmall(decimals, into: &output)
        }
    }

    package static func encode(_ values: [Double], effort: Effort, into output: inout [UInt8]) {
        unsafe values.withUnsafeBufferPointer { unsafe encode($0, effort: effort, into: &output) }
    }

    // MARK: Whole numbers

    /// Packs the numbers or their differences, whichever spans less.
    private static func encodeFast(_ decimals: Decimals, into output: inout [UInt8]) {
        let steps = differences(decimals.integers)
        let isSteady = span(steps) < span(decimals.integers)
        output.append((isSteady ? Scheme.differences : .decimals).rawValue)
        decimals.writeHeader(into: &output)
        if isSteady { append(decimals.integers[0], to: &output) }
        IntegerBlock.encode(isSteady ? steps : decimals.integers, effort: .fast, into: &output)
    }

    /// The largest difference between two of the numbers, none of which is beyond 2^54.
    private static func span(_ values: [Int64]) -> Int64 {
        var (lowest, highest) = (Int64.max, Int64.min)
        for value in values {
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        return highest &- lowest
    }

    private static func encodeSmall(_ decimals: Decimals, into output: inout [UInt8]) {
        var best: [UInt8] = [Scheme.decimals.rawValue]
        decimals.writeHeader(into: &best)
        IntegerBlock.encode(decimals.integers, effort: .small, into: &best)
        for order in 1...2 where best.count > zstdBytesMin {
            // Another scheme must be worth its slower decoding: a twentieth smaller.
            if let steps = encodeSteps(decimals, order: order), steps.count < best.count * 19 / 20 { best = steps }
        }
        output += best
    }

    /// Blocks that are this small already are not tried with Zstandard, whose frame alone takes 20 bytes.
    private static let zstdBytesMin = 64

    /// Values as whole numbers over a power of ten.
    private struct Decimals {
        var exponent = 0
        /// An exception has the number of its neighbour.
        var integers: [Int64] = []
        var exceptions: [(place: UInt32, bits: UInt64)] = []

        /// nil when too many values are no decimals of at most 15 places.
        init?(_ values: UnsafeBufferPointer<Double>) {
            let exceptionsMax = 1 + values.count / exceptionShare
            while exponent < powersOfTen.count {
                if unsafe fill(values, exceptionsMax) { return }
                exponent += 1
            }
            return nil
        }

        /// - Returns: false, and something in the arrays, when another exponent must be tried.
        private mutating func fill(_ values: UnsafeBufferPointer<Double>, _ exceptionsMax: Int) -> Bool {
            integers.removeAll(keepingCapacity: true)
            exceptions.removeAll()
            integers.reserveCapacity(values.count)
            let power = powersOfTen[exponent]
            var previous: Int64 = 0
            for index in 0..<values.count {
                let value = unsafe values[index]
                let scaled = value * power
                // Rounds; a number that is whole already has no half to add.
                let whole = abs(scaled) < 9_007_199_254_740_992 ? Int64(exponent == 0 ? scaled : scaled + (scaled < 0 ? -0.5 : 0.5)) : 0
                if (Double(whole) / power).bitPattern == value.bitPattern {
                    previous = whole
                } else {
                    exceptions.append((UInt32(index), value.bitPattern))
                    // Values that no power makes whole are exceptions; others only wait for the right power.
                    if exceptions.count > exceptionsMax || value.isFinite && value != 0 && exponent < powersOfTen.count - 1 && index < 64 { return false }
                }
                integers.append(previous)
            }
            return true
        }

        func writeHeader(into output: inout [UInt8]) {
            output.append(UInt8(exponent))
            append(UInt32(exceptions.count), to: &output)
            for exception in exceptions {
                append(exception.place, to: &output)
                append(exception.bits, to: &output)
            }
        }
    }

    /// nil when the steps are too wide.
    private static func encodeSteps(_ decimals: Decimals, order: Int) -> [UInt8]? {
        let integers = decimals.integers
        guard integers.count > order + 1 else { return nil }
        var steps = differences(integers)
        let second = steps[0]
        if order == 2 { steps = differences(steps) }
        guard let lowest = steps.min(), let highest = steps.max() else { return nil }
        let (span, isTooWide) = highest.subtractingReportingOverflow(lowest)
        guard !isTooWide, span < 1 << (8 * stepPlanesMax) else { return nil }
        let planes = max(1, (64 - span.leadingZeroBitCount + 7) / 8)
        var bytes = [UInt8](repeating: 0, count: planes * steps.count)
        for plane in 0..<planes {
            for index in 0..<steps.count { bytes[plane * steps.count + index] = UInt8(truncatingIfNeeded: (steps[index] &- lowest) &>> Int64(8 * plane)) }
        }
        var output: [UInt8] = [Scheme.steps.rawValue]
        decimals.writeHeader(into: &output)
        output.append(UInt8(order))
        output.append(UInt8(planes))
        append(integers[0], to: &output)
        append(second, to: &output)
        append(lowest, to: &output)
        let frame = Zstd.compress(bytes, level: zstdLevel)
        append(UInt32(frame.count), to: &output)
        output += frame
        return output
    }

    /// Level 3: of steps that are nearly random the entropy coder takes most of what there is to take, and higher levels find no more.
    static let zstdLevel: Int32 = 3

    private static func differences(_ values: [Int64]) -> [Int64] {
        var result = [Int64](repeating: 0, count: values.count - 1)
        for index in 0..<result.count { result[index] = values[index + 1] &- values[index] }
        return result
    }

    // MARK: Real numbers

    private static func encodeBinary(_ values: UnsafeBufferPointer<Double>, _ effort: Effort, into output: inout [UInt8]) {
        let count = values.count
        if effort == .small, count >= 16 {
            var bytes = [UInt8](repeating: 0, count: count * 8)
            var previous: UInt64 = 0
            for index in 0..<count {
                let bits = unsafe values[index].bitPattern
                let difference = bits &- previous
                previous = bits
                for plane in 0..<8 { bytes[plane * count + index] = UInt8(truncatingIfNeeded: difference &>> UInt64(8 * plane)) }
            }
            let frame = Zstd.compress(bytes, level: zstdLevel)
            if frame.count < count * 8 * 19 / 20 {
                output.append(Scheme.planes.rawValue)
                append(UInt32(frame.count), to: &output)
                output += frame
                return
            }
        }
        output.append(Scheme.raw.rawValue)
        for index in 0..<count { unsafe append(values[index].bitPattern, to: &output) }
    }

    private static func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, to output: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe output.append(contentsOf: $0) }
    }
}
