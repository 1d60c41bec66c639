internal import GatewayModel
internal import PromQL

/// Per how much time an expression counts: `rate` per second, `increase(x[1h])` per hour, `rate(x[5m]) * 60` per minute.
enum RateBase {
    /// Seconds to which the count belongs; nil when the expression is no count over time (a quotient, a duration, a level).
    static func seconds(_ expression: Expression) -> Double? {
        switch expression.bare {
        case .call(let call):
            guard case .matrixSelector(let matrix)? = call.arguments.first, counts(matrix.selector) else { return nil }
            switch call.function.name {
            case "rate", "irate": return 1
            case "increase", "delta": return matrix.milliseconds.map { Double($0) / 1000 }
            default: return nil
            }
        case .aggregation(let aggregation):
            switch aggregation.operation {
            case .sum, .avg, .min, .max, .topk, .bottomk, .quantile: return seconds(aggregation.operand)
            default: return nil
            }
        case .binary(let binary):
            switch binary.operation {
            case .multiply:
                if let factor = ConstantNumber(binary.right)?.value { return seconds(binary.left).map { $0 * factor } }
                return ConstantNumber(binary.left).flatMap { factor in seconds(binary.right).map { $0 * factor.value } }
            case .divide: return ConstantNumber(binary.right).flatMap { divisor in seconds(binary.left).map { $0 / divisor.value } }
            case .and, .or, .unless: return seconds(binary.left)
            default: return nil
            }
        default: return nil
        }
    }

    /// Whether a counter counts things; seconds and bytes per second are levels of their own.
    private static func counts(_ selector: VectorSelector) -> Bool {
        let name = selector.metric ?? ""
        return !["_seconds_total", "_seconds_sum", "_bytes_total", "_bytes_sum", "_bytes", "_seconds"].contains { name.hasSuffix($0) }
    }

    static func name(_ seconds: Double) -> String {
        switch seconds {
        case 1: "per second"
        case 60: "per minute"
        case 3600: "per hour"
        case 86_400: "per day"
        case 604_800: "per week"
        default: seconds == seconds.rounded() && seconds < 1e9 ? "per \(DurationText.text(milliseconds: Int64(seconds * 1000)))" : "per \(seconds) s"
        }
    }
}
