internal import GatewayModel

/// Operators over whole rows of numbers, the operator chosen once for a row and not for each value.
enum NumberRows {
    /// `left[i] op right[i]` where both are there.
    static func combine(_ left: inout [Double], _ right: [Double], _ operation: BinaryOperator, returnsBool: Bool) {
        switch operation {
        case .add: map(&left, right) { $0 + $1 }
        case .subtract: map(&left, right) { $0 - $1 }
        case .multiply: map(&left, right) { $0 * $1 }
        case .divide: map(&left, right) { $0 / $1 }
        case .equal: compare(&left, right, returnsBool) { $0 == $1 }
        case .notEqual: compare(&left, right, returnsBool) { $0 != $1 }
        case .greater: compare(&left, right, returnsBool) { $0 > $1 }
        case .less: compare(&left, right, returnsBool) { $0 < $1 }
        case .greaterOrEqual: compare(&left, right, returnsBool) { $0 >= $1 }
        case .lessOrEqual: compare(&left, right, returnsBool) { $0 <= $1 }
        case .modulo, .power, .atan2: map(&left, right) { operation.ofNumbers($0, $1) }
        case .and, .or, .unless, .trimUpper, .trimLower: break
        }
    }

    @inline(__always)
    private static func map(_ left: inout [Double], _ right: [Double], _ operation: (Double, Double) -> Double) {
        var values = left.mutableSpan
        let others = right.span
        for index in 0..<min(values.count, others.count) {
            let value = values[index], other = others[index]
            values[index] = StepRow.isAbsent(value) || StepRow.isAbsent(other) ? StepRow.absent : operation(value, other)
        }
    }

    @inline(__always)
    private static func compare(_ left: inout [Double], _ right: [Double], _ returnsBool: Bool, _ holds: (Double, Double) -> Bool) {
        var values = left.mutableSpan
        let others = right.span
        for index in 0..<min(values.count, others.count) {
            let value = values[index], other = others[index]
            if StepRow.isAbsent(value) || StepRow.isAbsent(other) {
                values[index] = StepRow.absent
            } else if returnsBool {
                values[index] = holds(value, other) ? 1 : 0
            } else if !holds(value, other) {
                values[index] = StepRow.absent
            }
        }
    }
}
