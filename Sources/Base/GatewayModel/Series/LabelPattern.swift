/// A regular expression that could not be read.
package struct LabelPatternError: Error, Sendable, Equatable {
    /// A sentence with RE2's words for the error.
    package let message: String
    /// Bytes from the start of the pattern.
    package let offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}

/// A regular expression of a label matcher, anchored at both ends.
package struct LabelPattern: Sendable {
    /// The values that match when they are all known from the text (`a|b`); nil otherwise.
    package let literals: [String]?

    package init(_ text: String) throws(LabelPatternError) { literals = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }

    package func matches(_ text: String) -> Bool { literals?.contains(text) ?? false }
}
