internal import GatewayModel

/// Reads the labels and values of ``NotatedSeries``.
struct SeriesNotationParser {
    private let bytes: [UInt8]
    private var position = 0

    /// Repetitions may not make more values than this: a test's series are a few thousand long, and one more digit is a slip that costs gigabytes.
    static let valuesMax = 1_000_000

    init(_ text: String) { bytes = Array(text.utf8) }

    // MARK: Labels

    mutating func labels() throws(SeriesNotationError) -> SeriesLabels {
        skipSpaces()
        var labels: [SeriesLabel] = []
        let name = takeWord { Self.isIdentifier($0) || $0 == UInt8(ascii: ":") }
        if !name.isEmpty { labels.append(SeriesLabel(SeriesLabels.metricName, name)) }
        // Braces after a space are a histogram's.
        if take("{") {
            try bracedLabels(into: &labels)
        } else if name.isEmpty {
            throw error("unexpected \(found) in series description, expected a metric name or \"{\"")
        }
        return SeriesLabels(labels)
    }

    private mutating func bracedLabels(into labels: inout [SeriesLabel]) throws(SeriesNotationError) {
        while true {
            skipSpaces()
            if take("}") { return }
            let isQuoted = peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") || peek == UInt8(ascii: "`")
            let name = isQuoted ? try string() : takeWord(where: Self.isIdentifier)
            if name.isEmpty { throw error("unexpected \(found) in label set, expected identifier or \"}\"") }
            skipSpaces()
            if take("=") {
                skipSpaces()
                labels.append(SeriesLabel(name, try string()))
            } else if isQuoted {
                labels.append(SeriesLabel(SeriesLabels.metricName, name))
            } else {
                throw error("unexpected \(found) in label set, expected \"=\"")
            }
            skipSpaces()
            if !take(","), peek != UInt8(ascii: "}") { throw error("unexpected \(found) in label set, expected \",\" or \"}\"") }
        }
    }

    private mutating func string() throws(SeriesNotationError) -> String {
        let start = position
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") else {
            throw error("unexpected \(found) in label set, expected string")
        }
        position += 1
        while let byte = peek, byte != quote { position += byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1 }
        guard position < bytes.count else { throw SeriesNotationError(message: "unterminated quoted string", offset: start) }
        position += 1
        guard let text = String.goUnquoted(bytes[start..<position]) else { throw SeriesNotationError(message: "invalid quoted string", offset: start) }
        return text
    }

    // MARK: Values

    mutating func values() throws(SeriesNotationError) -> [NotatedValue] {
        var values: [NotatedValue] = []
        while position < bytes.count {
            guard skipSpaces() > 0 else { throw error("unexpected \(found) in series values, expected a space") }
            if position < bytes.count { try item(into: &values) }
        }
        return values
    }

    private mutating func item(into values: inout [NotatedValue]) throws(SeriesNotationError) {
        if take("_") {
            let times = try repetitions() ?? 1
            try add(times, to: &values) { _ in .missing }
        } else if startsHistogram {
            try histograms(into: &values)
        } else {
            try numbers(into: &values)
        }
    }

    private mutating func numbers(into values: inout [NotatedValue]) throws(SeriesNotationError) {
        var value: Double
        if takeKeyword("stale") {
            value = SampleColumns.staleMarker
        } else {
            value = try number()
        }
        if let times = try repetitions() { return try add(times + 1, to: &values) { _ in .number(value) } }
        guard peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") else { return values.append(.number(value)) }
        let step = try number()
        guard let times = try repetitions() else { throw error("unexpected \(found) in series values, expected \"x\"") }
        // Added up one by one, as upstream does, rounding included.
        try add(times + 1, to: &values) { index in
            if index > 0 { value += step }
            return .number(value)
        }
    }

    private mutating func histograms(into values: inout [NotatedValue]) throws(SeriesNotationError) {
        let (base, statesHint) = try histogram()
        if let times = try repetitions() {
            return try add(times + 1, to: &values) { _ in .histogram(base, statesHint: statesHint) }
        }
        let isAddition = take("+")
        guard isAddition || take("-") else { return values.append(.histogram(base, statesHint: statesHint)) }
        guard startsHistogram else { throw error("unexpected \(found) in series values, expected a histogram") }
        let (step, stepStatesHint) = try histogram()
        guard let times = try repetitions() else { throw error("unexpected \(found) in series values, expected \"x\"") }
        var current = base
        try add(times + 1, to: &values) { index throws(SeriesNotationError) in
            guard index > 0 else { return .histogram(base, statesHint: statesHint || stepStatesHint) }
            if current.schema > step.schema {
                throw error("error combining histograms: cannot merge from schema \(step.schema) to \(current.schema)")
            }
            do {
                _ = try isAddition ? current.add(step) : current.subtract(step)
            } catch {
                throw self.error("error combining histograms: incompatible schemas")
            }
            return .histogram(current, statesHint: statesHint || stepStatesHint)
        }
    }

    private func add(
        _ count: Int, to values: inout [NotatedValue], _ make: (Int) throws(SeriesNotationError) -> NotatedValue
    ) throws(SeriesNotationError) {
        guard count <= Self.valuesMax - values.count else { throw error("a series may have at most \(Self.valuesMax) values") }
        values.reserveCapacity(values.count + count)
        for index in 0..<count { values.append(try make(index)) }
    }

    /// The number after `x`; nil when there is no `x`.
    private mutating func repetitions() throws(SeriesNotationError) -> Int? {
        guard take("x") else { return nil }
        let digits = takeWord(where: Self.isDigit)
        guard let count = Int(digits), count < Int.max else { throw error("unexpected \(found) in series values, expected a number of repetitions") }
        return count
    }

    /// A number with any sign: decimal, `Inf` or `NaN`. Hexadecimal numbers would be mistaken for repetitions.
    mutating func number() throws(SeriesNotationError) -> Double {
        let start = position
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        let sign = isNegative ? -1.0 : 1.0
        for (word, value) in [("infinity", Double.infinity), ("inf", .infinity), ("nan", .nan)] where takeKeyword(word) { return sign * value }
        let digits = position
        position += bytes[position...].prefix(while: Self.isDigit).count
        if take(".") { position += bytes[position...].prefix(while: Self.isDigit).count }
        if position > digits, let exponent = exponentLength { position += exponent }
        guard position > digits, let value = Double(String(decoding: bytes[digits..<position], as: UTF8.self)) else {
            position = start
            throw error("unexpected \(found) in series values, expected number or \"stale\"")
        }
        return sign * value
    }

    private var exponentLength: Int? {
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return nil }
        var length = 1
        if position + length < bytes.count, bytes[position + length] == UInt8(ascii: "+") || bytes[position + length] == UInt8(ascii: "-") { length += 1 }
        let digits = bytes[min(bytes.count, position + length)...].prefix(while: Self.isDigit).count
        return digits == 0 ? nil : length + digits
    }

    func expectEnd() throws(SeriesNotationError) {
        if !bytes[position...].allSatisfy(Self.isSpace) { throw error("unexpected \(found) in series description") }
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var startsHistogram: Bool { position + 1 < bytes.count && bytes[position] == UInt8(ascii: "{") && bytes[position + 1] == UInt8(ascii: "{") }

    /// What stands at the place, for messages.
    var found: String { peek.map { "\"\(Character(Unicode.Scalar($0)))\"" } ?? "end of input" }

    func error(_ message: String) -> SeriesNotationError { SeriesNotationError(message: message, offset: position) }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == scalar.value else { return false }
        position += 1
        return true
    }

    /// Takes a word in any case, unless letters or digits other than repetitions follow.
    private mutating func takeKeyword(_ word: String) -> Bool {
        let expected = Array(word.utf8)
        guard bytes.count - position >= expected.count, zip(bytes[position...], expected).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
        let next = position + expected.count
        if next < bytes.count, Self.isIdentifier(bytes[next]), bytes[next] != UInt8(ascii: "x") { return false }
        position = next
        return true
    }

    mutating func takeWord(where isPart: (UInt8) -> Bool) -> String {
        let word = bytes[position...].prefix(while: isPart)
        position += word.count
        return String(decoding: word, as: UTF8.self)
    }

    @discardableResult
    mutating func skipSpaces() -> Int {
        let count = bytes[position...].prefix(while: Self.isSpace).count
        position += count
        return count
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    static func isIdentifier(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
