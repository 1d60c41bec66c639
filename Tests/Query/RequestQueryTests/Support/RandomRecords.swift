import GatewayModel

/// Record sets with everything that may go wrong: absent values, records out of order, equal times, heavy tails, values that differ from segment to segment.
enum RandomRecords {
    /// 2026-03-28, the day before clocks change in Berlin.
    static let start: Int64 = 1_774_656_000_000_000

    static func rows(_ count: Int, seed: UInt64, hours: Int64 = 50) -> [SampleRow] {
        var random = SeededGenerator(seed: seed)
        let span = hours * 3_600_000_000
        return (0..<count).map { index in
            var row = SampleRow()
            let jitter = Int64.random(in: -90_000_000...90_000_000, using: &random)
            let even = Int64(index) * span / Int64(max(1, count))
            // Every twentieth record is late by up to the whole span.
            let late = Int.random(in: 0..<20, using: &random) == 0 ? Int64.random(in: 0...max(1, even), using: &random) : 0
            row.integers[.time] = start + max(0, even + jitter - late) / 1_000 * 1_000
            row.integers[.sequence] = Int64(index + 1)
            fill(&row, &random, index, count)
            return row
        }
    }

    private static func fill(_ row: inout SampleRow, _ random: inout SeededGenerator, _ index: Int, _ count: Int) {
        func maybe(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        if maybe(95) { row.texts[.provider] = ["openai", "anthropic", "aws.bedrock", "groq"].randomElement(using: &random) }
        if maybe(90) { row.texts[.model] = "model-\(Int.random(in: 0..<12, using: &random) + (index > count / 2 ? 6 : 0))" }
        if maybe(80) { row.texts[.client] = "client-\(Int.random(in: 0..<300, using: &random))" }
        if maybe(97) { row.integers[.status] = [200, 200, 200, 200, 201, 400, 429, 500, 503].randomElement(using: &random) }
        if maybe(70) { row.integers[.stream] = Int64.random(in: 0...1, using: &random) }
        if maybe(93) {
            let exponent = Int.random(in: 0...25, using: &random)
            row.integers[.duration] = Int64.random(in: 0...(1 << exponent), using: &random)
        }
        if maybe(60) { row.integers[.inputTokens] = Int64.random(in: 0...4_000, using: &random) }
        if maybe(50) { row.integers[.cost] = Int64.random(in: 0...5_000_000_000, using: &random) }
        if maybe(30) { row.texts[.requestID] = "request-\(Int.random(in: 0..<(count / 2 + 1), using: &random))" }
        if maybe(5) { row.texts[.errorType] = ["timeout", "rate_limit"].randomElement(using: &random) }
    }
}
