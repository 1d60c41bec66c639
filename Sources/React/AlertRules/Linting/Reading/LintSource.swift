/// A file as the linter sees it: its rules, where their expressions stand, and what could not be read.
package struct LintSource {
    package let file: RuleFile
    /// What was found while reading.
    package let findings: [RuleFinding]
    /// Where the bytes of expressions stand, by the indices of the group and of the rule within it; what is missing is reckoned from the rule's own place.
    let places: [[Int]: ExpressionPlaces]

    /// A file that was read already.
    package init(file: RuleFile) { self.init(file: file, findings: [], places: [:]) }

    init(file: RuleFile, findings: [RuleFinding], places: [[Int]: ExpressionPlaces]) {
        self.file = file
        self.findings = findings
        self.places = places
    }

    /// The number of rules.
    package var ruleCount: Int { file.groups.reduce(0) { $0 + $1.rules.count } }
}
