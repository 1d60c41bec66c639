package import GatewayModel

/// Why a text is no matcher.
package struct MatcherSyntaxError: Error, Sendable, Equatable {
    package let message: String
}

/// Matchers as users write them: `severity="critical"`, `{team=~"a|b", "http.status"!="200"}`.
///
/// Two grammars are known, as to Alertmanager: the newer one, in which names may be any text in quotes, and the classic one, in which values need no quotes
/// whatever is in them. A text is read by both; where only one can read it, that one counts, and where they disagree, the classic one, so that old files mean what
/// they always meant.
///
/// Source: prometheus/alertmanager, `matcher/parse`, `matcher/compat` (fallback mode) and `pkg/labels/parse.go`.
package enum MatcherReader {
    /// Bytes of a text of matchers at most; a request's line can be no longer.
    package static let bytesMax = 65_536

    /// - Throws: the classic grammar's reason when neither reads the text.
    package static func matchers(_ text: String) throws(MatcherSyntaxError) -> [SeriesMatcher] {
        guard text.utf8.count <= bytesMax else { throw MatcherSyntaxError(message: "matchers are longer than \(bytesMax) bytes") }
        let newer = Result { () throws(MatcherSyntaxError) in try QuotedMatcherParser.parse(text) }
        let classic = Result { () throws(MatcherSyntaxError) in try ClassicMatcherParser.parse(text) }
        switch (newer, classic) {
        case (.success(let newer), .success(let classic)): return newer == classic ? newer : classic
        case (.success(let matchers), .failure), (.failure, .success(let matchers)): return matchers
        case (.failure, .failure(let error)): throw error
        }
    }

    /// Exactly one matcher, without braces.
    package static func matcher(_ text: String) throws(MatcherSyntaxError) -> SeriesMatcher {
        guard !text.hasPrefix("{"), !text.hasSuffix("}") else { throw MatcherSyntaxError(message: "unexpected open or close brace: \(text)") }
        let all = try matchers(text)
        guard let first = all.first, all.count == 1 else {
            throw MatcherSyntaxError(message: all.isEmpty ? "no matchers" : "expected 1 matcher, found \(all.count)")
        }
        return first
    }

    static func make(_ name: String, _ comparison: SeriesMatcher.Comparison, _ value: String) throws(MatcherSyntaxError) -> SeriesMatcher {
        do { return try SeriesMatcher.make(name, comparison, value) } catch { throw MatcherSyntaxError(message: error.message) }
    }

    /// Characters that must be quoted.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || "{}!=~,\\\"'`".unicodeScalars.contains(scalar) }
}
