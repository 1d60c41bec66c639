package import GatewayModel

/// A PromQL expression as the parser gives it: checked, and with the place in the text of every part.
///
/// The shapes and names are those of Prometheus's `promql/parser/ast.go`, so that `/api/v1/parse_query` can write them.
package indirect enum Expression: Sendable, Equatable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case vectorSelector(VectorSelector)
    case matrixSelector(MatrixSelector)
    case subquery(Subquery)
    case parenthesised(Expression, SourceRange)
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    case aggregation(Aggregation)
    case call(Call)
}

/// A stretch of the query's text, in UTF-8 bytes from its start: `start ..< end`.
package struct SourceRange: Sendable, Hashable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }
}

/// The four types of values.
package enum ValueType: String, Sendable {
    case scalar
    case string
    case vector
    case matrix

    /// As error messages call it.
    package var description: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "instant vector"
        case .matrix: "range vector"
        }
    }
}

package struct NumberLiteral: Sendable, Equatable {
    package var value: Double
    /// Whether it was written as a duration (`5m`), which is printed as one.
    package var isDuration: Bool
    package var range: SourceRange

    package init(value: Double, isDuration: Bool = false, range: SourceRange) {
        self.value = value
        self.isDuration = isDuration
        self.range = range
    }
}

package struct StringLiteral: Sendable, Equatable {
    package var value: String
    /// The value in quotes when its bytes are no UTF-8, of which `value` has U+FFFD for the wrong ones; nil for text.
    package var bytesQuoted: String?
    package var range: SourceRange

    package init(value: String, bytesQuoted: String? = nil, range: SourceRange) {
        self.value = value
        self.bytesQuoted = bytesQuoted
        self.range = range
    }
}

/// A duration in milliseconds, or an expression over durations that is computed when the query's step and range are known.
package indirect enum DurationExpression: Sendable, Equatable {
    case milliseconds(Int64)
    /// A number of seconds or a product's factor within arithmetic.
    case number(Double)
    /// `step()`, the step of the query in milliseconds (0 for an instant query).
    case step
    /// `range()`, the span of the query in milliseconds.
    case range
    case negated(DurationExpression)
    case parenthesised(DurationExpression)
    /// `+ - * / % ^`, as in PromQL, over seconds.
    case arithmetic(ArithmeticOperator, DurationExpression, DurationExpression)
    case minimumOf(DurationExpression, DurationExpression)
    case maximumOf(DurationExpression, DurationExpression)
}

package enum ArithmeticOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
}

/// The instant of an `@` modifier.
package enum TimeModifier: Sendable, Equatable {
    /// Milliseconds since 1970.
    case at(Int64)
    case start
    case end
}

/// How a range selector looks at the samples at its edges (Prometheus's extended range selectors).
package enum RangeEdges: String, Sendable {
    case anchored
    case smoothed
}

package struct VectorSelector: Sendable, Equatable {
    /// The name before the braces, which is also the last of the matchers; nil when there is none there, though a matcher may still set it.
    package var name: String?
    package var matchers: [SeriesMatcher]
    /// nil when none is written.
    package var offset: DurationExpression?
    package var at: TimeModifier?
    /// Only `smoothed` has a meaning for instant vectors.
    package var edges: RangeEdges?
    package var range: SourceRange
    /// Whether of its histograms only count and sum are looked at in the end; found out by the engine.
    var needsStatisticsOnly = false

    package init(
        name: String?, matchers: [SeriesMatcher], offset: DurationExpression? = nil, at: TimeModifier? = nil, edges: RangeEdges? = nil, range: SourceRange
    ) {
        self.name = name
        self.matchers = matchers
        self.offset = offset
        self.at = at
        self.edges = edges
        self.range = range
    }
}

package struct MatrixSelector: Sendable, Equatable {
    /// Offset, `@` and edges stand in the selector.
    package var selector: VectorSelector
    package var duration: DurationExpression
    package var range: SourceRange

    package init(selector: VectorSelector, duration: DurationExpression, range: SourceRange) {
        self.selector = selector
        self.duration = duration
        self.range = range
    }
}

package struct Subquery: Sendable, Equatable {
    package var expression: Expression
    package var duration: DurationExpression
    /// nil for the engine's default.
    package var step: DurationExpression?
    package var offset: DurationExpression?
    package var at: TimeModifier?
    package var range: SourceRange

    package init(
        expression: Expression, duration: DurationExpression, step: DurationExpression?, offset: DurationExpression? = nil, at: TimeModifier? = nil,
        range: SourceRange
    ) {
        self.expression = expression
        self.duration = duration
        self.step = step
        self.offset = offset
        self.at = at
        self.range = range
    }
}

package struct UnaryOperation: Sendable, Equatable {
    package var isNegation: Bool
    package var operand: Expression
    package var range: SourceRange

    package init(isNegation: Bool, operand: Expression, range: SourceRange) {
        self.isNegation = isNegation
        self.operand = operand
        self.range = range
    }
}

package enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case less = "<"
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case and
    case or
    case unless
    /// Keep the part of a histogram below (`</`) or above (`>/`) a value.
    case trimUpper = "</"
    case trimLower = ">/"

    package var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual: true
        default: false
        }
    }

    package var isSet: Bool { self == .and || self == .or || self == .unless }
}

/// How the series of two vectors find each other.
package struct VectorMatching: Sendable, Equatable {
    package enum Cardinality: String, Sendable {
        case oneToOne = "one-to-one"
        case manyToOne = "many-to-one"
        case oneToMany = "one-to-many"
        case manyToMany = "many-to-many"
    }

    package var cardinality: Cardinality
    /// Labels of `on` or `ignoring`.
    package var labels: [String]
    package var isOn: Bool
    /// Labels of `group_left` or `group_right`, taken from the "one" side.
    package var included: [String]
    /// `fill_left`, `fill_right`: the value of a side that has no partner; nil for none.
    package var fillLeft: Double?
    package var fillRight: Double?

    package init(
        cardinality: Cardinality = .oneToOne, labels: [String] = [], isOn: Bool = false, included: [String] = [], fillLeft: Double? = nil, fillRight: Double? = nil
    ) {
        self.cardinality = cardinality
        self.labels = labels
        self.isOn = isOn
        self.included = included
        self.fillLeft = fillLeft
        self.fillRight = fillRight
    }
}

package struct BinaryOperation: Sendable, Equatable {
    package var operation: BinaryOperator
    package var left: Expression
    package var right: Expression
    /// Whether `bool` is written.
    package var returnsBool: Bool
    /// nil unless both sides are vectors.
    package var matching: VectorMatching?
    package var range: SourceRange

    package init(operation: BinaryOperator, left: Expression, right: Expression, returnsBool: Bool, matching: VectorMatching?, range: SourceRange) {
        self.operation = operation
        self.left = left
        self.right = right
        self.returnsBool = returnsBool
        self.matching = matching
        self.range = range
    }
}

package enum AggregationOperator: String, Sendable, CaseIterable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile, limitk
    case countValues = "count_values"
    case limitRatio = "limit_ratio"

    /// Whether it takes a parameter before the vector.
    package var hasParameter: Bool {
        switch self {
        case .topk, .bottomk, .quantile, .limitk, .countValues, .limitRatio: true
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: false
        }
    }
}

package struct Aggregation: Sendable, Equatable {
    package var operation: AggregationOperator
    package var parameter: Expression?
    package var operand: Expression
    package var grouping: [String]
    package var isWithout: Bool
    package var range: SourceRange

    package init(operation: AggregationOperator, parameter: Expression?, operand: Expression, grouping: [String], isWithout: Bool, range: SourceRange) {
        self.operation = operation
        self.parameter = parameter
        self.operand = operand
        self.grouping = grouping
        self.isWithout = isWithout
        self.range = range
    }
}

package struct Call: Sendable, Equatable {
    package var function: FunctionSignature
    package var arguments: [Expression]
    package var range: SourceRange

    package init(function: FunctionSignature, arguments: [Expression], range: SourceRange) {
        self.function = function
        self.arguments = arguments
        self.range = range
    }
}

/// What the type checker knows of a function.
package struct FunctionSignature: Sendable, Equatable {
    package let name: String
    package let arguments: [ValueType]
    /// How many further arguments of the last type may follow or, when negative, any number; 0 when none. With 1 or more the last one may also be left out.
    ///
    /// As Prometheus's `Variadic`: the number of arguments is at least `arguments.count - 1` when it is not 0, and at most `arguments.count - 1 + variadic`.
    package let variadic: Int
    package let result: ValueType

    package init(_ name: String, _ arguments: [ValueType], variadic: Int = 0, _ result: ValueType) {
        self.name = name
        self.arguments = arguments
        self.variadic = variadic
        self.result = result
    }
}

extension Expression {
    /// The type of the expression's value.
    package var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .vectorSelector, .aggregation: .vector
        case .matrixSelector, .subquery: .matrix
        case .parenthesised(let inner, _): inner.type
        case .unary(let operation): operation.operand.type
        case .binary(let operation): operation.left.type == .scalar && operation.right.type == .scalar ? .scalar : .vector
        case .call(let call): call.function.result
        }
    }

    /// Where it stands in the text.
    package var range: SourceRange {
        switch self {
        case .number(let literal): literal.range
        case .string(let literal): literal.range
        case .vectorSelector(let selector): selector.range
        case .matrixSelector(let selector): selector.range
        case .subquery(let subquery): subquery.range
        case .parenthesised(_, let range): range
        case .unary(let operation): operation.range
        case .binary(let operation): operation.range
        case .aggregation(let aggregation): aggregation.range
        case .call(let call): call.range
        }
    }
}
