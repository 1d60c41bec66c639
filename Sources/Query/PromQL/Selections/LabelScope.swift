/// Labels in which a series that was read and the result agree: the result has the series' value, and none where the series has none.
package struct LabelScope: Sendable, Equatable {
    /// nil for all.
    private var only: Set<String>?
    private var except: Set<String> = []

    static let all = LabelScope()
    static let none = LabelScope().narrowed(to: [])

    package func holds(_ label: String) -> Bool { !except.contains(label) && only?.contains(label) != false }

    func narrowed(to labels: some Sequence<String>) -> LabelScope {
        var scope = self
        scope.only = only.map { $0.intersection(labels) } ?? Set(labels)
        return scope
    }

    func without(_ labels: some Sequence<String>) -> LabelScope {
        var scope = self
        scope.except.formUnion(labels)
        return scope
    }
}

extension Aggregation {
    /// Of the series that are aggregated, in a result with a scope.
    func scope(of result: LabelScope) -> LabelScope {
        switch operation {
        case .topk, .bottomk, .limitk, .limitRatio: return result
        default: return isWithout ? result.without(grouping) : result.narrowed(to: grouping)
        }
    }
}

extension Call {
    /// Of the series that the function is applied to.
    func scope(of result: LabelScope) -> LabelScope {
        switch function.name {
        case "label_replace", "label_join":
            if arguments.count > 1, case .string(let label) = arguments[1] { return result.without([label.value]) }
            return result
        case "histogram_quantile", "histogram_quantiles", "histogram_fraction": return result.without(["le"])
        case "scalar", "vector", "absent", "absent_over_time": return .none
        default: return result
        }
    }
}

extension BinaryOperation {
    /// Of the series of the left and of the right side.
    func scopes(of result: LabelScope) -> (left: LabelScope, right: LabelScope) {
        guard let matching else { return (result, result) }
        let matched = matching.isOn ? result.narrowed(to: matching.labels) : result.without(matching.labels)
        switch matching.cardinality {
        case .oneToOne: return (matched, matched)
        case .manyToOne: return (result.without(matching.included), matching.isOn ? result.narrowed(to: matching.labels + matching.included) : matched)
        case .oneToMany: return (matching.isOn ? result.narrowed(to: matching.labels + matching.included) : matched, result.without(matching.included))
        case .manyToMany: return operation == .or ? (result, result) : (result, matched)
        }
    }
}
