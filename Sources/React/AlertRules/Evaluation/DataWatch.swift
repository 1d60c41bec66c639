package import GatewayModel
internal import PromQL

/// Notes whether a rule's selectors find anything: a rule over nothing is silent, which looks the same as all being well.
struct DataWatch: Sendable {
    /// Whether finding nothing means something: not for numbers, nor for rules that ask for absence themselves.
    private let isWatched: Bool
    /// Since when nothing is found, milliseconds since 1970; nil while something is, or before the first evaluation.
    private(set) var missingSince: Int64?
    /// Whether anything was ever found.
    private(set) var hasFound = false

    init(_ expression: Expression) { isWatched = !expression.selectors.isEmpty && !expression.asksForAbsence }

    /// Goes on as the watch of the rule of before.
    mutating func take(over old: DataWatch) {
        guard isWatched else { return }
        (missingSince, hasFound) = (old.missingSince, old.hasFound)
    }

    mutating func note(_ statistics: QueryStatistics, at time: Int64) {
        guard isWatched else { return }
        if statistics.samples > 0 {
            missingSince = nil
            hasFound = true
        } else if missingSince == nil {
            missingSince = time
        }
    }
}

extension Expression {
    /// Whether `absent` or `absent_over_time` is among its functions.
    var asksForAbsence: Bool {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: false
        case .subquery(let subquery): subquery.expression.asksForAbsence
        case .parenthesised(let inner, _): inner.asksForAbsence
        case .unary(let operation): operation.operand.asksForAbsence
        case .binary(let operation): operation.left.asksForAbsence || operation.right.asksForAbsence
        case .aggregation(let aggregation): aggregation.operand.asksForAbsence
        case .call(let call): ["absent", "absent_over_time"].contains(call.function.name) || call.arguments.contains { $0.asksForAbsence }
        }
    }
}
