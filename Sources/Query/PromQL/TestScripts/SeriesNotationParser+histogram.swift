internal import GatewayModel

/// Histograms within series notation: `{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3}}`.
extension SeriesNotationParser {
    /// A histogram, and whether its counter reset hint is written.
    mutating func histogram() throws(SeriesNotationError) -> (NativeHistogram, statesHint: Bool) {
        _ = take("{")
        _ = take("{")
        var parts = HistogramParts()
        skipSpaces()
        while !take("}") {
            let key = takeWord(where: Self.isIdentifier)
            guard !key.isEmpty, take(":") else { throw error("unexpected \(found) in histogram description, expected a key, e.g. buckets:[5 10 7]") }
            guard parts.keys.insert(key).inserted else { throw error("duplicate key \"\(key)\" in histogram") }
            try value(of: key, into: &parts)
            if skipSpaces() == 0, peek != UInt8(ascii: "}") { throw error("unexpected \(found) in histogram description, expected a space or \"}}\"") }
        }
        guard take("}") else { throw error("unexpected \(found) in histogram description, expected \"}}\"") }
        return (parts.made, parts.keys.contains("counter_reset_hint"))
    }

    private mutating func value(of key: String, into parts: inout HistogramParts) throws(SeriesNotationError) {
        switch key {
        case "schema": parts.histogram.schema = try integer()
        case "sum": parts.histogram.sum = try number()
        case "count": parts.histogram.count = try number()
        case "z_bucket": parts.histogram.zeroCount = try number()
        case "z_bucket_w": parts.histogram.zeroThreshold = try number()
        case "custom_values": parts.histogram.customValues = try list()
        case "buckets": parts.histogram.positiveBuckets = try list()
        case "offset": parts.offset = try integer()
        case "n_buckets": parts.histogram.negativeBuckets = try list()
        case "n_offset": parts.negativeOffset = try integer()
        case "counter_reset_hint": parts.histogram.resetHint = try hint()
        default: throw error("bad histogram descriptor found: \"\(key)\"")
        }
    }

    private mutating func hint() throws(SeriesNotationError) -> NativeHistogram.ResetHint {
        let word = takeWord(where: Self.isIdentifier)
        switch word {
        case "unknown": return .unknown
        case "reset": return .reset
        case "not_reset": return .notReset
        case "gauge": return .gauge
        default: throw error("error parsing counter_reset_hint: unknown value \"\(word)\"")
        }
    }

    private mutating func integer() throws(SeriesNotationError) -> Int32 {
        let value = try number()
        guard let integer = Int32(exactly: value) else { throw error("error parsing integer in histogram description") }
        return integer
    }

    private mutating func list() throws(SeriesNotationError) -> [Double] {
        guard take("[") else { throw error("unexpected \(found) in histogram description, expected \"[\"") }
        var numbers: [Double] = []
        skipSpaces()
        while !take("]") {
            numbers.append(try number())
            if skipSpaces() == 0, peek != UInt8(ascii: "]") { throw error("unexpected \(found) in histogram description, expected a space or \"]\"") }
        }
        return numbers
    }
}

/// What was read of a histogram: its buckets become spans when their offset is known too.
private struct HistogramParts {
    var histogram = NativeHistogram()
    var offset: Int32 = 0
    var negativeOffset: Int32 = 0
    var keys: Set<String> = []

    var made: NativeHistogram {
        var made = histogram
        if !made.positiveBuckets.isEmpty { made.positiveSpans = [NativeHistogram.Span(offset: offset, length: UInt32(made.positiveBuckets.count))] }
        if !made.negativeBuckets.isEmpty { made.negativeSpans = [NativeHistogram.Span(offset: negativeOffset, length: UInt32(made.negativeBuckets.count))] }
        return made
    }
}
