import ByteCoding
import Foundation
import GatewayModel
import RequestMetrics
import RequestStorage

/// SplitMix64 (S. Vigna): a seeded generator, so that a failing case can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A call as a test writes it down.
struct Call: Sendable {
    /// Completion, microseconds since 1970.
    var time: Int64
    var provider: String? = "openai"
    var model: String? = "gpt-4o"
    var client: String?
    var errorType: String?
    var stream: Bool?
    var status: Int64? = 200
    var duration: Int64? = 1_000_000
    var firstToken: Int64?
    var inputTokens: Int64?
    var outputTokens: Int64?
    var cost: Int64?
    var cacheStatus: String?

    static func batch(_ calls: [Call]) -> RecordBatch {
        var batch = RecordBatch(count: calls.count)
        func integers(_ field: RequestField, _ value: (Call) -> Int64?) {
            if calls.contains(where: { value($0) != nil }) { batch[field] = .integers(calls.map { value($0) ?? absentInteger }) }
        }
        func texts(_ field: RequestField, _ value: (Call) -> String?) {
            guard calls.contains(where: { value($0) != nil }) else { return }
            let interner = StringInterner()
            let codes = calls.map { call in value(call).map { interner.intern($0) + 1 } ?? 0 }
            batch[field] = .codes(codes, values: interner.table)
        }
        batch[.time] = .integers(calls.map(\.time))
        batch[.operation] = .codes(calls.map { _ in 1 }, values: StringTable(["chat"]))
        texts(.provider) { $0.provider }
        texts(.model) { $0.model }
        texts(.requestModel) { $0.model }
        texts(.client) { $0.client }
        texts(.errorType) { $0.errorType }
        texts(.cacheStatus) { $0.cacheStatus }
        integers(.status) { $0.status }
        integers(.stream) { $0.stream.map { $0 ? 1 : 0 } }
        integers(.duration) { $0.duration }
        integers(.timeToFirstToken) { $0.firstToken }
        integers(.inputTokens) { $0.inputTokens }
        integers(.outputTokens) { $0.outputTokens }
        integers(.cost) { $0.cost }
        return batch
    }

    /// Calls with everything that may go wrong: absent values, heavy tails, equal times, many models.
    static func random(_ count: Int, seed: UInt64, from start: Int64, hours: Int64) -> [Call] {
        var random = SeededGenerator(seed: seed)
        func maybe(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        return (0..<count).map { index in
            var call = Call(time: start + Int64(index) * hours * 3_600_000_000 / Int64(count) + Int64.random(in: 0...3_000, using: &random) * 1_000)
            call.provider = maybe(95) ? ["openai", "anthropic", "groq"].randomElement(using: &random) : nil
            call.model = maybe(90) ? "model-\(Int.random(in: 0..<6, using: &random))" : nil
            call.client = maybe(80) ? "client-\(Int.random(in: 0..<40, using: &random))" : nil
            call.errorType = maybe(12) ? ["timeout", "rate_limit", "client_closed", "provider"].randomElement(using: &random) : nil
            call.stream = maybe(70) ? maybe(50) : nil
            call.duration = maybe(95) ? Int64.random(in: 0...(1 << Int.random(in: 0...28, using: &random)), using: &random) : nil
            call.firstToken = call.stream == true ? call.duration.map { $0 / 3 } : nil
            call.inputTokens = maybe(80) ? Int64.random(in: 0...9_000, using: &random) : nil
            call.outputTokens = maybe(80) ? Int64.random(in: 0...2_000, using: &random) : nil
            call.cost = maybe(80) ? Int64.random(in: 0...90_000_000, using: &random) : nil
            call.cacheStatus = maybe(40) ? (maybe(30) ? "hit" : "miss") : nil
            return call
        }
    }
}

/// A store in a temporary folder, with tables at every level however few records there are.
final class SampleStore: Sendable {
    let store: RequestStore
    private let folder: String

    /// 2026-03-28T00:00:00Z.
    static let start: Int64 = 1_774_656_000_000_000

    init(now: Int64 = SampleStore.start + 4 * 86_400_000_000, recordsMin: Int = 1) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("metrics-\(UUID().uuidString)").path
        var configuration = StoreConfiguration()
        configuration.tickSeconds = nil
        configuration.clock = { Timestamp(microseconds: now) }
        configuration.rollups.recordsMin = recordsMin
        configuration.rollups.recordsPerRowMin = 1
        store = try RequestStore.open(folder: folder, configuration: configuration)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func append(_ calls: [Call], flush: Bool = false) async throws {
        _ = try await store.append(Call.batch(calls))
        if flush { try await store.flush() }
    }

    func metrics(_ families: [MetricFamily] = MetricFamily.shipped, limits: FamilyLimits = FamilyLimits(), now: Int64 = SampleStore.start + 4 * 86_400_000_000) -> RequestMetrics {
        RequestMetrics(FamilyTotals(FamilyTable(families), store, limits: limits), clock: { Timestamp(microseconds: now) })
    }
}
