internal import GatewayModel

/// A filter as alternatives: records pass that pass every test of at least one of them.
///
/// Selectors of series are lists of tests that must all hold, so that this is the form in which a filter can become selectors. It says exactly what the filter
/// says; alternatives may overlap, which the union of their series takes care of.
struct FilterAlternatives {
    /// A test of one field, or its opposite, which absent values pass.
    struct Test: Hashable {
        let test: Filter
        let isInverted: Bool

        /// The one field that it looks at.
        var field: RequestField? { test.fields.first }
    }

    /// Alternatives at most: each becomes a selector of its own, and nobody reads an expression with more.
    static let alternativesMax = 12

    /// Empty where no record passes; one without tests where all pass.
    let alternatives: [[Test]]

    /// - Returns: nil where there would be more than ``alternativesMax``.
    init?(_ filter: Filter) {
        guard let alternatives = Self.expanded(filter, isInverted: false) else { return nil }
        self.alternatives = alternatives
    }

    private static func expanded(_ filter: Filter, isInverted: Bool) -> [[Test]]? {
        switch filter {
        case .all: return isInverted ? [] : [[]]
        case .not(let part): return expanded(part, isInverted: !isInverted)
        case .and(let parts): return isInverted ? union(parts, isInverted) : product(parts, isInverted)
        case .or(let parts): return isInverted ? product(parts, isInverted) : union(parts, isInverted)
        case .exists, .range, .matches: return [[Test(test: filter, isInverted: isInverted)]]
        }
    }

    private static func union(_ parts: [Filter], _ isInverted: Bool) -> [[Test]]? {
        var result: [[Test]] = []
        for part in parts {
            guard let more = expanded(part, isInverted: isInverted) else { return nil }
            for alternative in more where !absorb(alternative, into: &result) { result.append(alternative) }
        }
        return result.count <= alternativesMax ? result : nil
    }

    /// Equality with one of several values is one test, not several alternatives.
    private static func absorb(_ alternative: [Test], into result: inout [[Test]]) -> Bool {
        guard alternative.count == 1, case .matches(let field, let patterns) = alternative[0].test, !alternative[0].isInverted else { return result.contains(alternative) }
        for place in result.indices where result[place].count == 1 && !result[place][0].isInverted {
            guard case .matches(field, let others) = result[place][0].test else { continue }
            result[place] = [Test(test: .matches(field, others + patterns.filter { !others.contains($0) }), isInverted: false)]
            return true
        }
        return false
    }

    private static func product(_ parts: [Filter], _ isInverted: Bool) -> [[Test]]? {
        var result: [[Test]] = [[]]
        for part in parts {
            guard let more = expanded(part, isInverted: isInverted) else { return nil }
            result = result.flatMap { left in more.compactMap { joined(left, $0) } }
            guard result.count <= alternativesMax else { return nil }
        }
        return result
    }

    /// Both alternatives at once; nil where they contradict each other.
    private static func joined(_ left: [Test], _ right: [Test]) -> [Test]? {
        var result = left
        for test in right where !result.contains(test) {
            if result.contains(Test(test: test.test, isInverted: !test.isInverted)) { return nil }
            result.append(test)
        }
        return result
    }
}

extension [FilterAlternatives.Test] {
    /// Whether records that pass all of these pass `test` for sure. A yes is certain, a no is not.
    func imply(_ test: FilterAlternatives.Test) -> Bool {
        contains { own in
            if own == test { return true }
            guard !own.isInverted, !test.isInverted, own.field == test.field else { return false }
            switch (own.test, test.test) {
            // Absent values pass no test.
            case (_, .exists): return true
            case (.matches(_, let few), .matches(_, let many)): return few.allSatisfy(many.contains)
            case (.range(_, let inner), .range(_, let outer)): return outer.contains(inner)
            default: return false
            }
        }
    }
}
