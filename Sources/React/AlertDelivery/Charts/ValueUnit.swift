package import PromQL

/// What an expression's numbers count, as far as its metrics' names tell.
///
/// Names follow Prometheus's conventions (base units as suffixes), so that `_seconds_bucket` within a quantile gives seconds and one counter by another a ratio.
package struct ValueUnit: Sendable, Equatable {
    package enum Base: Sendable, Equatable {
        /// A number of which nothing is known.
        case number
        /// Things that are counted: requests, errors, tokens.
        case count
        case seconds
        case bytes
        case dollars
        /// 1 is all: shown in per cent.
        case ratio
        /// 100 is all.
        case percent
        /// Seconds since 1970.
        case instant
    }

    package var base: Base
    /// Whether it is so much in each second.
    package var isRate: Bool

    package init(_ base: Base, isRate: Bool = false) {
        self.base = base
        self.isRate = isRate
    }

    package static let number = ValueUnit(.number)

    /// The unit of an expression given as text; a plain number when it cannot be read.
    package init(of text: String) {
        guard let expression = try? PromQLParser.parse(text) else {
            self = .number
            return
        }
        self = Self.unit(expression)
    }

    package init(of expression: Expression) { self = Self.unit(expression) }

    // MARK: Expressions

    private static func unit(_ expression: Expression) -> ValueUnit {
        switch expression {
        case .number, .string: return .number
        case .vectorSelector(let selector): return named(selector.name ?? "")
        case .matrixSelector(let matrix): return named(matrix.selector.name ?? "")
        case .subquery(let subquery): return unit(subquery.expression)
        case .parenthesised(let inner, _): return unit(inner)
        case .unary(let unary): return unit(unary.operand)
        case .binary(let binary): return unit(binary)
        case .aggregation(let aggregation):
            switch aggregation.operation {
            case .count, .countValues, .group: return ValueUnit(.count)
            case .stdvar: return .number
            default: return unit(aggregation.operand)
            }
        case .call(let call): return unit(call)
        }
    }

    private static func unit(_ call: Call) -> ValueUnit {
        let arguments = call.arguments.map(unit)
        switch call.function.name {
        case "rate", "irate", "deriv": return ValueUnit(arguments.first?.base ?? .number, isRate: true)
        // What is a rate of a histogram's buckets is in the end a value that was measured.
        case "histogram_quantile": return ValueUnit(arguments.last?.base ?? .number)
        case "quantile_over_time": return arguments.last ?? .number
        case "histogram_fraction": return ValueUnit(.ratio)
        case "histogram_count", "count_over_time", "changes", "resets", "absent", "absent_over_time", "present_over_time": return ValueUnit(.count)
        case "time", "timestamp": return ValueUnit(.instant)
        case "exp", "ln", "log2", "log10", "sqrt", "sgn", "stdvar_over_time", "scalar", "vector": return call.function.name == "scalar" ? arguments.first ?? .number : .number
        default: return arguments.first ?? .number
        }
    }

    private static func unit(_ binary: BinaryOperation) -> ValueUnit {
        let (left, right) = (unit(binary.left), unit(binary.right))
        if binary.operation.isSet || binary.operation.isComparison { return binary.returnsBool ? .number : left }
        switch binary.operation {
        case .divide:
            let quotient = quotient(left, right, by: constant(binary.right))
            return quotient.base == .ratio && isHundredfold(binary.left) ? ValueUnit(.percent) : quotient
        case .multiply:
            if constant(binary.right) == 100 || constant(binary.left) == 100, left.base == .ratio || right.base == .ratio { return ValueUnit(.percent) }
            // A rate times the seconds of a period is the amount in it.
            if let seconds = constant(binary.right), seconds >= 60, left.isRate { return ValueUnit(left.base) }
            return left.base == .number || left.base == .ratio ? right.base == .number ? left : right : left
        case .add, .subtract:
            if left.base == .instant, right.base == .instant, binary.operation == .subtract { return ValueUnit(.seconds) }
            return left.base == .number ? right : left
        case .modulo: return left
        default: return .number
        }
    }

    private static func quotient(_ left: ValueUnit, _ right: ValueUnit, by divisor: Double?) -> ValueUnit {
        if divisor == 1_000, left.base == .seconds { return left }
        if divisor != nil { return left.isRate || left.base == .number ? .number : left }
        if left == right { return left.base == .number ? .number : ValueUnit(.ratio) }
        // Sums by counts: seconds per request. Both rates cancel out.
        if left.isRate == right.isRate, right.base == .count { return ValueUnit(left.base) }
        return .number
    }

    /// `100 * errors / requests` is read from the left: the factor stands within the numerator.
    private static func isHundredfold(_ expression: Expression) -> Bool {
        switch expression {
        case .parenthesised(let inner, _): isHundredfold(inner)
        case .binary(let binary): binary.operation == .multiply && (constant(binary.left) == 100 || constant(binary.right) == 100)
        default: false
        }
    }

    private static func constant(_ expression: Expression) -> Double? {
        switch expression {
        case .number(let literal): literal.value
        case .parenthesised(let inner, _): constant(inner)
        default: nil
        }
    }

    // MARK: Names

    private static func named(_ name: String) -> ValueUnit {
        // Recording rules put the metric between colons: `model:latency_seconds:p95`.
        let words = name.lowercased().split { $0 == "_" || $0 == ":" }.map(String.init)
        let last = words.last ?? ""
        // Histograms' counts and counters of events are counts of whatever the rest of the name says.
        if last == "count" { return ValueUnit(.count) }
        let bare = words.filter { !["total", "sum", "bucket", "created", "max", "min", "avg"].contains($0) }
        for word in bare.reversed() {
            switch word {
            case "seconds": return ValueUnit(words.contains("timestamp") || words.suffix(3).contains("start") ? .instant : .seconds)
            case "bytes": return ValueUnit(.bytes)
            case "usd", "dollars", "cost", "costs", "spend": return ValueUnit(.dollars)
            case "ratio", "rate", "fraction", "ratio5m", "availability", "utilization": return ValueUnit(.ratio)
            case "percent", "percentage", "pct": return ValueUnit(.percent)
            default: continue
            }
        }
        return ValueUnit(["total", "bucket", "requests", "errors", "tokens", "up"].contains(last) ? .count : .number)
    }
}
