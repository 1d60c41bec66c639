internal import GatewayModel
internal import PromQL

/// An alert's condition taken apart, so that it is evaluated once and any threshold is tried on the same values.
///
/// `x > 5 and y` becomes the values of `x and y`, of which those above the threshold are the alert's. That is the same at every instant, because `and` and `unless`
/// look at labels only. What stands behind `or` is there whatever the threshold is, as long as whole label sets are matched. Anything else, and what has no
/// threshold, is evaluated as it is.
struct TunableExpression {
    /// Gives the values that are compared; nil when no threshold can be tried.
    let values: Expression?
    /// The threshold of ``values``.
    let threshold: AlertThreshold?
    /// Each gives alerts for whatever it has a value for.
    let conditions: [Expression]

    init(_ expression: Expression) {
        if let opened = Self.opened(expression) {
            values = opened.values
            threshold = opened.threshold
            conditions = opened.others
        } else {
            values = nil
            threshold = nil
            conditions = [expression]
        }
    }

    private struct Opened {
        var values: Expression
        var threshold: AlertThreshold
        var others: [Expression]
    }

    private static func opened(_ expression: Expression) -> Opened? {
        switch expression {
        case .parenthesised(let inner, _): return opened(inner)
        case .call(let call) where call.function.name == "sort" || call.function.name == "sort_desc": return call.arguments.first.flatMap(opened)
        case .binary(let binary): return opened(binary)
        default: return nil
        }
    }

    private static func opened(_ binary: BinaryOperation) -> Opened? {
        switch binary.operation {
        case .and, .unless:
            guard var left = opened(binary.left) else { return nil }
            left.values = Self.replacingLeft(of: binary, by: left.values)
            left.others = left.others.map { Self.replacingLeft(of: binary, by: $0) }
            return left
        case .or:
            // With on() or ignoring() an element of the left side hides others than those with its labels.
            guard let matching = binary.matching, !matching.isOn, matching.labels.isEmpty, var left = opened(binary.left) else { return nil }
            left.others.append(binary.right)
            return left
        case let operation where operation.isComparison:
            guard !binary.returnsBool, let found = ThresholdSearch.threshold(of: .binary(binary)), binary.left.type == .scalar || binary.right.type == .scalar,
                found.threshold.comparison != .equal, found.threshold.comparison != .notEqual
            else { return nil }
            return Opened(values: found.compared, threshold: found.threshold, others: [])
        default: return nil
        }
    }

    private static func replacingLeft(of binary: BinaryOperation, by left: Expression) -> Expression {
        var binary = binary
        binary.left = left
        return .binary(binary)
    }
}

extension AlertThreshold {
    /// Whether more values meet it the smaller its limit is.
    var isUpward: Bool { comparison == .greater || comparison == .greaterOrEqual }

    func with(_ limit: Double) -> AlertThreshold { AlertThreshold(comparison, limit) }
}
