internal import GatewayModel

extension QueryMeasure {
    /// The longest accepted measure text, in characters.
    static let textLengthMax = 4_096

    /// Parses `p95(duration) as slow`, `count(status >= 500)`, `rate`, ...
    ///
    /// - Parameter field: the key that the error shall name, for example `measures[0]`.
    /// - Throws: `invalid_measure`, `unknown_field`, or `invalid_filter` with the position in the measure's text.
    package init(_ text: String, field: String = "measures") throws(QueryError) {
        let parsed = try MeasureText(text, field: field)
        let function = try parsed.function()
        self.init(function, name: parsed.alias ?? text.trimmingSpaces())
    }

    /// The text that ``init(_:field:)`` reads back.
    package var text: String {
        let canonical = function.text
        if name == canonical { return canonical }
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } && !name.isEmpty
        return canonical + " as " + (isPlain ? name : "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"")
    }
}

/// A measure's text cut into its parts: `word ( argument ) as alias`.
private struct MeasureText {
    let word: String
    /// What stands in the parentheses; nil when there are none.
    let argument: String?
    /// Characters of the text before the argument.
    let argumentOffset: Int
    let alias: String?
    let field: String

    init(_ text: String, field: String) throws(QueryError) {
        self.field = field
        let characters = Array(text)
        guard characters.count <= QueryMeasure.textLengthMax else {
            throw QueryError(.invalidMeasure, "the measure is longer than \(QueryMeasure.textLengthMax) characters", field: field)
        }
        var position = characters.firstIndex { !$0.isWhitespace } ?? 0
        let wordStart = position
        while position < characters.count, characters[position].isLetter || characters[position].isNumber || "._".contains(characters[position]) { position += 1 }
        word = String(characters[wordStart..<position])
        Self.skipSpaces(characters, &position)
        if position < characters.count, characters[position] == "(" {
            guard let close = Self.closing(characters, position) else {
                throw Self.error("'(' is not closed", field, position, hint: "add ')'")
            }
            argument = String(characters[(position + 1)..<close])
            argumentOffset = position + 1
            position = close + 1
        } else {
            argument = nil
            argumentOffset = position
        }
        alias = try Self.alias(characters, &position, field)
        guard position >= characters.count else {
            throw Self.error("unexpected text behind the measure", field, position, hint: "write \(word)(...) as name")
        }
        guard !word.isEmpty else { throw Self.error("expected a measure", field, wordStart, hint: "for example count, p95(duration), ratio(status >= 500)") }
    }

    func function() throws(QueryError) -> QueryMeasure.Function {
        switch (word, argument) {
        case ("count", nil): return .count
        case ("count", .some): return .countWhere(try filter())
        case ("rate", nil): return .rate
        case ("rate", .some(let text)): return .rateOf(try measurable(text))
        case ("sum", .some(let text)): return .sum(try measurable(text))
        case ("avg", .some(let text)): return .average(try measurable(text))
        case ("min", .some(let text)): return .minimum(try measurable(text))
        case ("max", .some(let text)): return .maximum(try measurable(text))
        case ("ratio", .some): return .ratio(try filter())
        case ("distinct", .some(let text)): return .distinct(try known(text))
        case ("percentile", .some(let text)): return try percentile(text)
        case ("histogram", .some(let text)): return try histogram(text)
        case ("median", .some(let text)): return .percentile(try measurable(text), 50)
        case (_, .some(let text)):
            if word.first == "p", let percent = Double(word.dropFirst()) { return .percentile(try measurable(text), try checked(percent)) }
            throw Self.error("there is no measure '\(word)'", field, 0, hint: Self.known)
        case (_, nil):
            let needsArgument = ["sum", "avg", "min", "max", "ratio", "distinct", "percentile", "median", "histogram"].contains(word)
            throw needsArgument
                ? Self.error("'\(word)' needs an argument in parentheses", field, 0, hint: "write \(word)(\(word == "ratio" ? "status >= 500" : "duration"))")
                : Self.error("there is no measure '\(word)'", field, 0, hint: Self.known)
        }
    }

    private static let known = "count, rate, sum, avg, min, max, p50, p95, p99.9, percentile, ratio, distinct, histogram"

    private func filter() throws(QueryError) -> QueryFilter {
        let text = argument ?? ""
        guard !text.trimmingSpaces().isEmpty else {
            throw Self.error("'\(word)' needs a filter in the parentheses", field, argumentOffset, hint: "write \(word)(status >= 500)")
        }
        do throws(FilterError) {
            return QueryFilter(text: text.trimmingSpaces(), filter: try FilterParser.parse(text))
        } catch {
            throw QueryError(error, field: field, columnsBefore: argumentOffset)
        }
    }

    private func percentile(_ text: String) throws(QueryError) -> QueryMeasure.Function {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let percent = Double(parts[1].trimmingSpaces()) else {
            throw Self.error("expected a field and a number from 0 to 100", field, argumentOffset, hint: "write percentile(duration, 99.9)")
        }
        return .percentile(try measurable(String(parts[0])), try checked(percent))
    }

    /// `duration`, or `duration, 0.5, 1, 2` with bounds in the field's unit.
    private func histogram(_ text: String) throws(QueryError) -> QueryMeasure.Function {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let field = try measurable(String(parts.first ?? ""))
        if parts.count < 2 { return .histogram(field, ValueLimits.steps(field)) }
        var bounds: [Double] = []
        for part in parts.dropFirst() {
            guard let bound = Double(part.trimmingSpaces()) else { throw boundsError }
            bounds.append(bound)
        }
        guard let limits = ValueLimits(bounds, in: field.unit) else { throw boundsError }
        return .histogram(field, limits)
    }

    private var boundsError: QueryError {
        Self.error(
            "bounds are 1 to \(ValueLimits.countMax) ascending numbers from 0 on", field, argumentOffset,
            hint: "write histogram(duration) or histogram(duration, 0.5, 1, 2)")
    }

    private func checked(_ percent: Double) throws(QueryError) -> Double {
        guard percent >= 0, percent <= 100 else { throw Self.error("a percentile lies between 0 and 100", field, 0) }
        return percent
    }

    private func measurable(_ text: String) throws(QueryError) -> RequestField {
        let found = try known(text)
        guard RequestQuery.canMeasure(found) else {
            throw Self.error(
                "'\(found.name)' is not a number to compute '\(word)' of", field, argumentOffset,
                hint: "count its values with distinct(\(found.name)), or group by it")
        }
        return found
    }

    private func known(_ text: String) throws(QueryError) -> RequestField {
        let name = text.trimmingSpaces()
        guard let found = RequestField(named: name) else {
            throw QueryError(
                .unknownField, "there is no field '\(name.prefix(128))'", field: field, hint: "see /api/v1/fields for the fields",
                position: QueryError.Position(line: 1, column: argumentOffset + 1))
        }
        return found
    }

    // MARK: Characters

    private static func error(_ message: String, _ field: String, _ offset: Int, hint: String? = nil) -> QueryError {
        QueryError(.invalidMeasure, message, field: field, hint: hint, position: QueryError.Position(line: 1, column: offset + 1))
    }

    private static func skipSpaces(_ characters: [Character], _ position: inout Int) {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
    }

    /// The parenthesis that closes the one at `open`; quoted text and escaped characters are passed over.
    private static func closing(_ characters: [Character], _ open: Int) -> Int? {
        var depth = 0
        var isQuoted = false
        var index = open
        while index < characters.count {
            switch characters[index] {
            case "\\": index += 1
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted: depth += 1
            case ")" where !isQuoted:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// ` as name` or ` as "any name"`; nil when nothing follows.
    private static func alias(_ characters: [Character], _ position: inout Int, _ field: String) throws(QueryError) -> String? {
        skipSpaces(characters, &position)
        guard position + 2 < characters.count, String(characters[position..<position + 2]).lowercased() == "as", characters[position + 2].isWhitespace
        else { return nil }
        position += 2
        skipSpaces(characters, &position)
        let start = position
        var name = ""
        if position < characters.count, characters[position] == "\"" {
            position += 1
            while position < characters.count, characters[position] != "\"" {
                if characters[position] == "\\", position + 1 < characters.count { position += 1 }
                name.append(characters[position])
                position += 1
            }
            guard position < characters.count else { throw error("the name's quote is not closed", field, start) }
            position += 1
        } else {
            while position < characters.count, !characters[position].isWhitespace {
                name.append(characters[position])
                position += 1
            }
        }
        skipSpaces(characters, &position)
        guard !name.isEmpty else { throw error("expected a name behind 'as'", field, start) }
        return name
    }
}
