internal import ByteCoding
package import GatewayModel

/// Walks a text of samples, Prometheus's format 0.0.4 or OpenMetrics 1.0, entry by entry: no copies, no strings.
///
/// The text format is read as leniently as Prometheus reads it; of OpenMetrics the syntax is strict (single spaces, `# EOF`), while what a family may
/// hold is the subject of ``OpenMetricsRules``. What an entry points at stays valid until the next call of ``next()``.
///
/// It borrows the bytes and must not outlive the `withUnsafeBytes` call it was made in.
/// Sources: Prometheus documentation "Exposition formats"; OpenMetrics 1.0; prometheus/prometheus `model/textparse`.
@safe package struct ExpositionParser {
    /// Bytes of the text, between quotes where there were any.
    package struct Text: Sendable, Equatable {
        package var range: Range<Int>
        /// Whether backslashes must be taken out.
        package var hasEscapes: Bool
    }

    /// A label as it stands in the text.
    package struct Label: Sendable {
        package var name: Text
        package var value: Text
    }

    package enum Entry: Sendable {
        case type(family: Text, MetricMetadata.Kind)
        case help(family: Text, Text)
        case unit(family: Text, Text)
        case sample(Sample)
    }

    /// One sample. Its labels stand in ``labels`` of the parser.
    package struct Sample: Sendable {
        /// The bytes of name and labels: equal bytes are the same series.
        package var series: Range<Int>
        package var name: Text
        package var value: Double
        /// Milliseconds since 1970; nil when the text gives none.
        package var time: Int64?
        /// The same in seconds, as OpenMetrics spells it.
        package var timeSeconds: Double?
        package var exemplar: ExemplarText?
    }

    /// An exemplar; its labels stand in ``exemplarLabels`` of the parser.
    package struct ExemplarText: Sendable {
        package var value: Double
        /// Milliseconds since 1970.
        package var time: Int64?
    }

    package let format: ExpositionFormat
    let source: UnsafeRawBufferPointer
    var at = 0
    /// The line being read, from 1, and where it starts.
    package var line = 1
    var lineStart = 0
    /// Labels of the last sample, in the order of the text; the name's ones are not among them.
    package var labels: [Label] = []
    package var exemplarLabels: [Label] = []
    var isUTF8Checked = false
    /// Whether `# EOF` was read.
    var isComplete = false

    package init(_ source: UnsafeRawBufferPointer, _ format: ExpositionFormat) {
        unsafe self.source = source
        self.format = format
    }

    /// The next entry; nil at the end of the text.
    package mutating func next() throws(ExpositionError) -> Entry? {
        if !isUTF8Checked {
            if let offset = unsafe UTF8Text.firstInvalid(source) { throw invalidUTF8(offset) }
            isUTF8Checked = true
        }
        return switch format {
        case .text: try nextInText()
        case .openMetrics: try nextInOpenMetrics()
        }
    }

    // MARK: What an entry points at

    /// The bytes of a part of the text; valid as long as the source.
    package func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range of this text")
        return unsafe UnsafeRawBufferPointer(rebasing: source[range])
    }

    /// A text without its escapes: `\\`, `\"` and `\n`; other backslashes stay.
    package func string(_ text: Text) -> String {
        guard text.hasEscapes else { return unsafe String(decoding: bytes(text.range), as: UTF8.self) }
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(text.range.count)
        var index = text.range.lowerBound
        while index < text.range.upperBound {
            let byte = byte(index)
            index += 1
            guard byte == UInt8(ascii: "\\"), index < text.range.upperBound else {
                unescaped.append(byte)
                continue
            }
            switch self.byte(index) {
            case UInt8(ascii: "n"): unescaped.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\\"): unescaped.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "\""): unescaped.append(UInt8(ascii: "\""))
            case let other: unescaped += [UInt8(ascii: "\\"), other]
            }
            index += 1
        }
        return String(decoding: unescaped, as: UTF8.self)
    }

    /// The labels of a sample with its name, ready to be kept. Empty values mean that a label is not there.
    package func seriesLabels(_ sample: Sample) -> [SeriesLabel] {
        var all = [SeriesLabel(SeriesLabels.metricName, string(sample.name))]
        for label in labels where !label.value.range.isEmpty { all.append(SeriesLabel(string(label.name), string(label.value))) }
        return all
    }

    /// The exemplar of the last sample.
    ///
    /// - Parameter time: the sample's, for an exemplar without one.
    package func exemplar(_ exemplar: ExemplarText, at time: Int64) -> Exemplar {
        Exemplar(SeriesLabels(exemplarLabels.map { SeriesLabel(string($0.name), string($0.value)) }), value: exemplar.value, time: exemplar.time ?? time)
    }

    // MARK: Pieces of both formats

    @inline(__always) var count: Int { unsafe source.count }

    @inline(__always) func byte(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "an index within the text")
        return unsafe source[index]
    }

    /// The byte that comes next; a line's end behind the last one, so that a text need not end with one.
    @inline(__always) var current: UInt8 { at < count ? byte(at) : UInt8(ascii: "\n") }

    func failure(_ message: String, at offset: Int? = nil) -> ExpositionError {
        ExpositionError(message, line: line, column: (offset ?? at) - lineStart + 1)
    }

    private func invalidUTF8(_ offset: Int) -> ExpositionError {
        var line = 1, start = 0
        for index in 0..<offset where byte(index) == UInt8(ascii: "\n") {
            line += 1
            start = index + 1
        }
        return ExpositionError("bytes that are not UTF-8", line: line, column: offset - start + 1)
    }

    /// Steps over the end of the line.
    mutating func endLine() {
        at = min(at + 1, count)
        line += 1
        lineStart = at
    }

    mutating func readToLineEnd() -> Range<Int> {
        let start = at
        at = unsafe UTF8Text.lineEnd(source, from: at)
        return start..<at
    }

    /// Letters, digits, `_` and, in metrics' names, `:`; no digit first. Empty when there is none.
    mutating func readPlainName(allowsColon: Bool) -> Text {
        let start = at
        while at < count {
            let byte = byte(at)
            let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") || (allowsColon && byte == UInt8(ascii: ":"))
            guard isLetter || (at > start && byte &- UInt8(ascii: "0") < 10) else { break }
            at &+= 1
        }
        return Text(range: start..<at, hasEscapes: false)
    }

    /// A string in double quotes on one line.
    mutating func readQuoted(_ what: String) throws(ExpositionError) -> Text {
        let quote = at
        at &+= 1
        let start = at
        var hasEscapes = false
        while at < count {
            switch byte(at) {
            case UInt8(ascii: "\""):
                at &+= 1
                return Text(range: start..<at &- 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                at &+= at &+ 1 < count && byte(at &+ 1) != UInt8(ascii: "\n") ? 2 : 1
            case UInt8(ascii: "\n"): throw failure("\(what) has no closing quote", at: quote)
            default: at &+= 1
            }
        }
        throw failure("\(what) has no closing quote", at: quote)
    }

    /// A metric's name, plain or in quotes.
    mutating func readFamilyName() throws(ExpositionError) -> Text {
        if current == UInt8(ascii: "\"") { return try readQuoted("the metric's name") }
        let name = readPlainName(allowsColon: true)
        guard !name.range.isEmpty else { throw failure("expected a metric's name") }
        return name
    }

    /// Whatever stands up to the next blank or the end of the line.
    mutating func readWord() -> Range<Int> {
        let start = at
        while at < count, byte(at) != UInt8(ascii: " "), byte(at) != UInt8(ascii: "\t"), byte(at) != UInt8(ascii: "\n") { at &+= 1 }
        return start..<at
    }

    mutating func readNumber(_ what: String) throws(ExpositionError) -> Double {
        let word = readWord()
        guard !word.isEmpty else { throw failure("\(what) is missing") }
        guard let number = unsafe FloatText.parse(bytes(word), allowsHexadecimal: format == .text) else {
            throw failure("\(what) is not a number", at: word.lowerBound)
        }
        return number
    }

    /// The labels up to and with the closing brace; the opening one was read.
    ///
    /// - Parameters:
    ///   - name: set when a metric's name stands among them, in quotes.
    ///   - labels: emptied, then filled.
    mutating func readLabels(_ name: inout Text?, into labels: inout [Label]) throws(ExpositionError) {
        labels.removeAll(keepingCapacity: true)
        var isAfterComma = false
        while true {
            skipBlanksInText()
            if current == UInt8(ascii: "}") {
                guard !isAfterComma || format == .text else { throw failure("a comma without a label behind it") }
                at &+= 1
                return
            }
            let start = at
            let isQuoted = current == UInt8(ascii: "\"")
            let labelName = isQuoted ? try readQuoted("a label's name") : readPlainName(allowsColon: false)
            guard !labelName.range.isEmpty else { throw failure("expected a label's name", at: start) }
            skipBlanksInText()
            if current == UInt8(ascii: "=") {
                at &+= 1
                skipBlanksInText()
                guard current == UInt8(ascii: "\"") else { throw failure("a label's value must stand in double quotes") }
                let value = try readQuoted("a label's value")
                guard !contains(labelName, labels) else { throw failure("the label stands twice", at: start) }
                labels.append(Label(name: labelName, value: value))
            } else {
                guard isQuoted, name == nil else { throw failure("expected = behind a label's name") }
                name = labelName
            }
            skipBlanksInText()
            isAfterComma = current == UInt8(ascii: ",")
            if isAfterComma { at &+= 1 } else if current != UInt8(ascii: "}") { throw failure("expected , or } behind a label") }
        }
    }

    private func contains(_ name: Text, _ labels: [Label]) -> Bool {
        for label in labels where unsafe ByteComparison.areEqual(bytes(label.name.range), bytes(name.range)) { return true }
        return false
    }

    /// Blanks between tokens are the text format's; in OpenMetrics each one is meant.
    @inline(__always) mutating func skipBlanksInText() {
        guard format == .text else { return }
        skipBlanks()
    }

    @inline(__always) mutating func skipBlanks() {
        while at < count, byte(at) == UInt8(ascii: " ") || byte(at) == UInt8(ascii: "\t") { at &+= 1 }
    }

    /// Name and labels of a sample.
    mutating func readSeries() throws(ExpositionError) -> (name: Text, range: Range<Int>) {
        let start = at
        var name: Text?
        if current != UInt8(ascii: "{") {
            let plain = readPlainName(allowsColon: true)
            guard !plain.range.isEmpty else { throw failure("expected a metric's name") }
            name = plain
            skipBlanksInText()
        }
        let hasPlainName = name != nil
        if current == UInt8(ascii: "{") {
            at &+= 1
            var read: [Label] = []
            // Taken out, so that the memory is used again.
            swap(&read, &labels)
            try readLabels(&name, into: &read)
            labels = read
        } else {
            labels.removeAll(keepingCapacity: true)
        }
        guard let name, !name.range.isEmpty else { throw failure("the sample has no metric's name", at: start) }
        // Blanks behind a plain name are no part of the series.
        return (name, start..<(labels.isEmpty && hasPlainName ? name.range.upperBound : at))
    }
}
