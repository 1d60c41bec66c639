/// Every function of Prometheus 3, the experimental ones too.
///
/// Source: prometheus/prometheus `promql/parser/functions.go`.
extension FunctionSignature {
    /// The signature of a function; nil when there is none of the name. Case matters.
    package static func named(_ name: String) -> FunctionSignature? { table[name] }

    /// All of them, by name.
    package static let all: [FunctionSignature] = table.values.sorted { $0.name < $1.name }

    private static let table: [String: FunctionSignature] = {
        let overVector = vectorFunctions.map { FunctionSignature($0, [.vector], .vector) }
        let overRange = rangeFunctions.map { FunctionSignature($0, [.matrix], .vector) }
        let ofTime = timeFunctions.map { FunctionSignature($0, [.vector], variadic: 1, .vector) }
        let constants = scalarFunctions.map { FunctionSignature($0, [], .scalar) }
        let signatures = overVector + overRange + ofTime + constants + otherFunctions
        return Dictionary(uniqueKeysWithValues: signatures.map { ($0.name, $0) })
    }()

    /// Of an instant vector.
    private static let vectorFunctions = [
        "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor", "histogram_avg",
        "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar", "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sort",
        "sort_desc", "sqrt", "tan", "tanh", "timestamp",
    ]

    /// Of a range vector.
    private static let rangeFunctions = [
        "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta", "increase", "irate",
        "last_over_time", "mad_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets", "stddev_over_time",
        "stdvar_over_time", "sum_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
    ]

    /// Of an instant vector of times, or of the query's time when nothing is given.
    private static let timeFunctions = ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"]

    /// Of nothing.
    private static let scalarFunctions = ["end", "pi", "range", "start", "step", "time"]

    private static let otherFunctions = [
        FunctionSignature("clamp", [.vector, .scalar, .scalar], .vector),
        FunctionSignature("clamp_max", [.vector, .scalar], .vector),
        FunctionSignature("clamp_min", [.vector, .scalar], .vector),
        FunctionSignature("double_exponential_smoothing", [.matrix, .scalar, .scalar], .vector),
        FunctionSignature("histogram_fraction", [.scalar, .scalar, .vector], .vector),
        FunctionSignature("histogram_quantile", [.scalar, .vector], .vector),
        FunctionSignature("histogram_quantiles", [.vector, .string, .scalar, .scalar], variadic: 9, .vector),
        FunctionSignature("info", [.vector, .vector], variadic: 1, .vector),
        FunctionSignature("label_join", [.vector, .string, .string, .string], variadic: -1, .vector),
        FunctionSignature("label_replace", [.vector, .string, .string, .string, .string], .vector),
        FunctionSignature("max_of", [.scalar, .scalar], .scalar),
        FunctionSignature("min_of", [.scalar, .scalar], .scalar),
        FunctionSignature("predict_linear", [.matrix, .scalar], .vector),
        FunctionSignature("quantile_over_time", [.scalar, .matrix], .vector),
        FunctionSignature("round", [.vector, .scalar], variadic: 1, .vector),
        FunctionSignature("scalar", [.vector], .scalar),
        FunctionSignature("sort_by_label", [.vector, .string], variadic: -1, .vector),
        FunctionSignature("sort_by_label_desc", [.vector, .string], variadic: -1, .vector),
        FunctionSignature("vector", [.scalar], .vector),
    ]
}
