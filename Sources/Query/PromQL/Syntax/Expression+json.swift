package import ByteCoding
internal import GatewayModel

/// Expressions as JSON, as Prometheus's `/api/v1/parse_query` writes them (`web/api/v1/translate_ast.go`): keys in ascending order, times in milliseconds.
extension Expression {
    package func writeJSON(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .aggregation(let aggregation): aggregation.writeMembers(into: &writer)
            case .binary(let binary): binary.writeMembers(into: &writer)
            case .call(let call): call.writeMembers(into: &writer)
            case .matrixSelector(let matrix): matrix.selector.writeMembers(into: &writer, range: matrix.duration.literalMilliseconds)
            case .number(let literal):
                writer.member("type", "numberLiteral")
                writer.member("val", PrometheusNumber.of(literal.value, .plain))
            case .parenthesised(let inner, _):
                writer.key("expr")
                inner.writeJSON(into: &writer)
                writer.member("type", "parenExpr")
            case .string(let literal):
                writer.member("type", "stringLiteral")
                writer.member("val", literal.value)
            case .subquery(let subquery): subquery.writeMembers(into: &writer)
            case .unary(let unary):
                writer.key("expr")
                unary.operand.writeJSON(into: &writer)
                writer.member("op", unary.sign)
                writer.member("type", "unaryExpr")
            case .vectorSelector(let selector): selector.writeMembers(into: &writer, range: nil)
            }
        }
    }
}

extension Aggregation {
    fileprivate func writeMembers(into writer: inout JSONWriter) {
        writer.key("expr")
        operand.writeJSON(into: &writer)
        writer.strings("grouping", grouping)
        writer.member("op", operation.rawValue)
        writer.key("param")
        if let parameter { parameter.writeJSON(into: &writer) } else { writer.null() }
        writer.member("type", "aggregation")
        writer.member("without", isWithout)
    }
}

extension BinaryOperation {
    fileprivate func writeMembers(into writer: inout JSONWriter) {
        writer.member("bool", returnsBool)
        writer.key("lhs")
        left.writeJSON(into: &writer)
        writer.key("matching")
        if let matching {
            writer.object { matching.writeMembers(into: &$0) }
        } else {
            writer.null()
        }
        writer.member("op", operation.rawValue)
        writer.key("rhs")
        right.writeJSON(into: &writer)
        writer.member("type", "binaryExpr")
    }
}

extension VectorMatching {
    fileprivate func writeMembers(into writer: inout JSONWriter) {
        writer.member("card", cardinality.rawValue)
        writer.object("fillValues") { writer in
            writer.optional("lhs", fillLeft)
            writer.optional("rhs", fillRight)
        }
        writer.strings("include", included)
        writer.strings("labels", labels)
        writer.member("on", isOn)
    }
}

extension Call {
    fileprivate func writeMembers(into writer: inout JSONWriter) {
        writer.array("args") { writer in
            for argument in arguments { argument.writeJSON(into: &writer) }
        }
        writer.object("func") { writer in
            writer.strings("argTypes", function.arguments.map(\.rawValue))
            writer.member("name", function.name)
            writer.member("returnType", function.result.rawValue)
            writer.member("variadic", function.variadic)
        }
        writer.member("type", "call")
    }
}

extension Subquery {
    fileprivate func writeMembers(into writer: inout JSONWriter) {
        writer.key("expr")
        expression.writeJSON(into: &writer)
        writer.member("offset", offset?.literalMilliseconds ?? 0)
        writer.member("range", duration.literalMilliseconds)
        writer.writeStartOrEnd(at)
        writer.member("step", step?.literalMilliseconds ?? 0)
        writer.writeTimestamp(at)
        writer.member("type", "subquery")
    }
}

extension VectorSelector {
    /// - Parameter range: of a range selector.
    fileprivate func writeMembers(into writer: inout JSONWriter, range: Int64?) {
        writer.member("anchored", edges == .anchored)
        writer.array("matchers") { writer in
            for matcher in matchers {
                writer.object { writer in
                    writer.member("name", matcher.name)
                    writer.member("type", matcher.comparison.rawValue)
                    writer.member("value", matcher.value)
                }
            }
        }
        writer.member("name", name ?? "")
        writer.member("offset", offset?.literalMilliseconds ?? 0)
        if let range { writer.member("range", range) }
        writer.member("smoothed", edges == .smoothed)
        writer.writeStartOrEnd(at)
        writer.writeTimestamp(at)
        writer.member("type", range == nil ? "vectorSelector" : "matrixSelector")
    }
}

extension DurationExpression {
    /// 0 for what is computed when the query runs.
    fileprivate var literalMilliseconds: Int64 { if case .milliseconds(let milliseconds) = self { milliseconds } else { 0 } }
}

extension JSONWriter {
    fileprivate mutating func strings(_ name: String, _ values: [String]) {
        array(name) { writer in
            for value in values { writer.value(value) }
        }
    }

    fileprivate mutating func optional(_ name: String, _ value: Double?) {
        key(name)
        if let value { self.value(value) } else { null() }
    }

    fileprivate mutating func writeStartOrEnd(_ at: TimeModifier?) {
        key("startOrEnd")
        switch at {
        case .start: value("start")
        case .end: value("end")
        case .at, nil: null()
        }
    }

    fileprivate mutating func writeTimestamp(_ at: TimeModifier?) {
        key("timestamp")
        if case .at(let milliseconds)? = at { value(milliseconds) } else { null() }
    }
}
