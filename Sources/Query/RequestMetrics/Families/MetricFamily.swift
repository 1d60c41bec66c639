package import GatewayModel
package import RequestQuery

/// A metric family over request records: a row of the table from which everything else follows.
///
/// A family has one or more variants, which share its labels made from fields and differ in labels of their own: `tokens_total` counts input tokens under
/// `type="input"` and output tokens under `type="output"`.
package struct MetricFamily: Sendable {
    package let name: String
    /// The type that is told to readers.
    package let kind: MetricMetadata.Kind
    package let help: String
    /// Of OpenMetrics: the name ends in it; empty when none is declared.
    package let unit: String
    package let labels: [FamilyLabel]
    package let variants: [FamilyVariant]
    /// Records whose values of labels give series that stand at 0 until the family counts something; all records unless said otherwise.
    package let zeroes: QueryFilter

    package init(
        _ name: String, _ kind: MetricMetadata.Kind, _ help: String, unit: String = "", labels: [FamilyLabel], variants: [FamilyVariant], zeroes: QueryFilter = .all
    ) {
        self.zeroes = zeroes
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.labels = labels
        self.variants = variants
    }

    /// A family of one variant.
    package init(
        _ name: String, _ kind: MetricMetadata.Kind, _ help: String, unit: String = "", labels: [FamilyLabel] = [], _ measure: FamilyMeasure,
        where filter: QueryFilter = .all, zeroes: QueryFilter = .all
    ) {
        self.init(name, kind, help, unit: unit, labels: labels, variants: [FamilyVariant([], measure, where: filter)], zeroes: zeroes)
    }
}

/// A label whose value comes from a field of the record.
package struct FamilyLabel: Sendable, Hashable {
    package let name: String
    package let field: RequestField
    /// The value where the record does not have the field; empty for no label.
    package let absent: String
    /// The value where the record has the field; nil for the field's own value.
    package let present: String?
    /// Values for which a series stands at 0 before the first record has them, so that ratios exist.
    package let known: [String]

    package init(_ name: String, _ field: RequestField, absent: String = "", present: String? = nil, known: [String] = []) {
        self.name = name
        self.field = field
        self.absent = absent
        self.present = present
        self.known = known
    }

    /// The label's value for a field's value.
    func value(of text: String?) -> String { text.map { present ?? $0 } ?? absent }
}

/// Records that a family counts, how, and the labels that say so.
package struct FamilyVariant: Sendable {
    package let labels: [SeriesLabel]
    package let measure: FamilyMeasure
    package let filter: QueryFilter

    package init(_ labels: [SeriesLabel] = [], _ measure: FamilyMeasure, where filter: QueryFilter = .all) {
        self.labels = labels
        self.measure = measure
        self.filter = filter
    }
}

/// What is told of the records.
package enum FamilyMeasure: Sendable, Equatable {
    /// How many there are.
    case count
    /// The sum of a field in edge units (seconds, dollars, tokens).
    case sum(RequestField)
    /// A classic histogram of a field: `_bucket`, `_sum` and `_count` of the records that have it.
    case histogram(RequestField, ValueLimits)
    /// A number that is not added up.
    case gauge(GaugeFormula)
    /// Nothing that records tell: the family is declared and has no series until something that knows it runs.
    case unavailable
}

extension FamilyMeasure {
    /// The field whose values are added up; nil for none.
    var field: RequestField? {
        switch self {
        case .sum(let field), .histogram(let field, _): field
        case .count, .gauge, .unavailable: nil
        }
    }
}
