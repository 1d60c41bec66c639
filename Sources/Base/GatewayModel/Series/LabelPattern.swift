/// A regular expression that could not be read.
package struct LabelPatternError: Error, Sendable, Equatable {
    /// A sentence with RE2's words for the error: ``error parsing regexp: missing closing ): `(` ``.
    package let message: String
    /// Bytes from the start of the pattern to what is wrong.
    package let offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}

/// A regular expression in RE2's syntax that must match a whole text, as label matchers, relabelling and `label_replace` have them.
///
/// A dot matches newlines too. No text takes longer than its length times a bound of the pattern's: nothing goes back. Unicode's scripts (`\p{Greek}`)
/// are not known, its general categories (`\p{L}`) are.
///
/// Source: https://github.com/google/re2/wiki/Syntax, as Go reads it with its Perl flags.
package struct LabelPattern: Sendable {
    /// The texts that match when they are few and known from the pattern alone (`a|b`, `v[12]`), each once; nil otherwise.
    package let literals: [String]?
    /// What all matching texts start with; empty when nothing is known.
    package let prefix: String
    /// Names of the groups, in their order, that of the whole (which has none) first.
    package let captureNames: [String?]

    private let shortcut: PatternShortcut?
    /// nil when a shortcut is enough.
    private let program: PatternProgram?
    private let machine: PatternMachine?

    /// - Parameter remembersGroups: whether ``captures(_:)`` and ``expanding(_:with:)`` will be asked for; without, a long list of texts (`a|b|...`)
    ///   costs no more than the list.
    /// - Throws: in RE2's words, also for a pattern that is too large.
    package init(_ text: String, remembersGroups: Bool = true) throws(LabelPatternError) {
        let (tree, names) = try PatternParser.parse(text)
        shortcut = PatternShortcut(tree)
        program = shortcut == nil || remembersGroups ? PatternProgram(tree) : nil
        if program == nil, shortcut == nil || remembersGroups {
            throw LabelPatternError(message: "error parsing regexp: expression too large: `\(text)`", offset: 0)
        }
        machine = shortcut == nil ? program.map(PatternMachine.init) : nil
        literals = PatternShortcut.texts(of: tree)
        captureNames = names
        if case .parts(let start, _, _) = shortcut { prefix = String(decoding: start, as: UTF8.self) } else { prefix = "" }
    }

    /// Whether the whole text matches.
    package func matches(_ text: String) -> Bool {
        let bytes = text.utf8.span
        return shortcut?.matches(bytes) ?? machine?.matches(bytes) ?? false
    }

    /// The parts of a text that the groups matched, the whole first; nil for a group without a part in the match.
    ///
    /// - Returns: nil when the whole text does not match. Of a pattern that does not remember groups only the whole is known.
    package func captures(_ text: String) -> [Substring?]? {
        guard let program else { return matches(text) ? captureNames.indices.map { $0 == 0 ? text[...] : nil } : nil }
        guard let places = PatternCaptures(program, groups: captureNames.count - 1).run(text.utf8.span) else { return nil }
        return captureNames.indices.map { group in
            let (start, end) = (places[2 * group], places[2 * group + 1])
            guard start >= 0, end >= start else { return nil }
            return text[text.utf8.index(text.startIndex, offsetBy: start)..<text.utf8.index(text.startIndex, offsetBy: end)]
        }
    }

    /// A template with the groups of the match put in: `$1`, `${1}`, `$name`, `${name}`, and `$$` for a dollar sign.
    ///
    /// A name is as long as it can be: `$1x` is the group called `1x`. Groups that do not exist or did not match are empty.
    /// Source: https://pkg.go.dev/regexp#Regexp.Expand
    ///
    /// - Returns: nil when the whole text does not match.
    package func expanding(_ template: String, with text: String) -> String? {
        guard let captures = captures(text) else { return nil }
        return LabelTemplate(template).text { name in
            if let number = Int(name) { return number < captures.count ? captures[number] : nil }
            for (group, groupName) in captureNames.enumerated() where groupName.map({ $0 == name }) ?? false {
                if let capture = captures[group] { return capture }
            }
            return nil
        }
    }
}
