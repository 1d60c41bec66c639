internal import GatewayModel

extension QueryResult {
    /// The answer as an aligned table for a terminal: names with units, numbers to the right with digits that matter, times on the zone's clock,
    /// `-` where nothing is known, and a line that says so when there are no rows or the answer is not complete.
    package var table: String {
        var text = ""
        if rowCount == 0 {
            text = "no rows: no record from \(timeZone.clock(range.from)) to \(timeZone.clock(range.to)) (\(timeZone.identifier)) matches\n"
        } else {
            let header = columns.map { Self.title($0) }
            let body = (0..<rowCount).map { row($0).enumerated().map { cell($1, columns[$0]) } }
            let isRight = columns.map { $0.kind == .measure }
            let widths = columns.indices.map { column in body.reduce(header[column].count) { max($0, $1[column].count) } }
            text += Self.line(header, widths, isRight) + Self.line(widths.map { String(repeating: "-", count: $0) }, widths, isRight)
            for row in body { text += Self.line(row, widths, isRight) }
            text += groupsLine
        }
        for note in completeness.notes { text += "incomplete: \(note)\n" }
        return text
    }

    /// Says how many groups are not shown on their own; empty when all are, and with buckets, where rows are not groups.
    private var groupsLine: String {
        if columns.contains(where: { $0.kind == .time }) { return "" }
        let hasOther = columns.first?.kind == .dimension && row(rowCount - 1).first == .text(ResultTable.otherName) && rowCount <= groupsTotal
        let shown = hasOther ? rowCount - 1 : rowCount
        return shown >= groupsTotal ? "" : "\(shown) of \(groupsTotal) groups" + (hasOther ? ", the others added up in \(ResultTable.otherName)\n" : "\n")
    }

    private static func title(_ column: QueryColumn) -> String {
        switch column.unit {
        case "", "1", "ms": column.name
        case "{token}": "\(column.name) [tokens]"
        case "{token}/s": "\(column.name) [tokens/s]"
        default: "\(column.name) [\(column.unit)]"
        }
    }

    private func cell(_ value: QueryValue, _ column: QueryColumn) -> String {
        switch value {
        case .null: "-"
        case .integer(let integer): Self.grouped(integer)
        case .number(let number): Self.rounded(number)
        case .boolean(let bool): bool ? "true" : "false"
        // Control characters in a name must not reach the terminal.
        case .text(let text): String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "\u{FFFD}" : $0 })
        case .time(let time): timeZone.clock(time)
        case .counts(let counts): Self.text(counts, column.bounds?.values ?? [])
        }
    }

    private static func line(_ cells: [String], _ widths: [Int], _ isRight: [Bool]) -> String {
        var text = ""
        for index in cells.indices {
            let padding = String(repeating: " ", count: max(0, widths[index] - cells[index].count))
            text += (index > 0 ? "  " : "") + (isRight[index] ? padding + cells[index] : cells[index] + padding)
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text + "\n"
    }

    /// `1,234,567`
    private static func grouped(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// Four digits that matter, without an exponent from 10^-9 on: `0.0001375`, `2.862`, `1,234`.
    private static func rounded(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 9e15 else { return String(value) }
        if value == 0 { return "0" }
        var places = 0
        var magnitude = abs(value)
        while magnitude < 1_000, places < 9 {
            magnitude *= 10
            places += 1
        }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let text = DecimalText.text(Int64((value * Double(scale)).rounded()), places: places)
        let parts = text.split(separator: ".", maxSplits: 1)
        let whole = parts.first.flatMap { Int64($0) }.map { abs($0) >= 1_000 ? grouped($0) : String(parts[0]) } ?? text
        return parts.count > 1 ? whole + "." + parts[1] : whole
    }
}
