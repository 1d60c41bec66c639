internal import GatewayModel

/// A comma list of names, wildcards and exclusions (`logs-*,-logs-old`), as in a request's path.
struct IndexExpression {
    private let parts: [String]

    init(_ text: String) {
        parts = text.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    /// Names that are given without a wildcard: those must exist.
    var concrete: [String] { parts.filter { !$0.contains("*") && !$0.hasPrefix("-") && $0 != "_all" } }

    /// The known indices that the expression means, in the order of `known`.
    func select(from known: [String]) -> [String] {
        var selected: Set<String> = []
        for part in parts.isEmpty ? ["*"] : parts {
            if part.hasPrefix("-"), part.count > 1 {
                let pattern = TextPattern(wildcard: String(part.dropFirst()))
                selected = selected.filter { !pattern.matches($0) }
            } else {
                let pattern = TextPattern(wildcard: part == "_all" ? "*" : part)
                selected.formUnion(known.filter { pattern.matches($0) })
            }
        }
        return known.filter { selected.contains($0) }
    }
}

extension Substring {
    func trimmingSpaces() -> String {
        var text = self
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
