/// Expressions written out over several lines, as Prometheus's `format_query` does it (`promql/parser/prettier.go`).
extension Expression {
    /// What is longer than this is broken into its parts, each on lines of its own.
    private static let lineBytesMax = 100

    package var prettyText: String {
        var lines = ""
        write(at: 0, into: &lines)
        return lines
    }

    /// - Parameters:
    ///   - level: how often lines are indented, by two spaces.
    ///   - isIndented: whether the first line is; what follows a sign is not.
    private func write(at level: Int, isIndented: Bool = true, into lines: inout String) {
        let indent = String(repeating: "  ", count: level)
        // Prometheus does not indent a subquery that fits.
        if case .subquery(let subquery) = self {
            guard isLonger(than: Self.lineBytesMax) else { return lines += text }
            subquery.expression.write(at: level, isIndented: isIndented, into: &lines)
            return lines += subquery.suffix
        }
        // Of a binary operator that is broken the left side, which comes first, has an indent of its own.
        if case .binary(let binary) = self, isLonger(than: Self.lineBytesMax) {
            binary.left.write(at: level + 1, isIndented: isIndented, into: &lines)
            lines += "\n\(indent)\(binary.operatorText)\n"
            return binary.right.write(at: level + 1, into: &lines)
        }
        if isIndented { lines += indent }
        switch self {
        case .unary(let unary):
            lines += unary.sign
            unary.operand.write(at: level, isIndented: false, into: &lines)
        case .parenthesised(let inner, _) where isLonger(than: Self.lineBytesMax): Self.write("", [inner], at: level, into: &lines)
        case .aggregation(let aggregation) where isLonger(than: Self.lineBytesMax):
            Self.write(aggregation.operatorText, [aggregation.parameter, aggregation.operand].compactMap(\.self), at: level, into: &lines)
        case .call(let call) where isLonger(than: Self.lineBytesMax): Self.write(call.function.name, call.arguments, at: level, into: &lines)
        default: lines += text
        }
    }

    /// Arguments between parentheses, each on lines of its own.
    private static func write(_ name: String, _ arguments: [Expression], at level: Int, into lines: inout String) {
        lines += name + "(\n"
        for (index, argument) in arguments.enumerated() {
            if index > 0 { lines += ",\n" }
            argument.write(at: level + 1, into: &lines)
        }
        lines += "\n" + String(repeating: "  ", count: level) + ")"
    }
}
