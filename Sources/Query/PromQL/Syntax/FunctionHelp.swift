/// What the Explore page's editor offers: functions and aggregations, with how they are called and what they do.
package struct FunctionHelp: Sendable, Equatable {
    package let name: String
    /// `histogram_quantile(scalar, instant vector)`; what may be left out stands in brackets.
    package let usage: String
    /// One sentence.
    package let summary: String

    /// All functions, then all aggregations, each by name.
    package static let all: [FunctionHelp] =
        FunctionSignature.all.map { FunctionHelp(name: $0.name, usage: $0.usage, summary: functionSummaries[$0.name] ?? "") }
        + AggregationOperator.allCases.sorted { $0.rawValue < $1.rawValue }.map { operation in
            let parameter = operation.hasParameter ? operation == .countValues ? "string, " : "scalar, " : ""
            return FunctionHelp(
                name: operation.rawValue, usage: "\(operation.rawValue) [by | without (labels)] (\(parameter)instant vector)", summary: summary(of: operation))
        }

    private static func summary(of operation: AggregationOperator) -> String {
        switch operation {
        case .sum: "Adds up the values of each group."
        case .avg: "Mean of the values of each group."
        case .count: "Number of series in each group."
        case .min: "Smallest value of each group."
        case .max: "Largest value of each group."
        case .group: "1 for each group that has series."
        case .stddev: "Standard deviation of the values of each group."
        case .stdvar: "Variance of the values of each group."
        case .topk: "The k series with the largest values of each group, labels kept."
        case .bottomk: "The k series with the smallest values of each group, labels kept."
        case .quantile: "The φ-quantile (0 to 1) of the values of each group."
        case .limitk: "Any k series of each group, always the same ones."
        case .countValues: "Number of series for each different value, which becomes a label of the given name."
        case .limitRatio: "About this share (-1 to 1) of the series of each group, always the same ones; a negative share gives the others."
        }
    }

    private static let functionSummaries: [String: String] = [
        "abs": "Values without their sign.",
        "absent": "1 when the vector is empty, otherwise nothing: for alerts on series that are gone.",
        "absent_over_time": "1 when there was no sample in the range, otherwise nothing.",
        "acos": "Arc cosine, in radians.", "acosh": "Inverse hyperbolic cosine.", "asin": "Arc sine, in radians.", "asinh": "Inverse hyperbolic sine.",
        "atan": "Arc tangent, in radians.", "atanh": "Inverse hyperbolic tangent.",
        "avg_over_time": "Mean of the samples in the range.",
        "ceil": "Values rounded up to whole numbers.",
        "changes": "How often the value changed within the range.",
        "clamp": "Values kept between a smallest and a largest.", "clamp_max": "Values kept at or below a largest.",
        "clamp_min": "Values kept at or above a smallest.",
        "cos": "Cosine of radians.", "cosh": "Hyperbolic cosine.",
        "count_over_time": "Number of samples in the range.",
        "day_of_month": "Day of the month in UTC, 1 to 31.", "day_of_week": "Day of the week in UTC, 0 for Sunday to 6.",
        "day_of_year": "Day of the year in UTC, 1 to 366.", "days_in_month": "Number of days of the month in UTC, 28 to 31.",
        "deg": "Radians as degrees.",
        "delta": "Difference between the ends of the range, of a gauge.",
        "deriv": "Slope of a gauge per second, by linear regression over the range.",
        "double_exponential_smoothing": "A smoothed value of a gauge, from a smoothing factor and a trend factor between 0 and 1.",
        "end": "End of the query's time range, in seconds since 1970.",
        "exp": "e to the power of the values.",
        "first_over_time": "Oldest sample in the range.",
        "floor": "Values rounded down to whole numbers.",
        "histogram_avg": "Mean of the observations of native histograms.", "histogram_count": "Number of observations of native histograms.",
        "histogram_fraction": "Share of a histogram's observations between two values.",
        "histogram_quantile": "The φ-quantile (0 to 1) of histograms, by their buckets' `le` or native.",
        "histogram_quantiles": "Several quantiles of histograms at once, each told apart by a label of the given name.",
        "histogram_stddev": "Estimated standard deviation of the observations of native histograms.",
        "histogram_stdvar": "Estimated variance of the observations of native histograms.",
        "histogram_sum": "Sum of the observations of native histograms.",
        "hour": "Hour of the day in UTC, 0 to 23.",
        "idelta": "Difference between the last two samples of a gauge.",
        "increase": "How much a counter grew over the range.",
        "info": "Adds the labels of info metrics that belong to the same target.",
        "irate": "Growth of a counter per second, by its last two samples.",
        "label_join": "Joins the values of labels with a separator into another label.",
        "label_replace": "Sets a label from another one that matches a regular expression; `$1` stands for its first group.",
        "last_over_time": "Newest sample in the range.",
        "ln": "Natural logarithm.", "log10": "Decimal logarithm.", "log2": "Binary logarithm.",
        "mad_over_time": "Median distance of the samples in the range from their median.",
        "max_of": "The larger of two numbers.", "max_over_time": "Largest sample in the range.",
        "min_of": "The smaller of two numbers.", "min_over_time": "Smallest sample in the range.",
        "minute": "Minute of the hour in UTC, 0 to 59.", "month": "Month of the year in UTC, 1 to 12.",
        "pi": "π.",
        "predict_linear": "The value of a gauge so many seconds from now, by linear regression over the range.",
        "present_over_time": "1 for each series that had a sample in the range.",
        "quantile_over_time": "The φ-quantile (0 to 1) of the samples in the range.",
        "rad": "Degrees as radians.",
        "range": "Length of the query's time range, in seconds; 0 for an instant.",
        "rate": "Growth of a counter per second, over the range.",
        "resets": "How often a counter started anew within the range.",
        "round": "Values rounded to whole numbers, or to multiples of a number.",
        "scalar": "The value of a vector's only series as a number; NaN when there is not exactly one.",
        "sgn": "1, 0 or -1 by the sign of the values.",
        "sin": "Sine of radians.", "sinh": "Hyperbolic sine.",
        "sort": "The series by rising values; for instant queries.", "sort_desc": "The series by falling values; for instant queries.",
        "sort_by_label": "The series by the values of labels; for instant queries.",
        "sort_by_label_desc": "The series by the values of labels, the last first; for instant queries.",
        "sqrt": "Square root.",
        "start": "Start of the query's time range, in seconds since 1970.",
        "stddev_over_time": "Standard deviation of the samples in the range.", "stdvar_over_time": "Variance of the samples in the range.",
        "step": "Distance of the query's points, in seconds; 0 for an instant.",
        "sum_over_time": "Sum of the samples in the range.",
        "tan": "Tangent of radians.", "tanh": "Hyperbolic tangent.",
        "time": "The point's own time, in seconds since 1970.",
        "timestamp": "The times of the samples, in seconds since 1970.",
        "ts_of_first_over_time": "Time of the oldest sample in the range.", "ts_of_last_over_time": "Time of the newest sample in the range.",
        "ts_of_max_over_time": "Time of the last largest sample in the range.", "ts_of_min_over_time": "Time of the last smallest sample in the range.",
        "vector": "A number as a vector of one series without labels.",
        "year": "Year in UTC.",
    ]
}

extension FunctionSignature {
    /// As in `round(instant vector, [scalar])`.
    fileprivate var usage: String {
        var parts = arguments.map(\.description)
        if variadic != 0, let last = parts.popLast() { parts.append(variadic == 1 ? "[\(last)]" : "[\(last), ...]") }
        return "\(name)(\(parts.joined(separator: ", ")))"
    }
}
