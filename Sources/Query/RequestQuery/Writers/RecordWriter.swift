package import ByteCoding
package import GatewayModel

extension RecordBatch {
    /// Writes a row as a JSON object: `id`, then the present ones of `fields` by name. Needs the `sequence` column.
    package func writeRecord(_ row: Int, fields: [RequestField], to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", RecordID.text(integer(.sequence, row: row) ?? 0))
            for field in fields {
                guard let value = RecordValue(field, self, row: row) else { continue }
                writer.key(field.name)
                switch value {
                case .number(let text): writer.raw(text.utf8)
                case .boolean(let bool): writer.value(bool)
                case .time(let text), .text(let text): writer.value(text)
                }
            }
        }
    }
}

/// Writes a stream of records chunk by chunk: `begin`, any number of `write`, `end`.
package struct RecordStreamWriter: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case csv
        case json
        case ndjson

        package var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .json: "application/json"
            case .ndjson: "application/x-ndjson"
            }
        }
    }

    private let format: Format
    private let fields: [RequestField]
    private var isFirst = true

    package init(_ format: Format, fields: [RequestField]) {
        self.format = format
        self.fields = fields
    }

    /// What comes before all records: the header row of CSV, the bracket of JSON.
    package func begin() -> [UInt8] {
        switch format {
        case .ndjson: return []
        case .json: return Array("[".utf8)
        case .csv:
            var bytes = Array("id".utf8)
            for field in fields {
                CSVText.separator(&bytes)
                CSVText.append(plain: field.name, to: &bytes)
            }
            CSVText.endLine(&bytes)
            return bytes
        }
    }

    /// All rows of a chunk.
    package mutating func write(_ batch: RecordBatch) -> [UInt8] {
        switch format {
        case .csv: return csv(batch)
        case .json:
            var writer = JSONWriter(reserving: batch.count * 512)
            for row in 0..<batch.count {
                // The comma between two chunks; within one the writer sets them.
                if row == 0, !isFirst { writer.raw([]) }
                batch.writeRecord(row, fields: fields, to: &writer)
            }
            if batch.count > 0 { isFirst = false }
            return writer.bytes
        case .ndjson:
            var writer = JSONWriter(reserving: batch.count * 512)
            for row in 0..<batch.count {
                batch.writeRecord(row, fields: fields, to: &writer)
                writer.newline()
            }
            return writer.bytes
        }
    }

    /// What comes behind all records.
    package func end() -> [UInt8] { format == .json ? Array("]\n".utf8) : [] }

    private func csv(_ batch: RecordBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.count * 256)
        for row in 0..<batch.count {
            CSVText.append(plain: RecordID.text(batch.integer(.sequence, row: row) ?? 0), to: &bytes)
            for field in fields {
                CSVText.separator(&bytes)
                switch RecordValue(field, batch, row: row) {
                case .text(let text): CSVText.append(text: text, to: &bytes)
                case .some(let value): CSVText.append(plain: value.text, to: &bytes)
                case nil: break
                }
            }
            CSVText.endLine(&bytes)
        }
        return bytes
    }
}
