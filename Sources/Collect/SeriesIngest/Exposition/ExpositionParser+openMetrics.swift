internal import ByteCoding
internal import GatewayModel

/// OpenMetrics 1.0: one space between tokens, no comments, timestamps in seconds, exemplars, and `# EOF` at the end.
extension ExpositionParser {
    mutating func nextInOpenMetrics() throws(ExpositionError) -> Entry? {
        if isComplete { return nil }
        guard at < count else { throw failure("the text ends without # EOF") }
        switch current {
        case UInt8(ascii: "\n"): throw failure("an empty line")
        case UInt8(ascii: "#"): return try readMetadata()
        default: return .sample(try readOpenMetricsSample())
        }
    }

    private mutating func readMetadata() throws(ExpositionError) -> Entry? {
        let start = at
        at &+= 1
        guard current == UInt8(ascii: " ") else { throw failure("expected # HELP, # TYPE, # UNIT or # EOF", at: start) }
        at &+= 1
        let keyword = readWord()
        if unsafe Self.areEqual(bytes(keyword), "EOF") { return try readEnd() }
        let (isType, isHelp, isUnit) = unsafe (
            Self.areEqual(bytes(keyword), "TYPE"), Self.areEqual(bytes(keyword), "HELP"), Self.areEqual(bytes(keyword), "UNIT")
        )
        guard isType || isHelp || isUnit else { throw failure("expected # HELP, # TYPE, # UNIT or # EOF", at: start) }
        try expectSpace("behind the keyword")
        let family = try readFamilyName()
        try expectSpace("behind the metric's name")
        let rest = readToLineEnd()
        defer { endLine() }
        if isHelp { return .help(family: family, Text(range: rest, hasEscapes: true)) }
        if isUnit {
            for index in rest where byte(index) == UInt8(ascii: " ") { throw failure("a unit is one word", at: index) }
            return .unit(family: family, Text(range: rest, hasEscapes: false))
        }
        guard let kind = unsafe MetricMetadata.Kind(rawValue: String(decoding: bytes(rest), as: UTF8.self)) else {
            let kinds = MetricMetadata.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("not a type: expected \(kinds)", at: rest.lowerBound)
        }
        return .type(family: family, kind)
    }

    private mutating func readEnd() throws(ExpositionError) -> Entry? {
        guard current == UInt8(ascii: "\n") else { throw failure("nothing may follow # EOF") }
        endLine()
        guard at == count else { throw failure("nothing may follow # EOF") }
        isComplete = true
        return nil
    }

    private mutating func expectSpace(_ place: String) throws(ExpositionError) {
        guard at < count, byte(at) == UInt8(ascii: " ") else { throw failure("expected one space \(place)") }
        at &+= 1
    }

    private mutating func readOpenMetricsSample() throws(ExpositionError) -> Sample {
        let (name, series) = try readSeries()
        try expectSpace("in front of the value")
        var sample = Sample(series: series, name: name, value: try readNumber("the value"))
        if current == UInt8(ascii: " ") {
            at &+= 1
            if current != UInt8(ascii: "#") {
                let seconds = try readSeconds("the timestamp")
                sample.timeSeconds = seconds
                sample.time = Self.milliseconds(seconds)
                if current == UInt8(ascii: " ") {
                    at &+= 1
                    guard current == UInt8(ascii: "#") else { throw failure("only an exemplar may follow the timestamp") }
                }
            }
            if current == UInt8(ascii: "#") { sample.exemplar = try readExemplar() }
        }
        guard at < count, byte(at) == UInt8(ascii: "\n") else { throw failure("expected the end of the line") }
        endLine()
        return sample
    }

    /// ` # {labels} value [seconds]`, from the `#` on.
    private mutating func readExemplar() throws(ExpositionError) -> ExemplarText {
        at &+= 1
        try expectSpace("behind the exemplar's #")
        guard current == UInt8(ascii: "{") else { throw failure("an exemplar begins with its labels in braces") }
        at &+= 1
        // A name may not stand among an exemplar's labels.
        var name: Text? = Text(range: 0..<0, hasEscapes: false)
        var read: [Label] = []
        try readLabels(&name, into: &read)
        exemplarLabels = read
        try expectSpace("in front of the exemplar's value")
        var exemplar = ExemplarText(value: try readNumber("the exemplar's value"))
        if current == UInt8(ascii: " ") {
            at &+= 1
            exemplar.time = Self.milliseconds(try readSeconds("the exemplar's timestamp"))
        }
        return exemplar
    }

    private mutating func readSeconds(_ what: String) throws(ExpositionError) -> Double {
        let start = at
        let seconds = try readNumber(what)
        guard seconds.isFinite else { throw failure("\(what) is not a number of seconds", at: start) }
        return seconds
    }

    /// The nearest millisecond; the ends of the range for what lies beyond.
    static func milliseconds(_ seconds: Double) -> Int64 {
        let milliseconds = (seconds * 1_000).rounded()
        if milliseconds >= 9.2e18 { return .max }
        return milliseconds <= -9.2e18 ? .min : Int64(milliseconds)
    }
}
