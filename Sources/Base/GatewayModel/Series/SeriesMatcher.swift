/// A condition on one label: `model="gpt-4o"`, `status!~"5.."`.
package struct SeriesMatcher: Sendable, Equatable {
    package enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    package let name: String
    package let comparison: Comparison
    /// The value, or the regular expression as it was written.
    package let value: String
    private let pattern: LabelPattern?

    /// A comparison with a value; the two comparisons with patterns are made by ``init(_:_:pattern:)``.
    package init(_ name: String, equals value: String, negated: Bool = false) {
        self.name = name
        comparison = negated ? .notEqual : .equal
        self.value = value
        pattern = nil
    }

    /// - Parameter text: a regular expression in RE2's syntax that must match the whole value.
    package init(_ name: String, pattern text: String, negated: Bool = false) throws(LabelPatternError) {
        self.name = name
        comparison = negated ? .matchesNot : .matches
        value = text
        pattern = try LabelPattern(text, remembersGroups: false)
    }

    /// Whether a label's value passes; a label that a series does not have counts as empty.
    package func matches(_ text: String) -> Bool {
        switch comparison {
        case .equal: text == value
        case .notEqual: text != value
        case .matches: pattern?.matches(text) ?? false
        case .matchesNot: !(pattern?.matches(text) ?? false)
        }
    }

    /// Whether a series without the label passes.
    package var matchesEmpty: Bool { matches("") }

    package func matches(_ labels: SeriesLabels) -> Bool { matches(labels[name] ?? "") }

    /// The values that pass when they are few and known from the text alone (`=~"a|b"`); nil otherwise.
    package var valuesAllowed: [String]? {
        switch comparison {
        case .equal: [value]
        case .matches: pattern?.literals
        case .notEqual, .matchesNot: nil
        }
    }

    package static func == (lhs: SeriesMatcher, rhs: SeriesMatcher) -> Bool {
        lhs.name == rhs.name && lhs.comparison == rhs.comparison && lhs.value == rhs.value
    }
}
