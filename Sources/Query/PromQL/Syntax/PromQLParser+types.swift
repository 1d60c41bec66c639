internal import GatewayModel

/// The type checker: what Prometheus's `checkAST` (`promql/parser/parse.go`) refuses, in its order and its words.
///
/// It also settles how vectors match: there is no matching unless both sides are vectors, and set operators match many to many.
extension PromQLParser {
    mutating func check(_ expression: inout Expression) {
        switch expression {
        case .number, .string: return
        case .vectorSelector(let selector): check(selector)
        case .matrixSelector(let matrix): check(matrix.selector)
        case .parenthesised(var inner, let range):
            check(&inner)
            expression = .parenthesised(inner, range)
        case .unary(var unary):
            check(&unary.operand)
            expression = .unary(unary)
            let type = unary.operand.type
            if type != .scalar && type != .vector {
                let message = "unary expression only allowed on expressions of type scalar or instant vector, got \(type.description.goQuoted)"
                report(message, at: unary.range)
            }
        case .subquery(var subquery):
            check(&subquery.expression)
            expression = .subquery(subquery)
            let type = subquery.expression.type
            if type != .vector { report("subquery is only allowed on instant vector, got \(type.rawValue) instead", at: subquery.range) }
        case .binary(var binary):
            check(&binary)
            expression = .binary(binary)
        case .aggregation(var aggregation):
            check(&aggregation)
            expression = .aggregation(aggregation)
        case .call(var call):
            check(&call)
            expression = .call(call)
        }
    }

    private mutating func expect(_ type: ValueType, _ expression: inout Expression, in context: String) {
        check(&expression)
        if expression.type == type { return }
        report("expected type \(type.description) in \(context), got \(expression.type.description)", at: expression.range)
    }

    private mutating func check(_ selector: VectorSelector, mayMatchAll: Bool = false) {
        if let name = selector.name {
            for matcher in selector.matchers.dropLast() where matcher.name == SeriesLabels.metricName {
                report("metric name must not be set twice: \(name.goQuoted) or \(matcher.value.goQuoted)", at: selector.range)
            }
        } else if !mayMatchAll, selector.matchers.allSatisfy(\.matchesEmpty) {
            report("vector selector must contain at least one non-empty matcher", at: selector.range)
        }
    }

    private mutating func check(_ aggregation: inout Aggregation) {
        expect(.vector, &aggregation.operand, in: "aggregation expression")
        guard var parameter = aggregation.parameter else { return }
        expect(aggregation.operation == .countValues ? .string : .scalar, &parameter, in: "aggregation parameter")
        aggregation.parameter = parameter
    }

    // MARK: Binary operators

    private mutating func check(_ binary: inout BinaryOperation) {
        check(&binary.left)
        check(&binary.right)
        let (left, right) = (binary.left.type, binary.right.type)
        let operation = binary.operation
        if binary.returnsBool && !operation.isComparison {
            report("bool modifier can only be used on comparison operators", at: operatorRange(binary))
        }
        if operation.isComparison && !binary.returnsBool && left == .scalar && right == .scalar {
            report("comparisons between scalars must use BOOL modifier", at: operatorRange(binary))
        }
        if operation.isSet, binary.matching?.cardinality == .oneToOne { binary.matching?.cardinality = .manyToMany }
        if let matching = binary.matching, matching.isOn {
            for label in matching.labels {
                for _ in matching.included.filter({ $0 == label }) {
                    report("label \(label.goQuoted) must not occur in ON and GROUP clause at once", at: operatorRange(binary))
                }
            }
        }
        for side in [binary.left, binary.right] where side.type != .scalar && side.type != .vector {
            report("binary expression must contain only scalar and instant vector types", at: side.range)
        }
        if left != .vector || right != .vector {
            checkNoMatching(binary)
            binary.matching = nil
        } else if operation.isSet {
            checkSetMatching(binary)
        }
        if operation.isSet, left == .scalar || right == .scalar {
            report("set operator \(operation.rawValue.goQuoted) not allowed in binary scalar expression", at: binary.range)
        }
    }

    private mutating func checkNoMatching(_ binary: BinaryOperation) {
        guard let matching = binary.matching else { return }
        if !matching.labels.isEmpty { report("vector matching only allowed between instant vectors", at: binary.range) }
        if matching.fillLeft != nil || matching.fillRight != nil {
            report("filling in missing series only allowed between instant vectors", at: binary.range)
        }
    }

    private mutating func checkSetMatching(_ binary: BinaryOperation) {
        guard let matching = binary.matching else { return }
        if matching.cardinality != .manyToMany {
            report("no grouping allowed for \(binary.operation.rawValue.goQuoted) operation", at: binary.range)
            report("set operations must always be many-to-many", at: binary.range)
        }
        if matching.fillLeft != nil || matching.fillRight != nil {
            report("filling in missing series not allowed for set operators", at: binary.range)
        }
    }

    /// What stands between the sides, spaces left out.
    private func operatorRange(_ binary: BinaryOperation) -> SourceRange {
        var range = SourceRange(binary.left.range.end, binary.right.range.start)
        while range.start < range.end, PromQLLexer.isSpace(lexer.bytes[range.start]) { range.start += 1 }
        while range.end > range.start, PromQLLexer.isSpace(lexer.bytes[range.end - 1]) { range.end -= 1 }
        return range
    }

    // MARK: Calls

    private mutating func check(_ call: inout Call) {
        checkCount(call)
        let function = call.function
        let context = "call to function \(function.name.goQuoted)"
        let isInfo = function.name == "info"
        if isInfo, call.arguments.count > 1 { checkInfoSelector(call) }
        for index in call.arguments.indices {
            guard index < function.arguments.count || function.variadic != 0, let last = function.arguments.last else { break }
            let type = index < function.arguments.count ? function.arguments[index] : last
            if isInfo, index == 1, case .vectorSelector(let selector) = call.arguments[1] {
                check(selector, mayMatchAll: true)
            } else {
                expect(type, &call.arguments[index], in: context)
            }
        }
    }

    private mutating func checkCount(_ call: Call) {
        let (function, count) = (call.function, call.arguments.count)
        let expected: String
        if function.variadic == 0 {
            if count == function.arguments.count { return }
            expected = "\(function.arguments.count)"
        } else if count < function.arguments.count - 1 {
            expected = "at least \(function.arguments.count - 1)"
        } else if function.variadic > 0, count > function.arguments.count - 1 + function.variadic {
            expected = "at most \(function.arguments.count - 1 + function.variadic)"
        } else {
            return
        }
        report("expected \(expected) argument(s) in call to \(function.name.goQuoted), got \(count)", at: call.range)
    }

    /// The second argument of `info` names labels, never a metric.
    private mutating func checkInfoSelector(_ call: Call) {
        let argument = call.arguments[1]
        if argument.type != .vector {
            report("expected type instant vector in call to function \"info\", got \(argument.type.description)", at: call.range)
        }
        if case .vectorSelector(let selector) = argument {
            if selector.name != nil { report("expected label selectors only, got vector selector instead", at: argument.range) }
        } else {
            report("expected label selectors only", at: argument.range)
        }
    }
}
