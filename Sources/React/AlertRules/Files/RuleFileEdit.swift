/// Puts changed expressions into the text of a file of rules, all else in which stays as people wrote it: comments, order, layout.
package enum RuleFileEdit {
    /// - Parameters:
    ///   - text: of the file.
    ///   - file: as it was read from the text.
    ///   - changed: the same rules, some with other expressions.
    /// - Throws: the rule whose expression is not in the text as it is in the file, because YAML's escapes stand between.
    package static func text(_ text: String, _ file: RuleFile, changed: RuleFile) throws(RuleFileProblem) -> String {
        let source = SourceText(text)
        var edits: [(range: Range<String.Index>, replacement: String)] = []
        for (group, changedGroup) in zip(file.groups, changed.groups) {
            for (rule, changedRule) in zip(group.rules, changedGroup.rules) where rule.text != changedRule.text {
                let (bytes, replacement) = difference(rule.text, changedRule.text)
                let start = TextPlace(line: rule.expressionLine, column: rule.expressionColumn)
                guard let range = source.range(of: bytes, in: rule.text, from: start) else {
                    throw RuleFileProblem("the expression of \(rule.name) is written in a way that cannot be changed in place", line: rule.line, column: 1)
                }
                edits.append((range, replacement))
            }
        }
        var result = text
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) { result.replaceSubrange(edit.range, with: edit.replacement) }
        return result
    }

    /// The bytes that differ, and what stands there instead.
    private static func difference(_ old: String, _ new: String) -> (bytes: Range<Int>, replacement: String) {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        // A number is replaced as a whole: what YAML makes of half of one need not be thought of.
        func isWord(_ byte: UInt8) -> Bool { byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\n") }
        while start > 0, isWord(old[start - 1]) { start -= 1 }
        while end > 0, isWord(old[old.count - end]) { end -= 1 }
        return (start..<old.count - end, String(decoding: new[start..<new.count - end], as: UTF8.self))
    }
}
