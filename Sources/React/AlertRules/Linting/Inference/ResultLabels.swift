internal import GatewayModel
internal import PromQL

/// Which labels the series that an expression gives can have, as far as its text tells.
struct ResultLabels: Equatable {
    /// All that there can be; nil when any can be there.
    var only: Set<String>?
    /// Labels that are not there, where any other can be.
    var without: Set<String> = []
    /// Labels that are there for certain, by a matcher that an empty value does not pass.
    var sure: Set<String> = []

    static let none = ResultLabels(only: [])
    static let any = ResultLabels(only: nil)

    func canHave(_ label: String) -> Bool { only.map { $0.contains(label) } ?? !without.contains(label) }

    private func keeping(_ labels: Set<String>) -> ResultLabels {
        ResultLabels(only: labels.filter(canHave), sure: sure.intersection(labels))
    }

    func dropping(_ labels: Set<String>) -> ResultLabels {
        ResultLabels(only: only?.subtracting(labels), without: only == nil ? without.union(labels) : [], sure: sure.subtracting(labels))
    }

    private func adding(_ labels: Set<String>) -> ResultLabels { ResultLabels(only: only?.union(labels), without: without.subtracting(labels), sure: sure) }

    private func union(_ other: ResultLabels) -> ResultLabels {
        guard let only, let others = other.only else { return ResultLabels(only: nil, sure: sure.intersection(other.sure)) }
        return ResultLabels(only: only.union(others), sure: sure.intersection(other.sure))
    }

    // MARK: From expressions

    init(only: Set<String>?, without: Set<String> = [], sure: Set<String> = []) {
        self.only = only
        self.without = without
        self.sure = sure
    }

    init(_ expression: Expression) {
        switch expression {
        case .number, .string: self = .none
        case .vectorSelector(let selector): self.init(selector)
        case .matrixSelector(let matrix): self.init(matrix.selector)
        case .subquery(let subquery): self.init(subquery.expression)
        case .parenthesised(let inner, _): self.init(inner)
        case .unary(let unary): self.init(unary.operand)
        case .aggregation(let aggregation): self = Self.of(aggregation)
        case .call(let call): self = Self.of(call)
        case .binary(let binary): self = Self.of(binary)
        }
    }

    private init(_ selector: VectorSelector) {
        let missing = selector.matchers.filter { $0.comparison == .equal && $0.value.isEmpty }.map(\.name)
        self.init(only: nil, without: Set(missing), sure: Set(selector.matchers.filter { !$0.matchesEmpty }.map(\.name)))
    }

    private static func of(_ aggregation: Aggregation) -> ResultLabels {
        let operand = ResultLabels(aggregation.operand)
        switch aggregation.operation {
        case .topk, .bottomk, .limitk, .limitRatio: return operand
        case .countValues, .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar, .quantile:
            let grouped = aggregation.isWithout ? operand.dropping(Set(aggregation.grouping)) : operand.keeping(Set(aggregation.grouping))
            guard aggregation.operation == .countValues, case .string(let label)? = aggregation.parameter else { return grouped }
            return grouped.adding([label.value])
        }
    }

    private static func of(_ call: Call) -> ResultLabels {
        guard let argument = call.arguments.first(where: { $0.type == .vector || $0.type == .matrix }) else { return .none }
        let labels = ResultLabels(argument)
        switch call.function.name {
        case "absent", "absent_over_time": return Self.ofAbsent(argument)
        case "scalar": return .none
        case "info": return .any
        case "histogram_quantile", "histogram_fraction": return labels.dropping(["le"])
        case "label_replace", "label_join":
            guard call.arguments.count > 1, case .string(let label) = call.arguments[1] else { return .any }
            return labels.adding([label.value])
        default: return labels
        }
    }

    /// What is absent has the labels that its selector asks for, and no others.
    private static func ofAbsent(_ argument: Expression) -> ResultLabels {
        let matchers: [SeriesMatcher]
        switch argument.bare {
        case .vectorSelector(let selector): matchers = selector.matchers
        case .matrixSelector(let matrix): matchers = matrix.selector.matchers
        default: return .none
        }
        let asked = Set(matchers.filter { $0.comparison == .equal && !$0.value.isEmpty && $0.name != SeriesLabels.metricName }.map(\.name))
        return ResultLabels(only: asked, sure: asked)
    }

    private static func of(_ binary: BinaryOperation) -> ResultLabels {
        guard let matching = binary.matching else { return ResultLabels(binary.left.type == .scalar ? binary.right : binary.left) }
        let (left, right) = (ResultLabels(binary.left), ResultLabels(binary.right))
        let included = Set(matching.included)
        switch (binary.operation, matching.cardinality) {
        case (.and, _), (.unless, _): return left
        case (.or, _): return left.union(right)
        case (_, .manyToOne): return left.adding(included)
        case (_, .oneToMany): return right.adding(included)
        case (_, .oneToOne), (_, .manyToMany):
            if matching.isOn { return left.keeping(Set(matching.labels)) }
            let rest = left.dropping(Set(matching.labels))
            // Both sides have the same labels, so that what one cannot have is not there.
            if let only = right.only { return rest.keeping(only.subtracting(matching.labels)) }
            return rest
        }
    }
}
