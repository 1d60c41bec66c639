internal import GatewayModel
internal import PromQL

/// What an expression's text tells about its values.
struct ValueEstimate {
    /// nil when it can never give any.
    var range: ValueRange?
    /// Whether it gives a value at all times, whatever data there are.
    var isAlwaysThere = false

    static let any = ValueEstimate(range: .all)
    static let notNegative = ValueEstimate(range: .notNegative)
    static func constant(_ value: Double) -> ValueEstimate { ValueEstimate(range: .exactly(value), isAlwaysThere: true) }
}

/// Works out which values an expression can give, and notes each comparison that holds never or always.
///
/// A counter is never negative, a count of series never 0 (of no series there is no count), `up` is 0 or 1, what passed `> 5` is above 5. Ranges are combined as
/// the operators combine numbers; where nothing is known they span all numbers, so that what is noted is certain as far as names are right.
struct ValueInference {
    struct Verdict {
        let comparison: BinaryOperation
        /// What was compared, before the comparison.
        let range: ValueRange
        let holdsAlways: Bool
    }

    /// Comparisons that hold never or always, in the order in which they were met, inner ones first.
    private(set) var verdicts: [Verdict] = []

    mutating func estimate(_ expression: Expression) -> ValueEstimate {
        switch expression {
        case .number(let literal): return .constant(literal.value)
        case .string: return .any
        case .vectorSelector(let selector): return Self.estimate(selector)
        case .matrixSelector(let matrix): return Self.estimate(matrix.selector)
        case .subquery(let subquery): return estimate(subquery.expression)
        case .parenthesised(let inner, _): return estimate(inner)
        case .unary(let unary):
            let operand = estimate(unary.operand)
            return unary.isNegation ? ValueEstimate(range: operand.range?.negated, isAlwaysThere: operand.isAlwaysThere) : operand
        case .aggregation(let aggregation): return estimate(aggregation)
        case .call(let call): return estimate(call)
        case .binary(let binary): return estimate(binary)
        }
    }

    private static func estimate(_ selector: VectorSelector) -> ValueEstimate {
        // Its pattern has every value, and with the sign turned none.
        let isEmpty = selector.matchers.contains { $0.comparison == .matchesNot && $0.value == ".*" }
        return ValueEstimate(range: isEmpty ? nil : MetricName.range(selector.metric))
    }

    // MARK: Operators

    private mutating func estimate(_ binary: BinaryOperation) -> ValueEstimate {
        let (left, right) = (estimate(binary.left), estimate(binary.right))
        switch binary.operation {
        case .and: return ValueEstimate(range: right.range == nil ? nil : left.range)
        case .unless: return ValueEstimate(range: left.range)
        case .or:
            guard let first = left.range, let second = right.range else { return left.range == nil ? right : left }
            return ValueEstimate(range: first.hull(second), isAlwaysThere: left.isAlwaysThere || right.isAlwaysThere)
        default: break
        }
        guard let first = left.range, let second = right.range else { return ValueEstimate(range: nil) }
        let isThere = left.isAlwaysThere && right.isAlwaysThere
        if binary.operation.isComparison { return compare(binary, first, second, isThere) }
        return ValueEstimate(range: arithmetic(binary, first, second), isAlwaysThere: isThere)
    }

    private func arithmetic(_ binary: BinaryOperation, _ left: ValueRange, _ right: ValueRange) -> ValueRange {
        switch binary.operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide: return PartOfWhole.quotientMax(binary.left, binary.right).map { ValueRange(lower: 0, upper: $0) } ?? left / right
        case .modulo: return left.isNotNegative && right.single.map { $0 > 0 } ?? false ? ValueRange(lower: 0, upper: right.upper, isUpperOpen: true) : .all
        case .power: return left.isNotNegative ? .notNegative : .all
        default: return .all
        }
    }

    private mutating func compare(_ binary: BinaryOperation, _ left: ValueRange, _ right: ValueRange, _ isThere: Bool) -> ValueEstimate {
        // A vector's values are kept, on whichever side it stands.
        let isMirrored = binary.left.type == .scalar && binary.right.type == .vector
        let (kept, other) = isMirrored ? (right, left) : (left, right)
        let operation = isMirrored ? binary.operation.mirrored : binary.operation
        let narrowed = kept.narrowed(by: operation, other)
        let holdsAlways = kept.alwaysHolds(operation, other)
        if narrowed == nil || holdsAlways { verdicts.append(Verdict(comparison: binary, range: kept, holdsAlways: holdsAlways)) }
        guard binary.returnsBool else { return ValueEstimate(range: narrowed, isAlwaysThere: isThere && holdsAlways) }
        let range = narrowed == nil ? ValueRange.exactly(0) : holdsAlways ? .exactly(1) : ValueRange(lower: 0, upper: 1)
        return ValueEstimate(range: range, isAlwaysThere: isThere)
    }

    private mutating func estimate(_ aggregation: Aggregation) -> ValueEstimate {
        let operand = estimate(aggregation.operand)
        guard let range = operand.range else { return ValueEstimate(range: nil) }
        let result: ValueRange
        switch aggregation.operation {
        case .sum: result = range.summed
        case .count, .countValues: result = ValueRange(lower: 1)
        case .group: result = .exactly(1)
        case .stddev, .stdvar: result = .notNegative
        case .avg, .min, .max, .topk, .bottomk, .limitk, .limitRatio: result = range
        case .quantile: result = .all
        }
        return ValueEstimate(range: result, isAlwaysThere: operand.isAlwaysThere)
    }

    // MARK: Functions

    private mutating func estimate(_ call: Call) -> ValueEstimate {
        let arguments = call.arguments.map { estimate($0) }
        let numbers = call.arguments.map { ConstantNumber($0)?.value }
        if let fixed = Self.fixedRanges[call.function.name] {
            let needsData = call.arguments.contains { $0.type == .vector || $0.type == .matrix }
            if needsData, arguments.contains(where: { $0.range == nil }) { return ValueEstimate(range: nil) }
            return ValueEstimate(range: fixed, isAlwaysThere: !needsData)
        }
        switch call.function.name {
        case "absent", "absent_over_time": return ValueEstimate(range: arguments.first?.isAlwaysThere == true ? nil : .exactly(1))
        case "vector": return ValueEstimate(range: arguments.first?.range, isAlwaysThere: true)
        case "scalar": return ValueEstimate(range: arguments.first?.range ?? .all, isAlwaysThere: true)
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "min_over_time", "max_over_time", "avg_over_time",
            "last_over_time", "first_over_time":
            return arguments.first ?? .any
        case "sum_over_time": return ValueEstimate(range: arguments.first?.range?.summed)
        case "ceil", "floor", "round": return ValueEstimate(range: arguments.first?.range?.rounded)
        case "clamp_min": return ValueEstimate(range: arguments.first?.range.flatMap { $0.raised(to: numbers.last ?? nil) })
        case "clamp_max": return ValueEstimate(range: arguments.first?.range.flatMap { $0.lowered(to: numbers.last ?? nil) })
        case "clamp":
            guard numbers.count == 3, let range = arguments[0].range else { return .any }
            return ValueEstimate(range: range.raised(to: numbers[1])?.lowered(to: numbers[2]))
        default: return ValueEstimate(range: arguments.contains { $0.range == nil } ? nil : .all)
        }
    }

    /// Functions whose values lie between these ends, whatever they are given.
    private static let fixedRanges: [String: ValueRange] = {
        var ranges: [String: ValueRange] = [
            "time": ValueRange(lower: 0, isLowerOpen: true), "timestamp": .notNegative, "pi": .exactly(.pi), "count_over_time": ValueRange(lower: 1),
            "present_over_time": .exactly(1), "histogram_fraction": ValueRange(lower: 0, upper: 1), "sgn": ValueRange(lower: -1, upper: 1),
            "minute": ValueRange(lower: 0, upper: 59), "hour": ValueRange(lower: 0, upper: 23), "day_of_week": ValueRange(lower: 0, upper: 6),
            "day_of_month": ValueRange(lower: 1, upper: 31), "day_of_year": ValueRange(lower: 1, upper: 366), "days_in_month": ValueRange(lower: 28, upper: 31),
            "month": ValueRange(lower: 1, upper: 12), "year": ValueRange(lower: 0, isLowerOpen: true),
        ]
        for name in [
            "rate", "irate", "increase", "changes", "resets", "abs", "sqrt", "exp", "stddev_over_time", "stdvar_over_time", "mad_over_time", "histogram_count",
        ] {
            ranges[name] = .notNegative
        }
        return ranges
    }()
}

extension ValueRange {
    /// Of the sum of at least one of its values.
    fileprivate var summed: ValueRange {
        if isNotNegative { return ValueRange(lower: lower, isLowerOpen: isLowerOpen) }
        if upper <= 0 { return ValueRange(upper: upper, isUpperOpen: isUpperOpen) }
        return .all
    }

    fileprivate func raised(to least: Double?) -> ValueRange? {
        guard let least, !least.isNaN else { return .all }
        return ValueRange(lower: Swift.max(lower, least), upper: Swift.max(upper, least))
    }

    fileprivate func lowered(to most: Double?) -> ValueRange? {
        guard let most, !most.isNaN else { return .all }
        return ValueRange(lower: Swift.min(lower, most), upper: Swift.min(upper, most))
    }
}

extension BinaryOperator {
    /// A comparison with its sides exchanged.
    var mirrored: BinaryOperator {
        switch self {
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        default: self
        }
    }
}
