internal import GatewayModel

extension QueryResult {
    /// The answer as CSV (RFC 4180): a header row, times as ISO 8601 in the question's time zone, absent values empty.
    package var csv: [UInt8] {
        var bytes: [UInt8] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { CSVText.separator(&bytes) }
            CSVText.append(text: column.name, to: &bytes)
        }
        CSVText.endLine(&bytes)
        for index in 0..<rowCount {
            for (position, value) in row(index).enumerated() {
                if position > 0 { CSVText.separator(&bytes) }
                switch value {
                case .null: break
                case .text(let text): CSVText.append(text: text, to: &bytes)
                case .integer(let integer): CSVText.append(plain: String(integer), to: &bytes)
                case .number(let number): CSVText.append(plain: number.isFinite ? number.description : "", to: &bytes)
                case .boolean(let bool): CSVText.append(plain: bool ? "true" : "false", to: &bytes)
                case .time(let time): CSVText.append(plain: timeZone.iso8601(time), to: &bytes)
                case .counts(let counts): CSVText.append(text: Self.text(counts, columns[position].bounds?.values ?? []), to: &bytes)
                }
            }
            CSVText.endLine(&bytes)
        }
        return bytes
    }

    /// The counts that are not 0, each behind the upper bound of its slot: `0.5:12 0.63:4 inf:1`.
    static func text(_ counts: [UInt32], _ bounds: [Double]) -> String {
        let slots = counts.indices.filter { counts[$0] > 0 }
        return slots.map { "\($0 < bounds.count ? bounds[$0].description : "inf"):\(counts[$0])" }.joined(separator: " ")
    }
}
