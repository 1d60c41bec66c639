internal import ByteCoding
package import GatewayModel
package import PromQL

/// Finds the number that decides an alert, and writes another one in its place.
///
/// The threshold of an expression is the number of its outermost comparison: what `> 0.05` is compared with at the end of most alerts. The way to it leads through
/// parentheses, through what hands values on as they are (`sort`, `label_replace`), and to the left side of `and`, `or` and `unless`, whose values the alert has.
/// It does not lead into arithmetic, functions and aggregations: what is compared there is no longer what the alert shows.
package enum ThresholdSearch {
    /// The threshold of an expression; nil when it does not end in a comparison with a constant number.
    package static func threshold(of expression: Expression) -> FoundThreshold? { deciding(expression) }

    /// All thresholds that people may want to set: the deciding one first, if there is one, then those of the other sides of `and`, `or` and `unless` and of
    /// comparisons of comparisons (`x > 5 < 10`), in the order of the text.
    package static func thresholds(of expression: Expression) -> [FoundThreshold] {
        var found: [FoundThreshold] = []
        collect(expression, into: &found)
        found.sort { $0.range.start < $1.range.start }
        guard let first = deciding(expression) else { return found }
        return [first] + found.filter { $0.range != first.range }
    }

    /// The text with another number in a threshold's place; all else stays as it was written. What stands close around it is kept apart by spaces where the number
    /// would otherwise join with it.
    ///
    /// - Parameters:
    ///   - threshold: found in this text.
    ///   - limit: may be negative, infinite or no number.
    package static func replacing(_ threshold: FoundThreshold, with limit: Double, in text: String) -> String {
        let bytes = Array(text.utf8)
        let (start, end) = (threshold.range.start, threshold.range.end)
        guard start >= 0, start <= end, end <= bytes.count else { return text }
        var result = Array(bytes[..<start])
        if let last = result.last, joinsWithNumbers(last) { result.append(UInt8(ascii: " ")) }
        PrometheusNumber.append(limit, to: &result)
        if end < bytes.count, joinsWithNumbers(bytes[end]) { result.append(UInt8(ascii: " ")) }
        result.append(contentsOf: bytes[end...])
        return String(decoding: result, as: UTF8.self)
    }

    private static func joinsWithNumbers(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: byte >= 0x80
        }
    }

    // MARK: The way to the comparison

    private static func deciding(_ expression: Expression) -> FoundThreshold? {
        switch expression {
        case .parenthesised(let inner, _): return deciding(inner)
        case .call(let call): return call.handedOn.flatMap(deciding)
        case .binary(let binary) where binary.operation.isSet: return deciding(binary.left)
        case .binary(let binary): return comparison(binary)
        case .number, .string, .vectorSelector, .matrixSelector, .subquery, .unary, .aggregation: return nil
        }
    }

    private static func collect(_ expression: Expression, into found: inout [FoundThreshold]) {
        switch expression {
        case .parenthesised(let inner, _): collect(inner, into: &found)
        case .call(let call): if let inner = call.handedOn { collect(inner, into: &found) }
        case .binary(let binary):
            guard binary.operation.isSet || binary.operation.isComparison else { return }
            if let threshold = comparison(binary) { found.append(threshold) }
            collect(binary.left, into: &found)
            collect(binary.right, into: &found)
        case .number, .string, .vectorSelector, .matrixSelector, .subquery, .unary, .aggregation: return
        }
    }

    /// A comparison with a constant on exactly one side.
    private static func comparison(_ binary: BinaryOperation) -> FoundThreshold? {
        guard let comparison = AlertThreshold.Comparison(binary.operation) else { return nil }
        let isMirrored: Bool
        let constant: ConstantNumber
        switch (ConstantNumber(binary.left), ConstantNumber(binary.right)) {
        case (nil, let right?): (isMirrored, constant) = (false, right)
        case (let left?, nil): (isMirrored, constant) = (true, left)
        case (.some, .some), (nil, nil): return nil
        }
        return FoundThreshold(
            threshold: AlertThreshold(isMirrored ? comparison.mirrored : comparison, constant.value), range: constant.range,
            compared: isMirrored ? binary.right : binary.left, comparisonRange: binary.range, returnsBool: binary.returnsBool)
    }
}

extension Call {
    /// The argument whose values the call gives as they are, with other labels or in another order; nil for all other functions.
    fileprivate var handedOn: Expression? {
        switch function.name {
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join": arguments.first
        default: nil
        }
    }
}

extension AlertThreshold.Comparison {
    /// nil for what is no comparison.
    init?(_ operation: BinaryOperator) {
        guard operation.isComparison else { return nil }
        self.init(rawValue: operation.rawValue)
    }

    /// The comparison with its sides exchanged: `<` for `>`.
    package var mirrored: AlertThreshold.Comparison {
        switch self {
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .equal: .equal
        case .notEqual: .notEqual
        }
    }
}

extension AlertThreshold {
    /// Whether a value meets the comparison; no number meets only `!=`.
    package func holds(_ value: Double) -> Bool {
        switch comparison {
        case .greater: value > limit
        case .greaterOrEqual: value >= limit
        case .less: value < limit
        case .lessOrEqual: value <= limit
        case .equal: value == limit
        case .notEqual: value != limit
        }
    }
}
