internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// An answer to a panel's question as JSON text, ready for everybody who asks it.
struct PanelAnswer: Sendable {
    private let range: TimeRange
    private let hash: String
    /// A JSON object of what is drawn.
    private let figures: [UInt8]
    /// A JSON object of what stands beside it.
    private let rest: [UInt8]

    init(_ result: QueryResult) {
        var figures = JSONWriter(reserving: 1_024 + result.values.count * 12)
        figures.object { result.writeFigures(to: &$0) }
        // What the page shows beside the figures: which buckets are still open, and what is missing. How much was read and when is not shown.
        var shown = JSONWriter()
        shown.array { list in
            list.value(result.completeness.openFrom?.iso8601 ?? "")
            for note in result.completeness.notes { list.value(note) }
        }
        var rest = JSONWriter()
        rest.object { writer in
            writer.key("stats")
            result.statistics.writeJSON(to: &writer)
            writer.key("completeness")
            result.completeness.writeJSON(to: &writer)
        }
        self.init(range: result.range, hash: Self.hash(figures.bytes + shown.bytes), figures: figures.bytes, rest: rest.bytes)
    }

    init(_ table: SeriesTable, range: TimeRange, everySeconds: Double?) {
        var figures = JSONWriter(reserving: 1_024 + table.rows.count * (table.times.count * 10 + 100))
        figures.object { table.writeFigures(everySeconds: everySeconds, to: &$0) }
        self.init(range: range, hash: Self.hash(figures.bytes), figures: figures.bytes, rest: Array("{}".utf8))
    }

    /// - Parameters:
    ///   - figures: a JSON object of what is drawn.
    ///   - rest: a JSON object of what stands beside it.
    init(range: TimeRange, hash: String, figures: [UInt8], rest: [UInt8]) {
        self.range = range
        self.hash = hash
        self.figures = figures
        self.rest = rest
    }

    /// Bytes of memory, about.
    var bytes: Int { figures.count + rest.count + 512 }

    /// One element of `results`: the answer with its hash, or that it is unchanged.
    ///
    /// - Parameters:
    ///   - known: the hash that the asker has.
    ///   - age: of an answer that was given before.
    func json(known: String?, age: Duration? = nil) -> [UInt8] {
        var writer = JSONWriter(reserving: hash == known ? 256 : figures.count + rest.count + 256)
        writer.object { answer in
            answer.member("from", range.from.iso8601)
            answer.member("to", range.to.iso8601)
            answer.member("hash", hash)
            if let age { answer.member("age_seconds", Double(age / .milliseconds(1)).rounded() / 1_000) }
            guard hash != known else { return answer.member("unchanged", true) }
            answer.raw(figures.dropFirst().dropLast())
            if rest.count > 2 { answer.raw(rest.dropFirst().dropLast()) }
        }
        return writer.bytes
    }

    /// One element of `results`: an error.
    static func json(_ error: APIError) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { error.write(to: &$0) }
        return writer.bytes
    }

    /// 16 hexadecimal digits. Nobody gains by making two answers look alike, so the key is a constant, and hashes hold over restarts.
    private static func hash(_ bytes: [UInt8]) -> String {
        let value = unsafe bytes.withUnsafeBytes { unsafe SipHash(key0: 0, key1: 0)($0) }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
