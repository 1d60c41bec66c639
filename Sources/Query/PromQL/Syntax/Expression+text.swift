internal import ByteCoding
internal import GatewayModel

/// Expressions written out on one line, as Prometheus does it (`String()` in `promql/parser/printer.go`).
extension Expression {
    /// PromQL that reads as the same expression: comments gone, spaces, numbers and quotes in one form.
    package var text: String {
        var output = ExpressionOutput()
        write(into: &output)
        return output.text
    }

    /// Whether the text has more bytes than so many. It is not written further than that.
    func isLonger(than bytes: Int) -> Bool {
        var output = ExpressionOutput(bytesMax: bytes)
        write(into: &output)
        return output.isFull
    }

    fileprivate func write(into output: inout ExpressionOutput) {
        if output.isFull { return }
        switch self {
        case .number(let literal): output.add(literal.text)
        case .string(let literal): output.add(literal.bytesQuoted ?? literal.value.goQuoted)
        case .vectorSelector(let selector): output.add(selector.text)
        case .matrixSelector(let matrix): output.add(matrix.text)
        case .subquery(let subquery):
            subquery.expression.write(into: &output)
            output.add(subquery.suffix)
        case .parenthesised(let inner, _):
            output.add("(")
            inner.write(into: &output)
            output.add(")")
        case .unary(let unary):
            output.add(unary.sign)
            unary.operand.write(into: &output)
        case .binary(let binary):
            binary.left.write(into: &output)
            output.add(" \(binary.operatorText) ")
            binary.right.write(into: &output)
        case .aggregation(let aggregation):
            output.add(aggregation.operatorText)
            Self.write([aggregation.parameter, aggregation.operand].compactMap(\.self), into: &output)
        case .call(let call):
            output.add(call.function.name)
            Self.write(call.arguments, into: &output)
        }
    }

    /// Arguments in parentheses.
    private static func write(_ arguments: [Expression], into output: inout ExpressionOutput) {
        output.add("(")
        for (index, argument) in arguments.enumerated() {
            if index > 0 { output.add(", ") }
            argument.write(into: &output)
        }
        output.add(")")
    }
}

/// Text that grows from left to right, so that a deep tree costs no more than its length.
private struct ExpressionOutput {
    private(set) var text = ""
    private let bytesMax: Int

    init(bytesMax: Int = .max) { self.bytesMax = bytesMax }

    /// Whether there is more than was asked for.
    var isFull: Bool { text.utf8.count > bytesMax }

    mutating func add(_ part: String) { text += part }
}

extension NumberLiteral {
    var text: String {
        if isDuration { return DurationText.text(milliseconds: Int64((value * 1000).rounded())) }
        return PrometheusNumber.of(value, .plain)
    }
}

extension DurationExpression {
    package var text: String {
        switch self {
        case .milliseconds(let milliseconds): DurationText.text(milliseconds: milliseconds)
        case .number(let value): PrometheusNumber.of(value, .plain)
        case .step: "step()"
        case .range: "range()"
        case .negated(let inner): "-\(inner.text)"
        case .parenthesised(let inner): "(\(inner.text))"
        case .arithmetic(let operation, let left, let right): "\(left.text) \(operation.rawValue) \(right.text)"
        case .minimumOf(let left, let right): "min_of(\(left.text), \(right.text))"
        case .maximumOf(let left, let right): "max_of(\(left.text), \(right.text))"
        }
    }
}

// MARK: Selectors

extension SeriesMatcher {
    /// `name="value"`; the name in quotes when it is not made of letters, digits and underscores.
    package var text: String { "\(name.labelNameText)\(comparison.rawValue)\(value.goQuoted)" }
}

extension VectorSelector {
    var text: String {
        bareText + (at?.text ?? "") + (edges.map { " \($0.rawValue)" } ?? "") + (offset.map { " offset \($0.text)" } ?? "")
    }

    /// Without what follows the braces.
    fileprivate var bareText: String {
        let conditions = matchers.filter { !isName($0) }.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return (name ?? "") + (conditions.isEmpty ? "" : "{\(conditions.joined(separator: ","))}")
    }

    /// Whether the matcher says no more than the name before the braces.
    private func isName(_ matcher: SeriesMatcher) -> Bool {
        name != nil && matcher.name == SeriesLabels.metricName && matcher.comparison == .equal && matcher.value == name
    }
}

extension MatrixSelector {
    var text: String {
        let modifiers = (selector.edges.map { " \($0.rawValue)" } ?? "") + (selector.at?.text ?? "") + (selector.offset.map { " offset \($0.text)" } ?? "")
        return "\(selector.bareText)[\(duration.text)]\(modifiers)"
    }
}

extension Subquery {
    /// What follows the expression.
    var suffix: String { "[\(duration.text):\(step?.text ?? "")]\(at?.text ?? "")\(offset.map { " offset \($0.text)" } ?? "")" }
}

extension TimeModifier {
    fileprivate var text: String {
        switch self {
        case .start: return " @ start()"
        case .end: return " @ end()"
        case .at(let milliseconds):
            let thousandths = String(milliseconds.magnitude % 1000)
            let fraction = String(repeating: "0", count: 3 - thousandths.count) + thousandths
            return " @ \(milliseconds < 0 ? "-" : "")\(milliseconds.magnitude / 1000).\(fraction)"
        }
    }
}

// MARK: Operators and aggregations

extension UnaryOperation {
    var sign: String { isNegation ? "-" : "+" }
}

extension BinaryOperation {
    /// The operator with how the sides match.
    var operatorText: String { operation.rawValue + (returnsBool ? " bool" : "") + (matching?.text ?? "") }
}

extension VectorMatching {
    fileprivate var text: String {
        let isGrouped = cardinality == .manyToOne || cardinality == .oneToMany
        var text = ""
        if !labels.isEmpty || isOn || isGrouped { text += " \(isOn ? "on" : "ignoring") (\(labels.labelNamesText))" }
        if isGrouped { text += " group_\(cardinality == .manyToOne ? "left" : "right") (\(included.labelNamesText))" }
        if let fillLeft, let fillRight, fillLeft.bitPattern == fillRight.bitPattern { return text + " fill (\(Self.fillText(fillLeft)))" }
        if let fillLeft { text += " fill_left (\(Self.fillText(fillLeft)))" }
        if let fillRight { text += " fill_right (\(Self.fillText(fillRight)))" }
        return text
    }

    /// As Go's `%v`: with an exponent below 1e-4 and from 1e21 on.
    private static func fillText(_ value: Double) -> String {
        value == 0 || (1e-4..<1e21).contains(value.magnitude) ? PrometheusNumber.of(value, .plain) : PrometheusNumber.of(value, .general)
    }
}

extension Aggregation {
    /// The operator with its grouping.
    var operatorText: String {
        if isWithout { return "\(operation.rawValue) without (\(grouping.labelNamesText)) " }
        return grouping.isEmpty ? operation.rawValue : "\(operation.rawValue) by (\(grouping.labelNamesText)) "
    }
}

// MARK: Names

extension String {
    /// As it is when it may stand without quotes, otherwise quoted.
    var labelNameText: String {
        let isPlain = utf8.first.map(PromQLLexer.isLetter) ?? false && utf8.allSatisfy(PromQLLexer.isLetterOrDigit)
        return isPlain ? self : goQuoted
    }
}

extension [String] {
    fileprivate var labelNamesText: String { map(\.labelNameText).joined(separator: ", ") }
}
