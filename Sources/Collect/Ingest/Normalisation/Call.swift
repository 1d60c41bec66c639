internal import ByteCoding
internal import GatewayModel

/// A call while it is read from one document: the draft of its record, the facts beside it, and the values that had to be refused.
///
/// Every `read...` reads exactly one value from the scanner, whatever its type is: a value of a wrong type costs its field, never the
/// record, and is counted.
@safe struct Call {
    let draft: RequestDraft
    let maps: ValueMaps
    var facts = CallFacts()
    /// Values refused since the batch began, by the field's raw value.
    var rejectedFields = [UInt32](repeating: 0, count: RequestField.tableSize)
    /// Texts with their escapes resolved; reused, so that escapes cost no allocation.
    private var unescaped: [UInt8] = []

    init(draft: RequestDraft, maps: ValueMaps) {
        self.draft = draft
        self.maps = maps
    }

    /// Forgets the document, not the counts.
    mutating func reset() {
        draft.reset()
        facts = CallFacts()
    }

    /// Counts a value that had to be refused.
    mutating func reject(_ field: RequestField) { rejectedFields[Int(field.rawValue)] &+= 1 }

    // MARK: Texts

    /// Calls `body` with a token's content, its escapes resolved.
    mutating func withText<R>(_ token: JSONScanner.Text, of scanner: borrowing JSONScanner, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let bytes = unsafe scanner.bytes(of: token)
        guard token.hasEscapes else { return unsafe body(bytes) }
        unescaped.removeAll(keepingCapacity: true)
        unsafe JSONText.unescape(bytes, into: &unescaped)
        return unsafe unescaped.withUnsafeBytes { unsafe body($0) }
    }

    /// Reads a text; a number or a truth value is taken as it is written, of a list the first entry counts, and empty tables are absent.
    mutating func readText(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        switch try scanner.peek() {
        case .string:
            let token = try scanner.readString()
            if token.hasEscapes {
                let draft = draft
                unsafe withText(token, of: scanner) { unsafe draft.setText(field, $0) }
            } else {
                unsafe draft.setText(field, scanner.bytes(of: token))
            }
        case .number, .bool:
            let start = scanner.position
            try scanner.skipValue()
            unsafe draft.setText(field, scanner.bytes(from: start))
        case .null: try scanner.readNull()
        case .array: try readFirstText(field, &scanner)
        case .object: try skipTable(field, &scanner)
        }
    }

    private mutating func readFirstText(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginArray()
        var first = true
        var isTaken = false
        while try scanner.nextElement(&first) {
            guard !isTaken, try scanner.peek() == .string else {
                try scanner.skipValue()
                continue
            }
            isTaken = true
            let token = try scanner.readString()
            let draft = draft
            unsafe withText(token, of: scanner) { unsafe draft.setText(field, $0) }
        }
    }

    /// Skips an object where a text was expected: `{}` is how Lua writes an empty list, anything else is refused.
    private mutating func skipTable(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        var first = true
        var isEmpty = true
        while try scanner.nextKey(&first) != nil {
            isEmpty = false
            try scanner.skipValue()
        }
        if !isEmpty { reject(field) }
    }

    /// Reads a string and gives its content to `body`; a value of another kind is skipped (and refused for `field` unless it is null).
    mutating func readString(_ field: RequestField, _ scanner: inout JSONScanner, _ body: (inout Call, UnsafeRawBufferPointer) -> Void) throws(JSONError) {
        switch try scanner.peek() {
        case .string:
            let token = try scanner.readString()
            guard token.hasEscapes else { return unsafe body(&self, scanner.bytes(of: token)) }
            var text: [UInt8] = []
            unsafe JSONText.unescape(scanner.bytes(of: token), into: &text)
            unsafe text.withUnsafeBytes { unsafe body(&self, $0) }
        case .null: try scanner.readNull()
        case .object: try skipTable(field, &scanner)
        case .array, .number, .bool:
            try scanner.skipValue()
            reject(field)
        }
    }

    // MARK: Numbers

    /// Reads a duration and stores it in microseconds; negative ones and those above 24 hours are refused.
    mutating func readDuration(_ field: RequestField, _ scanner: inout JSONScanner, _ unit: DurationUnit) throws(JSONError) {
        if let micros = try readMicroseconds(field, &scanner, unit) { draft[integer: field] = micros }
    }

    /// Reads a duration for `field` without storing it.
    mutating func readMicroseconds(_ field: RequestField, _ scanner: inout JSONScanner, _ unit: DurationUnit) throws(JSONError) -> Int64? {
        var factor = unit.microseconds
        let number: LooseNumber
        if case .string = try scanner.peek() {
            let token = try scanner.readString()
            let text = unsafe scanner.bytes(of: token)
            if unit == .millisecondsOrNginxSeconds, unsafe Self.isNginxSeconds(LooseText.lastEntry(text)) { factor = 1_000_000 }
            number = unsafe LooseNumber(text: text)
        } else {
            number = try scanner.readLooseNumber()
        }
        guard let value = accept(number, field) else { return nil }
        let micros = (value.double * factor).rounded()
        guard micros >= 0, micros <= Double(ValueLimits.durationMicrosecondsMax) else {
            reject(field)
            return nil
        }
        return Int64(micros)
    }

    /// nginx writes times as seconds with exactly three decimals (ngx_http_upstream_response_time_variable: `%T.%03M`).
    private static func isNginxSeconds(_ text: UnsafeRawBufferPointer) -> Bool {
        unsafe text.count >= 5 && text[text.count - 4] == UInt8(ascii: ".")
    }

    /// Reads a whole number from 0 to `limit` and stores it; a fraction is refused.
    mutating func readCount(_ field: RequestField, _ scanner: inout JSONScanner, max limit: Int64) throws(JSONError) {
        let number = try scanner.readLooseNumber()
        guard let value = accept(number, field) else { return }
        setCount(field, value, max: limit)
    }

    mutating func setCount(_ field: RequestField, _ value: JSONScanner.Number, max limit: Int64) {
        // A count may arrive as 23.0: Lua and JavaScript know only doubles.
        let whole = value.integer ?? (value.double == value.double.rounded() && abs(value.double) < 1e15 ? Int64(value.double) : -1)
        guard whole >= 0, whole <= limit else { return reject(field) }
        draft[integer: field] = whole
    }

    mutating func readTokens(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        try readCount(field, &scanner, max: ValueLimits.tokensMax)
    }

    /// Reads an amount of dollars and stores it in nano-dollars.
    mutating func readDollars(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        let number = try scanner.readLooseNumber()
        guard let value = accept(number, field) else { return }
        let nanos = (value.double * 1e9).rounded()
        guard nanos >= 0, nanos <= Double(ValueLimits.costNanodollarsMax) else { return reject(field) }
        draft[integer: field] = Int64(nanos)
    }

    mutating func readBool(_ field: RequestField, _ scanner: inout JSONScanner) throws(JSONError) {
        switch try scanner.readLooseBool() {
        case .absent: return
        case .wrong: reject(field)
        case .value(let value): draft[integer: field] = value ? 1 : 0
        }
    }

    /// Reads an instant: text, or a number whose unit (`perUnit` microseconds) is known, or is told by its size when `perUnit` is nil.
    mutating func readInstant(_ field: RequestField, _ scanner: inout JSONScanner, perUnit: Double? = nil) throws(JSONError) -> Int64? {
        let instant: Int64?
        switch try scanner.peek() {
        case .string:
            let token = try scanner.readString()
            let text = unsafe scanner.bytes(of: token)
            if text.count == 0 { return nil }
            if let perUnit, let number = unsafe NumberText.parse(LooseText.trim(text)) {
                instant = TimeText.microseconds(number.double, perUnit: perUnit)
            } else {
                instant = unsafe TimeText.instant(of: text)
            }
        case .number:
            let number = try scanner.readNumber()
            instant = perUnit.map { TimeText.microseconds(number.double, perUnit: $0) } ?? TimeText.instant(ofNumber: number.double)
        case .null:
            try scanner.readNull()
            return nil
        case .bool, .object, .array:
            try scanner.skipValue()
            instant = nil
        }
        if instant == nil { reject(field) }
        return instant
    }

    private mutating func accept(_ number: LooseNumber, _ field: RequestField) -> JSONScanner.Number? {
        switch number {
        case .absent: return nil
        case .wrong:
            reject(field)
            return nil
        case .number(let value): return value
        }
    }
}

/// The maps of short texts to meanings that one workspace keeps.
final class ValueMaps {
    let providers: ProviderNames
    private let paths = BoundedMemo<PathFacts>()

    init(providers: ProviderNames) { self.providers = providers }

    func path(_ text: UnsafeRawBufferPointer) -> PathFacts {
        unsafe paths.value(of: text) { unsafe PathFacts(path: $0) }
    }
}
