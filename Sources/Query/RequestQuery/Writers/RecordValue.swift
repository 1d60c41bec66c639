package import GatewayModel

/// A record's value of one field at the edge: in edge units, as JSON, CSV and tables write it.
package enum RecordValue: Sendable, Equatable {
    /// A decimal number's exact text, for example `2.862` (seconds) or `0.0001375` (USD).
    case number(String)
    case boolean(Bool)
    /// ISO 8601 in UTC with microseconds.
    case time(String)
    case text(String)

    /// The value of a field in one row; nil when it is absent.
    package init?(_ field: RequestField, _ batch: RecordBatch, row: Int) {
        if field.kind == .integer {
            guard let value = batch.integer(field, row: row) else { return nil }
            self.init(inside: value, of: field)
        } else {
            guard let text = batch.text(field, row: row) else { return nil }
            self = .text(text)
        }
    }

    /// An integer field's present value, given in inside units.
    package init(inside value: Int64, of field: RequestField) {
        switch field.unit {
        case .instant: self = .time(Timestamp(microseconds: value).iso8601)
        case .boolean: self = .boolean(value != 0)
        case .duration: self = .number(DecimalText.text(value, places: 6))
        case .money: self = .number(DecimalText.text(value, places: 9))
        case .none, .bytes, .tokens, .count: self = .number(String(value))
        }
    }

    /// As plain text.
    package var text: String {
        switch self {
        case .number(let text), .time(let text), .text(let text): text
        case .boolean(let value): value ? "true" : "false"
        }
    }
}
