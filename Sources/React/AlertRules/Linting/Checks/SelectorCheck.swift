internal import GatewayModel
internal import PromQL

/// Conditions, offsets and instants of selectors that do not do what they look like.
enum SelectorCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        rule.expression.walk { part, around in
            switch part {
            case .vectorSelector(let selector):
                findings += times(offset: selector.offset, at: selector.at, part.range, rule) + patterns(selector, rule)
                findings += absent(selector, around, rule)
            case .matrixSelector(let matrix):
                findings += times(offset: matrix.selector.offset, at: matrix.selector.at, part.range, rule) + patterns(matrix.selector, rule)
            case .subquery(let subquery): findings += times(offset: subquery.offset, at: subquery.at, part.range, rule)
            default: break
            }
        }
        return findings
    }

    private static func times(offset: DurationExpression?, at: TimeModifier?, _ range: SourceRange, _ rule: LintedRule) -> [RuleFinding] {
        if case .milliseconds(let milliseconds)? = offset, milliseconds < 0 {
            let message = "a negative offset looks into the future, where there is nothing yet when the rule is evaluated"
            return [rule.finding(.future, .error, message, at: range)]
        }
        if case .at? = at {
            return [rule.finding(.fixedTime, .warning, "@ with a time gives the same value at every evaluation, until the samples are gone", at: range)]
        }
        return []
    }

    // MARK: Regular expressions

    private static func patterns(_ selector: VectorSelector, _ rule: LintedRule) -> [RuleFinding] {
        selector.matchers.compactMap { matcher in
            guard matcher.comparison == .matches || matcher.comparison == .matchesNot, let message = sentence(matcher) else { return nil }
            return rule.finding(.regexWithoutPattern, .info, message, at: selector.range)
        }
    }

    private static func sentence(_ matcher: SeriesMatcher) -> String? {
        let isNegated = matcher.comparison == .matchesNot
        if matcher.value == ".*" {
            return isNegated ? nil : "\(matcher.text) lets everything through, series without the label too: leave it out, or write =~\".+\""
        }
        if matcher.value.hasPrefix("^") || matcher.value.hasSuffix("$") && !matcher.value.hasSuffix("\\$") {
            return "\(matcher.text): patterns are anchored at both ends anyway; leave ^ and $ out"
        }
        let special: Set<Character> = ["\\", ".", "+", "*", "?", "(", ")", "[", "]", "{", "}", "|", "^", "$"]
        guard !matcher.value.contains(where: special.contains) else { return nil }
        return "\(matcher.text) is no pattern: write \(matcher.name)\(isNegated ? "!=" : "=")\"\(matcher.value)\", which is also faster"
    }

    // MARK: absent

    /// `absent` of several things is there only when all of them are gone.
    private static func absent(_ selector: VectorSelector, _ around: [Expression], _ rule: LintedRule) -> [RuleFinding] {
        guard rule.alert != nil, case .call(let call)? = around.last(where: { if case .parenthesised = $0 { false } else { true } }),
            call.function.name == "absent",
            let matcher = selector.matchers.first(where: { ($0.valuesAllowed?.count ?? 0) > 1 && $0.comparison == .matches })
        else { return [] }
        let message = "absent() of \(matcher.text) fires only when all of these are gone at once: write one absent() for each, joined by or"
        return [rule.finding(.absentOfMany, .warning, message, at: call.range)]
    }
}
