internal import ByteCoding
internal import HTTPTransport
internal import NIOHTTP1

/// The `_cat` APIs' answers: aligned text, or JSON in which every value is a string.
enum CatTable {
    typealias Row = [(String, String)]

    static func response(_ rows: [Row], columns: [String], _ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let wanted = request.query("h").map { $0.split(separator: ",").map(String.init) } ?? columns
        // By any column, whether it is shown or not.
        let ordered = request.query("s").map { sorted(rows, by: $0) } ?? rows
        let rows = ordered.map { row in wanted.compactMap { name in row.first { $0.0 == name || alias(name) == $0.0 }.map { (name, $0.1) } } }
        if request.query("format") == "json" {
            return ElasticAnswer.json(isPretty: request.isPretty) { writer in
                writer.array { for row in rows { $0.object { for (name, value) in row { $0.member(name, value) } } } }
            }
        }
        let header = request.query("v").map { $0 != "false" } ?? false
        var lines = rows.map { $0.map(\.1) }
        if header { lines.insert(wanted.filter { name in columns.contains(name) || columns.contains(alias(name)) }, at: 0) }
        var response = ServerResponse(contentType: "text/plain; charset=UTF-8", body: .text(aligned(lines)))
        response.headers.add(name: ElasticAnswer.productHeader.0, value: ElasticAnswer.productHeader.1)
        return response
    }

    /// The short column names that Elasticsearch accepts in `h`.
    private static func alias(_ name: String) -> String {
        ["i": "index", "idx": "index", "dc": "docs.count", "docsCount": "docs.count", "ss": "store.size", "storeSize": "store.size", "h": "health", "s": "status",
            "p": "pri", "r": "rep", "id": "uuid"][name] ?? name
    }

    /// - Parameter text: columns by name or alias, the most important first, each perhaps with `:desc`, as in `docs.count:desc,index`.
    private static func sorted(_ rows: [Row], by text: String) -> [Row] {
        let keys = text.split(separator: ",").map { key in
            (name: alias(key.split(separator: ":").first.map(String.init) ?? ""), isDescending: key.hasSuffix(":desc"))
        }
        return rows.sorted { left, right in
            for key in keys {
                let (a, b) = (left.first { $0.0 == key.name }?.1 ?? "", right.first { $0.0 == key.name }?.1 ?? "")
                if a == b { continue }
                let isBefore = if numericColumns.contains(key.name), let x = Double(a), let y = Double(b) { x < y } else { a < b }
                return isBefore != key.isDescending
            }
            return false
        }
    }

    private static let numericColumns: Set<String> = ["pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size", "dataset.size"]

    private static func aligned(_ lines: [[String]]) -> String {
        let width = lines.map(\.count).max() ?? 0
        let widths = (0..<width).map { column in lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return lines.map { line in
            line.enumerated().map { $1 + String(repeating: " ", count: widths[$0] - $1.count) }.joined(separator: " ") + "\n"
        }.joined()
    }

    /// `225b`, `12.3kb`, `4mb`: Elasticsearch's spelling.
    static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["b", "kb", "mb", "gb"] {
            if value < 1_024 { return unit == "b" ? "\(bytes)b" : trimmed(value) + unit }
            value /= 1_024
        }
        return trimmed(value) + "tb"
    }

    private static func trimmed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// An index's stable identifier of 22 characters, made from its name.
    static func uuid(of name: String) -> String {
        let hash = SipHash(key0: 1, key1: 2)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var state = (hash(name), hash(name + "\u{1}"))
        return String((0..<22).map { _ in
            let digit = digits[Int(state.0 & 63)]
            state.0 = state.0 >> 6 | state.1 << 58
            state.1 >>= 6
            return digit
        })
    }
}
