internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Writes one element of `results`: an answer with its hash, that it is unchanged, or an error.
enum PanelAnswer {
    /// - Parameter known: the hash that the asker has.
    static func json(_ result: QueryResult, known: String?) -> [UInt8] {
        var figures = JSONWriter(reserving: 1_024 + result.values.count * 12)
        figures.object { result.writeFigures(to: &$0) }
        // What the page shows beside the figures: which buckets are still open, and what is missing. How much was read and when is not shown.
        var shown = JSONWriter()
        shown.array { list in
            list.value(result.completeness.openFrom?.iso8601 ?? "")
            for note in result.completeness.notes { list.value(note) }
        }
        return json(figures.bytes, hash: hash(figures.bytes + shown.bytes), known: known, range: result.range) { writer in
            writer.key("stats")
            result.statistics.writeJSON(to: &writer)
            writer.key("completeness")
            result.completeness.writeJSON(to: &writer)
        }
    }

    static func json(_ table: SeriesTable, range: TimeRange, everySeconds: Double?, known: String?) -> [UInt8] {
        var figures = JSONWriter(reserving: 1_024 + table.rows.count * (table.times.count * 10 + 100))
        figures.object { table.writeFigures(everySeconds: everySeconds, to: &$0) }
        return json(figures.bytes, hash: hash(figures.bytes), known: known, range: range) { _ in }
    }

    static func json(_ error: APIError) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { error.write(to: &$0) }
        return writer.bytes
    }

    /// - Parameter figures: a JSON object whose members go into the answer.
    private static func json(_ figures: [UInt8], hash: String, known: String?, range: TimeRange, _ rest: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: hash == known ? 256 : figures.count + 1_024)
        writer.object { answer in
            answer.member("from", range.from.iso8601)
            answer.member("to", range.to.iso8601)
            answer.member("hash", hash)
            guard hash != known else { return answer.member("unchanged", true) }
            answer.raw(figures.dropFirst().dropLast())
            rest(&answer)
        }
        return writer.bytes
    }

    /// 16 hexadecimal digits. Nobody gains by making two answers look alike, so the key is a constant, and hashes hold over restarts.
    private static func hash(_ bytes: [UInt8]) -> String {
        let value = unsafe bytes.withUnsafeBytes { unsafe SipHash(key0: 0, key1: 0)($0) }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
