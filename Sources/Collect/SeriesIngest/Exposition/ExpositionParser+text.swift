internal import ByteCoding
internal import GatewayModel

/// The text format 0.0.4: blanks and tabs anywhere between tokens, comments, timestamps in milliseconds.
extension ExpositionParser {
    mutating func nextInText() throws(ExpositionError) -> Entry? {
        while at < count {
            skipBlanks()
            switch current {
            case UInt8(ascii: "\n"): endLine()
            case UInt8(ascii: "#"):
                at &+= 1
                if let entry = try readTextComment() { return entry }
            default: return .sample(try readTextSample())
            }
        }
        return nil
    }

    /// A `HELP` or `TYPE` line; nil for any other comment, which is stepped over.
    private mutating func readTextComment() throws(ExpositionError) -> Entry? {
        let hash = at
        skipBlanks()
        let keyword = at > hash ? readWord() : at..<at
        let (isHelp, isType) = unsafe (Self.areEqual(bytes(keyword), "HELP"), Self.areEqual(bytes(keyword), "TYPE"))
        guard isHelp || isType else {
            _ = readToLineEnd()
            endLine()
            return nil
        }
        skipBlanks()
        let family = try readFamilyName()
        guard current == UInt8(ascii: " ") || current == UInt8(ascii: "\t") || current == UInt8(ascii: "\n") else {
            throw failure("a blank must follow the metric's name")
        }
        skipBlanks()
        let rest = readToLineEnd()
        defer { endLine() }
        if isHelp { return .help(family: family, Text(range: rest, hasEscapes: true)) }
        return .type(family: family, try textKind(rest))
    }

    private func textKind(_ word: Range<Int>) throws(ExpositionError) -> MetricMetadata.Kind {
        var word = word
        while let last = word.last, byte(last) == UInt8(ascii: " ") || byte(last) == UInt8(ascii: "\t") || byte(last) == UInt8(ascii: "\r") {
            word = word.lowerBound..<last
        }
        switch unsafe String(decoding: bytes(word), as: UTF8.self) {
        case "counter": return .counter
        case "gauge": return .gauge
        case "histogram": return .histogram
        case "summary": return .summary
        case "untyped", "unknown": return .unknown
        default: throw failure("not a type: expected counter, gauge, histogram, summary or untyped", at: word.lowerBound)
        }
    }

    private mutating func readTextSample() throws(ExpositionError) -> Sample {
        let (name, series) = try readSeries()
        skipBlanks()
        let value = try readNumber("the value")
        skipBlanks()
        var sample = Sample(series: series, name: name, value: value)
        if current != UInt8(ascii: "\n") {
            let word = readWord()
            guard let time = unsafe Self.integer(bytes(word)) else { throw failure("the timestamp is not a whole number of milliseconds", at: word.lowerBound) }
            sample.time = time
            sample.timeSeconds = Double(time) / 1_000
            skipBlanks()
            guard current == UInt8(ascii: "\n") else { throw failure("nothing may follow the timestamp") }
        }
        endLine()
        return sample
    }

    static func areEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        unsafe ByteComparison.areEqual(bytes, UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// A whole number with or without a sign; nil when the bytes are none, or it does not fit.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var magnitude: Int64 = 0
        var start = 0
        let isNegative = unsafe bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
        if isNegative { start = 1 }
        guard bytes.count > start else { return nil }
        for index in start..<bytes.count {
            let digit = unsafe bytes[index] &- UInt8(ascii: "0")
            let (product, overflows) = magnitude.multipliedReportingOverflow(by: 10)
            guard digit <= 9, !overflows else { return nil }
            let (sum, overflowsToo) = product.addingReportingOverflow(Int64(digit))
            guard !overflowsToo else { return nil }
            magnitude = sum
        }
        return isNegative ? -magnitude : magnitude
    }
}
