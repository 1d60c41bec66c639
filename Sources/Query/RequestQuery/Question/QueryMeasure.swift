package import GatewayModel

/// A number to compute for each cell (group x bucket), and the name of its column.
package struct QueryMeasure: Sendable, Equatable {
    package let function: Function
    /// The column's name: the alias, or the text as it was written.
    package let name: String

    /// What is computed. FIELDs of `sum` to `percentile` are integer measures or `status`.
    package enum Function: Sendable, Equatable {
        /// Records. 0 over none.
        case count
        /// Records that pass the filter. 0 over none.
        case countWhere(QueryFilter)
        /// Records per second of the bucket or range. 0 over none.
        case rate
        /// The sum per second; null over no values.
        case rateOf(RequestField)
        /// The exact sum; null over no values, as the following four.
        case sum(RequestField)
        case average(RequestField)
        case minimum(RequestField)
        case maximum(RequestField)
        /// The percentile (0...100), linearly interpolated between the closest ranks (rank = p/100 x (n - 1), NumPy's default).
        case percentile(RequestField, Double)
        /// Records that pass / all records of the cell; null over none.
        case ratio(QueryFilter)
        /// Distinct present values. 0 over none.
        case distinct(RequestField)
        /// How many present values lie in each slot of the limits (inside units): a list of counts, all 0 over no values.
        case histogram(RequestField, ValueLimits)
    }

    /// - Parameter name: nil for the canonical text.
    package init(_ function: Function, name: String? = nil) {
        self.function = function
        self.name = name ?? function.text
    }

    /// The unit of the column, as the API writes it.
    package var unit: String {
        switch function {
        case .count, .countWhere, .distinct, .histogram: "1"
        case .rate: "1/s"
        case .rateOf(let field): field.unit.external + "/s"
        case .sum(let field), .average(let field), .minimum(let field), .maximum(let field), .percentile(let field, _): field.unit.external
        case .ratio: "ratio"
        }
    }
}

extension QueryMeasure.Function {
    /// The field whose numbers are computed with; nil for those that count.
    var field: RequestField? {
        switch self {
        case .count, .countWhere, .rate, .ratio, .distinct: nil
        case .rateOf(let field), .sum(let field), .average(let field), .minimum(let field), .maximum(let field), .percentile(let field, _), .histogram(let field, _): field
        }
    }

    /// The canonical text, with the fields' short names: `p95(duration)`, `ratio(status >= 500)`.
    package var text: String {
        switch self {
        case .count: "count"
        case .countWhere(let filter): "count(\(filter.text))"
        case .rate: "rate"
        case .rateOf(let field): "rate(\(field.name))"
        case .sum(let field): "sum(\(field.name))"
        case .average(let field): "avg(\(field.name))"
        case .minimum(let field): "min(\(field.name))"
        case .maximum(let field): "max(\(field.name))"
        case .percentile(let field, let percent): "p\(Self.text(of: percent))(\(field.name))"
        case .ratio(let filter): "ratio(\(filter.text))"
        case .distinct(let field): "distinct(\(field.name))"
        case .histogram(let field, let limits) where limits == ValueLimits.steps(field): "histogram(\(field.name))"
        case .histogram(let field, let limits): "histogram(\(field.name), \(limits.texts(in: field.unit).joined(separator: ", ")))"
        }
    }

    private static func text(of percent: Double) -> String {
        percent == percent.rounded() ? String(Int(percent)) : String(percent)
    }
}
