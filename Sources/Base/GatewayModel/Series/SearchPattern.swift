/// A regular expression in RE2's syntax that matches anywhere in a text, as Go's `regexp` has it: a dot does not match newlines.
///
/// Source: https://pkg.go.dev/regexp. For patterns that must match a whole text see ``LabelPattern``.
package struct SearchPattern: Sendable {
    private let program: PatternProgram
    private let captureNames: [String?]

    /// Bytes of a pattern; what people write has a hundred.
    package static let bytesMax = 4096
    /// Instructions looked at for one call: a tenth of a second. A text of a megabyte and a pattern of twenty characters need half of it.
    package static let workMax = 40_000_000

    /// - Throws: in RE2's words, also for a pattern that is too large.
    package init(_ text: String) throws(LabelPatternError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw LabelPatternError(message: "error parsing regexp: expression too large: more than \(Self.bytesMax) bytes", offset: 0)
        }
        let (tree, names) = try PatternParser.parse(text, dotMatchesNewline: false)
        guard let program = PatternProgram(tree) else { throw LabelPatternError(message: "error parsing regexp: expression too large: `\(text)`", offset: 0) }
        self.program = program
        captureNames = names
    }

    /// Whether any part of the text matches.
    ///
    /// - Throws: when it takes more than ``workMax``.
    package func isFound(in text: String) throws(SearchPatternError) -> Bool {
        var work = 0
        let found = PatternCaptures(program, groups: 0).search(text.utf8.span, from: 0, work: &work) != nil
        if work > Self.workMax { throw SearchPatternError() }
        return found
    }

    /// A text whose parts that match are replaced by a template with `$1` and `${name}` for the groups.
    ///
    /// Parts do not overlap; behind a part an empty match does not count. Source: https://pkg.go.dev/regexp#Regexp.ReplaceAllString.
    ///
    /// - Throws: when it takes more than ``workMax``.
    package func replacing(in text: String, with replacement: String) throws(SearchPatternError) -> String {
        let (bytes, template) = (Array(text.utf8), LabelTemplate(replacement))
        let captures = PatternCaptures(program, groups: captureNames.count - 1)
        var (work, position, copied) = (0, 0, 0)
        var replaced: [UInt8] = []
        while position <= bytes.count, let places = captures.search(bytes.span, from: position, work: &work) {
            if work > Self.workMax { throw SearchPatternError() }
            let (start, end) = (places[0], places[1])
            replaced += bytes[copied..<start]
            if end > copied || start == 0 { replaced += template.text { group($0, bytes, places) }.utf8 }
            copied = end
            let next = position < bytes.count ? position + Self.length(bytes[position]) : position + 1
            position = max(end, next)
        }
        if work > Self.workMax { throw SearchPatternError() }
        return String(decoding: replaced + bytes[copied...], as: UTF8.self)
    }

    private func group(_ name: String, _ bytes: [UInt8], _ places: [Int]) -> Substring? {
        let groups = Int(name).map { [$0] } ?? captureNames.indices.filter { captureNames[$0] == name }
        for group in groups where group < captureNames.count && places[2 * group] >= 0 && places[2 * group + 1] >= places[2 * group] {
            return Substring(decoding: bytes[places[2 * group]..<places[2 * group + 1]], as: UTF8.self)
        }
        return nil
    }

    private static func length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4 }
}

/// A pattern and a text that take too long together.
package struct SearchPatternError: Error, Sendable, Equatable {
    package var message: String { "pattern takes more than \(SearchPattern.workMax) steps on this text" }
}
