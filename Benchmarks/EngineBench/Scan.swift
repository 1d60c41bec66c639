import GatewayModel
import RequestQuery

/// One thing that is measured: gives the rows that it looked at.
struct Scan: Sendable {
    let name: String
    let run: @Sendable (StoreSnapshot) throws -> Int

    static let all: [Scan] = [
        integers("read input_tokens", .inputTokens),
        integers("read duration", .duration),
        integers("read status", .status),
        integers("read total_tokens (predicted)", .totalTokens),
        codes("read model", .model),
        codes("read client", .client),
        query("count by model", #"{"measures":["count"],"by":["model"]}"#),
        query("sum(output_tokens)", #"{"measures":["sum(output_tokens)"]}"#),
        query("filter, group, sum", #"{"measures":["sum(output_tokens)"],"by":["model"],"where":"provider: openai"}"#),
        query("range filter, group, 2 sums", #"{"measures":["count","sum(output_tokens)","sum(duration)"],"by":["model"],"where":"status < 500"}"#),
        query("names and range, group, sum", #"{"measures":["sum(total_tokens)"],"by":["model"],"where":"client: s* and output_tokens > 500"}"#),
        query("p95(duration) by model", #"{"measures":["p95(duration)"],"by":["model"]}"#),
        query("distinct(client)", #"{"measures":["distinct(client)"]}"#),
    ]

    private static func integers(_ name: String, _ field: RequestField) -> Scan {
        Scan(name: name) { snapshot in
            var values: [Int64] = []
            return try blocks(snapshot) { segment, block in
                try segment.read(field, block: block, into: &values)
                return values.count
            }
        }
    }

    private static func codes(_ name: String, _ field: RequestField) -> Scan {
        Scan(name: name) { snapshot in
            var codes: [UInt32] = []
            return try blocks(snapshot) { segment, block in
                try segment.read(field, block: block, into: &codes)
                return codes.count
            }
        }
    }

    private static func blocks(_ snapshot: StoreSnapshot, _ read: (any RecordSegment, Int) throws -> Int) throws -> Int {
        try snapshot.segments.reduce(0) { total, segment in try (0..<segment.blockCount).reduce(total) { try $0 + read(segment, $1) } }
    }

    private static func query(_ name: String, _ text: String) -> Scan {
        Scan(name: name) { snapshot in
            var query = try RequestQueryText.parse(text)
            (query.from, query.to) = (.absolute(TimeExpression.earliest), .absolute(TimeExpression.latest))
            query.usesRollups = false
            let result = try QueryEngine.run(query, over: snapshot, now: BenchStore.now)
            // Records of blocks that were skipped count as well: not having to read them is the point.
            return result.rowCount > 0 ? snapshot.segments.reduce(0) { $0 + $1.rowCount } : 0
        }
    }
}
