/// The functions by name, as the engine finds them.
///
/// The engine itself evaluates `timestamp` of a selector, `absent_over_time` (after the range function `present_over_time`), and `info`,
/// because they look at series and not at values.
enum PromQLFunctions {
    static let overRanges: [String: any RangeFunction] = [
        "avg_over_time": SumOverTime(isAverage: true),
        "changes": ChangeCount(countsResets: false),
        "deriv": Regression(answer: .slope),
        "double_exponential_smoothing": DoubleExponentialSmoothing(),
        "idelta": InstantRate(isRate: false),
        "irate": InstantRate(isRate: true),
        "mad_over_time": MedianDeviationOverTime(),
        "max_over_time": ExtremeOverTime(isMaximum: true, givesTime: false),
        "min_over_time": ExtremeOverTime(isMaximum: false, givesTime: false),
        "predict_linear": Regression(answer: .prediction),
        "quantile_over_time": QuantileOverTime(),
        "resets": ChangeCount(countsResets: true),
        "stddev_over_time": DeviationOverTime(isVariance: false),
        "stdvar_over_time": DeviationOverTime(isVariance: true),
        "sum_over_time": SumOverTime(isAverage: false),
        "ts_of_max_over_time": ExtremeOverTime(isMaximum: true, givesTime: true),
        "ts_of_min_over_time": ExtremeOverTime(isMaximum: false, givesTime: true),
    ].adding(Rate.all, SampleOverTime.all)

    static let overInstants: [String: any InstantFunction] = [
        "absent": AbsentFunction(),
        "histogram_fraction": HistogramFractionFunction(),
        "histogram_quantile": HistogramQuantileFunction(),
        "histogram_quantiles": HistogramQuantilesFunction(),
        "label_join": LabelJoinFunction(),
        "label_replace": LabelReplaceFunction(),
        "round": RoundFunction(),
        "scalar": ScalarFunction(),
        "sort": SortFunction(isDescending: false),
        "sort_desc": SortFunction(isDescending: true),
        "sort_by_label": SortByLabelFunction(isDescending: false),
        "sort_by_label_desc": SortByLabelFunction(isDescending: true),
        "timestamp": TimestampFunction(),
        "vector": VectorFunction(),
    ].adding(NumberFunction.all, ClampFunction.all, QueryScalar.all, ExtremeOfScalars.all, DateFunction.all, HistogramPartFunction.all)
}

extension Dictionary {
    /// With the entries of other tables, whose keys must be new.
    fileprivate func adding(_ others: [Key: Value]...) -> [Key: Value] {
        others.reduce(into: self) { table, other in table.merge(other) { _, new in new } }
    }
}
