/// Expressions written out over several lines, as Prometheus's `format_query` does it (`promql/parser/prettier.go`).
extension Expression {
    /// What is longer than this is broken into its parts, each on lines of its own.
    private static let lineBytesMax = 100

    package var prettyText: String { pretty(0) }

    /// - Parameter level: how often the line is indented, by two spaces.
    private func pretty(_ level: Int) -> String {
        let indent = String(repeating: "  ", count: level)
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: return indent + text
        case .unary(let unary): return indent + unary.sign + unary.operand.pretty(level).trimmingSpaces
        case .subquery(let subquery):
            // Prometheus does not indent one that fits.
            return isLong ? subquery.expression.pretty(level) + subquery.suffix : text
        default: break
        }
        guard isLong else { return indent + text }
        switch self {
        case .parenthesised(let inner, _): return "\(indent)(\n\(inner.pretty(level + 1))\n\(indent))"
        case .binary(let binary): return "\(binary.left.pretty(level + 1))\n\(indent)\(binary.operatorText)\n\(binary.right.pretty(level + 1))"
        case .aggregation(let aggregation):
            let parameter = aggregation.parameter.map { $0.pretty(level + 1) + ",\n" } ?? ""
            return "\(indent)\(aggregation.operatorText)(\n\(parameter)\(aggregation.operand.pretty(level + 1))\n\(indent))"
        case .call(let call):
            return "\(indent)\(call.function.name)(\n\(call.arguments.map { $0.pretty(level + 1) }.joined(separator: ",\n"))\n\(indent))"
        default: return indent + text
        }
    }

    private var isLong: Bool { text.utf8.count > Self.lineBytesMax }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let start = drop { $0.isWhitespace }
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}
