internal import GatewayModel

/// The classic grammar: names as in Prometheus's data model, values with or without quotes; commas outside of quotes separate, braces around all are optional.
enum ClassicMatcherParser {
    static func parse(_ text: String) throws(MatcherSyntaxError) -> [SeriesMatcher] {
        var body = text.unicodeScalars[...]
        if body.first == "{" { body = body.dropFirst() }
        if body.last == "}" { body = body.dropLast() }
        var matchers: [SeriesMatcher] = []
        for part in parts(body) { matchers.append(try matcher(part)) }
        return matchers
    }

    /// The text cut at commas outside of quotes. What is behind the last comma counts only if it is more than space.
    private static func parts(_ text: Substring.UnicodeScalarView) -> [String] {
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var isQuoted = false
        var isEscaped = false
        for scalar in text {
            switch scalar {
            case "," where !isQuoted:
                parts.append(String(part))
                part = String.UnicodeScalarView()
                continue
            case "\"":
                if isEscaped { isEscaped = false } else { isQuoted.toggle() }
            case "\\": isEscaped.toggle()
            default: isEscaped = false
            }
            part.append(scalar)
        }
        if part.contains(where: { !$0.properties.isWhitespace }) { parts.append(String(part)) }
        return parts
    }

    private static func matcher(_ text: String) throws(MatcherSyntaxError) -> SeriesMatcher {
        let wrong = MatcherSyntaxError(message: "bad matcher format: \(text)")
        var rest = trimmed(text.unicodeScalars[...])
        let name = rest.prefix { isNamePart($0) }
        guard let first = name.first, !("0"..."9").contains(first) else { throw wrong }
        rest = trimmed(rest.dropFirst(name.count))
        guard let comparison = takeComparison(&rest) else { throw wrong }
        return try MatcherReader.make(String(name), comparison, try value(Array(trimmed(rest))))
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
        default: false
        }
    }

    private static func takeComparison(_ rest: inout Substring.UnicodeScalarView) -> SeriesMatcher.Comparison? {
        for comparison in [SeriesMatcher.Comparison.matches, .notEqual, .matchesNot, .equal] where rest.starts(with: comparison.rawValue.unicodeScalars) {
            rest = rest.dropFirst(comparison.rawValue.unicodeScalars.count)
            return comparison
        }
        return nil
    }

    /// A value without its quotes: `\\`, `\"` and `\n` are escapes, other backslashes stand for themselves.
    private static func value(_ written: [Unicode.Scalar]) throws(MatcherSyntaxError) -> String {
        func asWritten() -> String { String(String.UnicodeScalarView(written)) }
        let unescapedQuote = MatcherSyntaxError(message: "matcher value contains unescaped double quote: \(asWritten())")
        var awaitsQuote = written.first == "\""
        let body = awaitsQuote ? written[1...] : written[...]
        var value = String.UnicodeScalarView()
        var isEscaped = false
        for (offset, scalar) in body.enumerated() {
            let isLast = offset == body.count - 1
            switch (isEscaped, scalar) {
            case (true, "n"): value.append("\n")
            case (true, "\""), (true, "\\"): value.append(scalar)
            case (true, _):
                value.append("\\")
                value.append(scalar)
            case (false, "\\") where !isLast:
                isEscaped = true
                continue
            case (false, "\""):
                guard awaitsQuote, isLast else { throw unescapedQuote }
                awaitsQuote = false
            case (false, _): value.append(scalar)
            }
            isEscaped = false
        }
        guard !awaitsQuote else { throw unescapedQuote }
        return String(value)
    }

    private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var text = text.drop { isSpace($0) }
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text
    }

    /// RE2's `\s`.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { ["\t", "\n", "\u{0c}", "\r", " "].contains(scalar) }
}
