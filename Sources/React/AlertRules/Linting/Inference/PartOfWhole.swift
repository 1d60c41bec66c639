internal import GatewayModel
internal import PromQL

/// Whether one expression counts some of what another one counts: `sum(rate(x{code=~"5.."}[5m]))` of `sum(rate(x[5m]))`.
///
/// Their quotient is then between 0 and 1, however it is written.
enum PartOfWhole {
    /// The largest value of the quotient: 1, or the number by which the part is multiplied; nil when it is no part.
    static func quotientMax(_ part: Expression, _ whole: Expression) -> Double? {
        if holds(part, whole) { return 1 }
        guard case .binary(let product) = part.bare, product.operation == .multiply else { return nil }
        for (factor, rest) in [(product.left, product.right), (product.right, product.left)] {
            if let factor = ConstantNumber(factor)?.value, factor > 0, let most = quotientMax(rest, whole) { return factor * most }
        }
        return nil
    }

    static func holds(_ part: Expression, _ whole: Expression) -> Bool {
        switch (part.bare, whole.bare) {
        case (.aggregation(let part), .aggregation(let whole)):
            guard part.operation == whole.operation, part.operation == .sum || part.operation == .count, part.isWithout == whole.isWithout,
                Set(part.grouping) == Set(whole.grouping)
            else { return false }
            return holds(part.operand, whole.operand)
        case (.call(let part), .call(let whole)):
            guard part.function.name == whole.function.name, ["rate", "increase", "count_over_time"].contains(part.function.name),
                case .matrixSelector(let inner)? = part.arguments.first, case .matrixSelector(let outer)? = whole.arguments.first, inner.duration == outer.duration
            else { return false }
            return isStricter(inner.selector, outer.selector)
        case (.vectorSelector(let part), .vectorSelector(let whole)): return MetricName.isCounter(part.metric ?? "") && isStricter(part, whole)
        default: return false
        }
    }

    /// Whether one selector has all the conditions of the other.
    private static func isStricter(_ part: VectorSelector, _ whole: VectorSelector) -> Bool {
        part.offset == whole.offset && part.at == whole.at && part.metric != nil && part.metric == whole.metric && whole.matchers.allSatisfy(part.matchers.contains)
    }
}
