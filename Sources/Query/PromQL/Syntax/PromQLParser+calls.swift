internal import GatewayModel

/// Calls, aggregations, and how the series of two vectors find each other.
extension PromQLParser {
    /// The arguments of the function whose name has been taken.
    mutating func parseCall(_ name: Token) throws(Stop) -> Parsed {
        let (arguments, levels) = try parseArguments()
        let range = SourceRange(name.range.start, end)
        guard let function = FunctionSignature.named(text(name)) else {
            report("unknown function with name \(text(name).goQuoted)", at: name.range)
            return .erroneous(at: range)
        }
        try checkLevels(levels + 1)
        return Parsed(expression: .call(Call(function: function, arguments: arguments, range: range)), levels: levels + 1)
    }

    /// What follows the name of an aggregation, which has been taken.
    mutating func parseAggregation(_ operation: AggregationOperator, _ name: Token) throws(Stop) -> Parsed {
        do {
            var grouping = kind == .leftParenthesis ? nil : try parseGroupingClause()
            let (arguments, levels) = try parseArguments()
            if grouping == nil, kind == .by || kind == .without { grouping = try parseGroupingClause() }
            let range = SourceRange(name.range.start, end)
            guard checkCount(arguments.count, operation, range), let operand = arguments.last else { return .erroneous(at: range) }
            try checkLevels(levels + 1)
            let aggregation = Aggregation(
                operation: operation, parameter: operation.hasParameter ? arguments.first : nil, operand: operand, grouping: grouping?.labels ?? [],
                isWithout: grouping?.isWithout ?? false, range: range)
            return Parsed(expression: .aggregation(aggregation), levels: levels + 1)
        } catch {
            // Prometheus reads on as if the aggregation had no arguments, and says both.
            if case .unexpected = error {
                reportUnexpected(in: "aggregation")
                _ = checkCount(0, operation, SourceRange(name.range.start, end))
            }
            throw .reported
        }
    }

    private mutating func checkCount(_ count: Int, _ operation: AggregationOperator, _ range: SourceRange) -> Bool {
        let wanted = operation.hasParameter ? 2 : 1
        if count == wanted { return true }
        let fault = "arguments for aggregate expression provided"
        report(count == 0 ? "no \(fault)" : "wrong number of \(fault), expected \(wanted), got \(count)", at: range)
        return false
    }

    /// Arguments between parentheses, and the levels of the deepest.
    private mutating func parseArguments() throws(Stop) -> (arguments: [Expression], levels: Int) {
        _ = try expect(.leftParenthesis)
        var arguments: [Expression] = []
        var levels = 0
        if take(.rightParenthesis) != nil { return (arguments, levels) }
        while true {
            let argument = try parseExpression()
            arguments.append(argument.expression)
            levels = max(levels, argument.levels)
            var canContinue = false
            while !canContinue, let comma = take(.comma) {
                canContinue = kind.mayStartExpression
                if !canContinue { report("trailing commas not allowed in function call args", at: comma.range) }
            }
            if canContinue { continue }
            _ = try expect(.rightParenthesis)
            return (arguments, levels)
        }
    }

    // MARK: Labels

    private mutating func parseGroupingClause() throws(Stop) -> (labels: [String], isWithout: Bool) {
        let isWithout = take().kind == .without
        return (try parseLabelNames(), isWithout)
    }

    private mutating func parseLabelNames() throws(Stop) -> [String] {
        _ = try explaining("grouping opts", expected: "\"(\"") { parser throws(Stop) in try parser.expect(.leftParenthesis) }
        var names: [String] = []
        while take(.rightParenthesis) == nil {
            names.append(try explaining("grouping opts", expected: "label") { parser throws(Stop) in try parser.parseLabelName() })
            if take(.comma) != nil { continue }
            _ = try explaining("grouping opts", expected: "\",\" or \")\"") { parser throws(Stop) in try parser.expect(.rightParenthesis) }
            break
        }
        return names
    }

    private mutating func parseLabelName() throws(Stop) -> String {
        let token = token
        guard token.kind == .string || token.kind.mayNameLabel else { throw .unexpected }
        take()
        let name = token.kind == .string ? unquoted(token) : text(token)
        if name.isEmpty { report("invalid label name for grouping: \(name.goQuoted)", at: token.range) }
        return name
    }

    // MARK: Matching

    /// What stands between a binary operator and its right side.
    mutating func parseMatching() throws(Stop) -> (returnsBool: Bool, matching: VectorMatching) {
        var matching = VectorMatching()
        let returnsBool = take(.bool) != nil
        if kind == .on || kind == .ignoring {
            matching.isOn = take().kind == .on
            matching.labels = try parseLabelNames()
            if kind == .groupLeft || kind == .groupRight {
                matching.cardinality = take().kind == .groupLeft ? .manyToOne : .oneToMany
                matching.included = try parseIncludedLabels()
            }
        }
        try parseFill(&matching)
        return (returnsBool, matching)
    }

    /// The labels of `group_left` or `group_right`, which may be left out.
    private mutating func parseIncludedLabels() throws(Stop) -> [String] {
        switch kind {
        case .fill, .fillLeft, .fillRight: return []
        case .leftParenthesis: return try parseLabelNames()
        default: return kind.mayStartExpression ? [] : try parseLabelNames()
        }
    }

    private mutating func parseFill(_ matching: inout VectorMatching) throws(Stop) {
        if take(.fill) != nil {
            matching.fillLeft = try parseFillValue()
            matching.fillRight = matching.fillLeft
        } else if take(.fillLeft) != nil {
            matching.fillLeft = try parseFillValue()
            if take(.fillRight) != nil { matching.fillRight = try parseFillValue() }
        } else if take(.fillRight) != nil {
            matching.fillRight = try parseFillValue()
            if take(.fillLeft) != nil { matching.fillLeft = try parseFillValue() }
        }
    }

    private mutating func parseFillValue() throws(Stop) -> Double {
        _ = try expect(.leftParenthesis)
        let isNegative = take(.binary(.subtract)) != nil
        if !isNegative { _ = take(.binary(.add)) }
        guard kind == .number || kind == .duration else { throw .unexpected }
        let value = parseNumber().value
        _ = try expect(.rightParenthesis)
        return isNegative ? -value : value
    }
}
