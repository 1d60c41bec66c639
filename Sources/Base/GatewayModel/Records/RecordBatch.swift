package import ByteCoding

/// A batch of request records as columns: what crosses the seams between Collect, Keep and Query.
///
/// Every present column has exactly `count` elements, row i of each belonging to record i; a column that is nil is absent in all rows.
package struct RecordBatch: Sendable {
    /// Rows.
    package let count: Int
    private var columns: [RecordColumn?]

    /// An empty batch, or one of `count` records of which nothing is known yet.
    package init(count: Int = 0) {
        self.count = count
        columns = Array(repeating: nil, count: RequestField.tableSize)
    }

    /// A field's column; nil when the field is absent in all rows. Setting one of another length or kind is a slip of the program.
    package subscript(field: RequestField) -> RecordColumn? {
        get { columns[Int(field.rawValue)] }
        set {
            if let newValue { precondition(newValue.count == count && newValue.kind == field.kind, "column \(field) must have \(count) rows") }
            columns[Int(field.rawValue)] = newValue
        }
    }

    /// The present fields, by raw value.
    package var fields: [RequestField] { RequestField.allCases.filter { columns[Int($0.rawValue)] != nil } }

    /// An integer field's values; nil when absent in all rows.
    package func integers(_ field: RequestField) -> [Int64]? {
        if case .integers(let values) = self[field] { values } else { nil }
    }

    /// The value of an integer field in one row; nil when absent.
    package func integer(_ field: RequestField, row: Int) -> Int64? {
        guard let value = integers(field)?[row], value != absentInteger else { return nil }
        return value
    }

    /// The value of a string field in one row; nil when absent.
    package func text(_ field: RequestField, row: Int) -> String? {
        switch self[field] {
        case .codes(let codes, let values): codes[row] == 0 ? nil : values[Int(codes[row]) - 1]
        case .texts(let values): values.length(row) == 0 ? nil : values[row]
        case .integers, nil: nil
        }
    }
}

/// One column of a batch.
package enum RecordColumn: Sendable {
    /// Integers in inside units; ``absentInteger`` where absent.
    case integers([Int64])
    /// Codes into `values`: code 0 is absent, code k is `values[k - 1]`. Values are distinct; some may be unused.
    case codes([UInt32], values: StringTable)
    /// Strings as they are; empty where absent.
    case texts(StringTable)

    package var count: Int {
        switch self {
        case .integers(let values): values.count
        case .codes(let codes, _): codes.count
        case .texts(let values): values.count
        }
    }

    package var kind: FieldKind {
        switch self {
        case .integers: .integer
        case .codes: .dictionary
        case .texts: .text
        }
    }
}
