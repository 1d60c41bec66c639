internal import PromQL

/// Numbers between two ends, each of which belongs to them or not.
struct ValueRange: Equatable {
    var lower = -Double.infinity
    var upper = Double.infinity
    var isLowerOpen = false
    var isUpperOpen = false

    static let all = ValueRange()
    static let notNegative = ValueRange(lower: 0)
    static func exactly(_ value: Double) -> ValueRange { value.isNaN ? .all : ValueRange(lower: value, upper: value) }

    var isEmpty: Bool { lower > upper || (lower == upper && (isLowerOpen || isUpperOpen)) }
    var isNotNegative: Bool { lower >= 0 }
    var single: Double? { lower == upper && !isEmpty ? lower : nil }

    func intersection(_ other: ValueRange) -> ValueRange? {
        var result = self
        if other.lower > lower || (other.lower == lower && other.isLowerOpen) { (result.lower, result.isLowerOpen) = (other.lower, other.isLowerOpen) }
        if other.upper < upper || (other.upper == upper && other.isUpperOpen) { (result.upper, result.isUpperOpen) = (other.upper, other.isUpperOpen) }
        return result.isEmpty ? nil : result
    }

    /// The smallest range that has all of both.
    func hull(_ other: ValueRange) -> ValueRange {
        var result = self
        if other.lower < lower || (other.lower == lower && !other.isLowerOpen) { (result.lower, result.isLowerOpen) = (other.lower, other.isLowerOpen) }
        if other.upper > upper || (other.upper == upper && !other.isUpperOpen) { (result.upper, result.isUpperOpen) = (other.upper, other.isUpperOpen) }
        return result
    }

    var negated: ValueRange { ValueRange(lower: -upper, upper: -lower, isLowerOpen: isUpperOpen, isUpperOpen: isLowerOpen) }

    /// What of it compares so with some value of another range; nil when nothing can.
    func narrowed(by comparison: BinaryOperator, _ other: ValueRange) -> ValueRange? {
        switch comparison {
        case .greater: intersection(ValueRange(lower: other.lower, isLowerOpen: other.lower.isFinite))
        case .greaterOrEqual: intersection(ValueRange(lower: other.lower, isLowerOpen: other.isLowerOpen))
        case .less: intersection(ValueRange(upper: other.upper, isUpperOpen: other.upper.isFinite))
        case .lessOrEqual: intersection(ValueRange(upper: other.upper, isUpperOpen: other.isUpperOpen))
        case .equal: intersection(other)
        case .notEqual: single != nil && single == other.single ? nil : self
        default: self
        }
    }

    /// Whether every value of it compares so with every value of another range.
    func alwaysHolds(_ comparison: BinaryOperator, _ other: ValueRange) -> Bool {
        switch comparison {
        case .greater: lower > other.upper || (lower == other.upper && (isLowerOpen || other.isUpperOpen))
        case .greaterOrEqual: lower >= other.upper
        case .less: upper < other.lower || (upper == other.lower && (isUpperOpen || other.isLowerOpen))
        case .lessOrEqual: upper <= other.lower
        case .equal: single != nil && single == other.single
        case .notEqual: intersection(other) == nil
        default: false
        }
    }

    // MARK: Arithmetic

    static func + (lhs: ValueRange, rhs: ValueRange) -> ValueRange {
        ValueRange(
            lower: lhs.lower + rhs.lower, upper: lhs.upper + rhs.upper, isLowerOpen: lhs.isLowerOpen || rhs.isLowerOpen,
            isUpperOpen: lhs.isUpperOpen || rhs.isUpperOpen
        ).orAll
    }

    static func - (lhs: ValueRange, rhs: ValueRange) -> ValueRange { lhs + rhs.negated }

    /// Ends are taken as belonging to the product unless one side is a number other than 0.
    static func * (lhs: ValueRange, rhs: ValueRange) -> ValueRange {
        if let factor = rhs.single, factor != 0, factor.isFinite { return lhs.scaled(factor) }
        if let factor = lhs.single, factor != 0, factor.isFinite { return rhs.scaled(factor) }
        return lhs.isNotNegative && rhs.isNotNegative ? .notNegative : .all
    }

    static func / (lhs: ValueRange, rhs: ValueRange) -> ValueRange {
        if let divisor = rhs.single, divisor != 0, divisor.isFinite { return lhs.scaled(1 / divisor) }
        return lhs.isNotNegative && rhs.isNotNegative ? .notNegative : .all
    }

    private func scaled(_ factor: Double) -> ValueRange {
        let (low, high) = (lower * factor, upper * factor)
        if factor > 0 { return ValueRange(lower: low, upper: high, isLowerOpen: isLowerOpen, isUpperOpen: isUpperOpen) }
        return ValueRange(lower: high, upper: low, isLowerOpen: isUpperOpen, isUpperOpen: isLowerOpen)
    }

    /// Infinity minus infinity is anything.
    private var orAll: ValueRange { lower.isNaN || upper.isNaN ? .all : self }

    /// With ends that are whole numbers and belong to it, as rounding makes them.
    var rounded: ValueRange { ValueRange(lower: lower.rounded(.down), upper: upper.rounded(.up)) }
}
