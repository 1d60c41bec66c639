internal import Foundation
internal import GatewayModel

extension BinaryOperator {
    /// Whether the result is no longer what its metric's name says.
    var changesMetric: Bool {
        switch self {
        case .add, .subtract, .multiply, .divide, .modulo, .power, .atan2: true
        default: false
        }
    }

    /// The operator between two scalars; comparisons give 1 or 0.
    func ofScalars(_ left: Double, _ right: Double) -> Double { isComparison ? (holds(left, right) ? 1 : 0) : ofNumbers(left, right) }

    /// The operator's arithmetic; the left number for comparisons.
    package func ofNumbers(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        case .atan2: Foundation.atan2(left, right)
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual, .and, .or, .unless, .trimUpper, .trimLower: left
        }
    }

    /// Whether a comparison holds between two numbers; true for all other operators.
    package func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .greater: left > right
        case .less: left < right
        case .greaterOrEqual: left >= right
        case .lessOrEqual: left <= right
        default: true
        }
    }

    /// The operator between two elements of vectors.
    ///
    /// - Returns: the result, for comparisons the left element, and whether the comparison holds; nil when the two do not go together, which is noted.
    func of(
        _ left: SampleOperand, _ right: SampleOperand, place: SourceRange, notes: inout QueryNotes
    ) -> (sample: SampleOperand, holds: Bool)? {
        if case .number(let left) = left, case .number(let right) = right, self != .trimUpper, self != .trimLower {
            return (.number(ofNumbers(left, right)), holds(left, right))
        }
        if isComparison { return HistogramOperation.compare(self, left, right, place: place, notes: &notes).map { (left, $0) } }
        return HistogramOperation.apply(self, left, right, place: place, notes: &notes).map { (.histogram($0), true) }
    }
}

extension StepRow {
    func sample(at index: Int) -> SampleOperand? {
        if let histogram = histogram(at: index) { return .histogram(histogram) }
        let value = values[index]
        return Self.isAbsent(value) ? nil : .number(value)
    }

    mutating func set(_ sample: SampleOperand?, at index: Int) {
        switch sample {
        case .number(let value):
            values[index] = value
            if !histograms.isEmpty { histograms[index] = nil }
        case .histogram(let histogram): set(histogram, at: index)
        case nil:
            values[index] = Self.absent
            if !histograms.isEmpty { histograms[index] = nil }
        }
    }

    var hasHistograms: Bool { !histograms.isEmpty }
}
