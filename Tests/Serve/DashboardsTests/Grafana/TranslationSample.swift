import ByteCoding
import Foundation
import GatewayModel
import KeepTestSupport
import RequestMetrics
import RequestStorage

/// A small store of random calls with everything that may be absent, and the metric families over it.
final class TranslationSample: Sendable {
    /// 2026-03-28T00:00:00Z, microseconds.
    static let start: Int64 = 1_774_656_000_000_000
    static let hours: Int64 = 6
    static let now = Timestamp(microseconds: start + 12 * 3_600_000_000)

    let store: RequestStore
    let metrics: RequestMetrics
    private let folder: String

    init(count: Int, seed: UInt64) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("translation-\(UUID().uuidString)").path
        var configuration = StoreConfiguration()
        configuration.tickSeconds = nil
        configuration.clock = { Self.now }
        configuration.rollups.recordsMin = 1
        configuration.rollups.recordsPerRowMin = 1
        store = try RequestStore.open(folder: folder, configuration: configuration)
        metrics = RequestMetrics(FamilyTotals(FamilyTable(MetricFamily.shipped), store, limits: FamilyLimits()), clock: { Self.now })
        _ = try await store.append(Self.batch(count, seed))
        try await store.flush()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func batch(_ count: Int, _ seed: UInt64) -> RecordBatch {
        var random = SeededGenerator(seed: seed)
        func maybe(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func each<Value>(_ body: (Int) -> Value) -> [Value] { (0..<count).map(body) }
        var batch = RecordBatch(count: count)
        func texts(_ field: RequestField, _ values: [String?]) {
            let interner = StringInterner()
            let codes = values.map { value in value.map { interner.intern($0) + 1 } ?? 0 }
            batch[field] = .codes(codes, values: interner.table)
        }
        func integers(_ field: RequestField, _ values: [Int64?]) { batch[field] = .integers(values.map { $0 ?? absentInteger }) }
        batch[.time] = .integers(each { start + Int64($0) * hours * 3_600_000_000 / Int64(count) })
        texts(.operation, each { _ in maybe(90) ? "chat" : nil })
        texts(.provider, each { _ in maybe(95) ? ["openai", "anthropic", "groq"].randomElement(using: &random) : nil })
        texts(.model, each { _ in maybe(90) ? "model-\(Int.random(in: 0..<12, using: &random))" : nil })
        texts(.route, each { _ in maybe(80) ? ["chat", "embed"].randomElement(using: &random) : nil })
        texts(.client, each { _ in maybe(80) ? "client-\(Int.random(in: 0..<15, using: &random))" : nil })
        texts(.team, each { _ in maybe(70) ? ["a", "b"].randomElement(using: &random) : nil })
        texts(.errorType, each { _ in maybe(15) ? ["timeout", "rate_limit", "client_closed", "provider"].randomElement(using: &random) : nil })
        let statuses: [Int64?] = each { _ in maybe(95) ? [200, 200, 201, 304, 400, 404, 429, 499, 500, 503].randomElement(using: &random) : nil }
        integers(.status, statuses)
        texts(.statusClass, statuses.map { $0.map { "\($0 / 100)xx" } })
        let streams: [Bool?] = each { _ in maybe(80) ? maybe(50) : nil }
        integers(.stream, streams.map { $0.map { $0 ? 1 : 0 } })
        let durations: [Int64?] = each { _ in maybe(95) ? Int64.random(in: 0...(1 << Int.random(in: 10...25, using: &random)), using: &random) : nil }
        integers(.duration, durations)
        integers(.timeToFirstToken, zip(streams, durations).map { $0 == true ? $1.map { $0 / 3 } : nil })
        integers(.inputTokens, each { _ in maybe(80) ? Int64.random(in: 0...9_000, using: &random) : nil })
        integers(.outputTokens, each { _ in maybe(80) ? Int64.random(in: 0...2_000, using: &random) : nil })
        integers(.cost, each { _ in maybe(80) ? Int64.random(in: 0...90_000_000, using: &random) : nil })
        return batch
    }
}
