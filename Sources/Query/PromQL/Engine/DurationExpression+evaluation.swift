internal import Foundation
internal import GatewayModel

extension DurationExpression {
    /// The duration in milliseconds, when the query's instants are known.
    ///
    /// Source: prometheus/prometheus `promql/durations.go`.
    /// - Parameter query: the instants of the whole query; the step is 0 for an instant query.
    /// - Throws: `bad_data` for a division by zero, for what no 64-bit number holds, and, unless negative ones are allowed, for 0 and less.
    func milliseconds(_ query: StepGrid, allowsNegative: Bool = false) throws(PromQLError) -> Int64 {
        if case .milliseconds(let plain) = self { return plain }
        let seconds = try seconds(query)
        guard seconds > 0 || allowsNegative else { throw PromQLError(.badData, "duration must be greater than 0") }
        // Prometheus holds durations as nanoseconds in 64 bits.
        guard abs(seconds) < 9_223_372_036 else { throw PromQLError(.badData, "duration is out of range") }
        return Int64(seconds * 1000)
    }

    private func seconds(_ query: StepGrid) throws(PromQLError) -> Double {
        switch self {
        case .milliseconds(let value): return Double(value) / 1000
        case .number(let value): return value
        case .step: return Double(query.step) / 1000
        case .range: return Double(query.end - query.start) / 1000
        case .negated(let inner): return -(try inner.seconds(query))
        case .parenthesised(let inner): return try inner.seconds(query)
        case .minimumOf(let left, let right): return min(try left.seconds(query), try right.seconds(query))
        case .maximumOf(let left, let right): return max(try left.seconds(query), try right.seconds(query))
        case .arithmetic(let operation, let left, let right):
            return try Self.combine(operation, try left.seconds(query), try right.seconds(query))
        }
    }

    private static func combine(_ operation: ArithmeticOperator, _ left: Double, _ right: Double) throws(PromQLError) -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .power: return pow(left, right)
        case .divide:
            guard right != 0 else { throw PromQLError(.badData, "division by zero") }
            return left / right
        case .modulo:
            guard right != 0 else { throw PromQLError(.badData, "modulo by zero") }
            return fmod(left, right)
        }
    }
}
