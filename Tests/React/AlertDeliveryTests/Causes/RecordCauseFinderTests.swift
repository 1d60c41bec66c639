@testable import AlertDelivery
import ByteCoding
import GatewayModel
import RequestQuery
import Testing

/// One request, as a test writes it down.
struct CauseRecord: Sendable {
    /// Seconds since ``start``.
    var second: Int64
    var model: String?
    var provider: String?
    var client: String?
    var error: String?
    /// Microseconds.
    var duration: Int64 = 900_000
    /// Nano-dollars.
    var cost: Int64 = 1_000_000

    /// 2026-03-05T14:00:00Z
    static let start = Timestamp(microseconds: 1_772_719_200_000_000)

    static func time(_ second: Int64) -> Timestamp { Timestamp(microseconds: start.microseconds + second * 1_000_000) }

    static func reader(_ records: [CauseRecord]) -> any RequestReader {
        var batch = RecordBatch(count: records.count)
        batch[.time] = .integers(records.map { time($0.second).microseconds })
        batch[.sequence] = .integers(records.indices.map { Int64($0 + 1) })
        batch[.duration] = .integers(records.map(\.duration))
        batch[.cost] = .integers(records.map(\.cost))
        for (field, value) in [(RequestField.model, \CauseRecord.model), (.provider, \.provider), (.client, \.client), (.errorType, \.error)] {
            let interner = StringInterner()
            let codes = records.map { record in record[keyPath: value].map { interner.intern($0) + 1 } ?? 0 }
            batch[field] = .codes(codes, values: interner.table)
        }
        return KeptRecords(content: StoreSnapshot(segments: records.isEmpty ? [] : [BatchSegment(batch)], sequence: Int64(records.count)))
    }

    private struct KeptRecords: RequestReader {
        let content: StoreSnapshot

        func snapshot(of range: TimeRange) -> StoreSnapshot { content }
        func sequence(ofDocument id: String, index: String) -> Int64? { nil }
        var statistics: StoreStatistics { StoreStatistics() }
    }
}

/// Numbers that are the same in each run (SplitMix64).
struct CauseRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

struct RecordCauseFinderTests {
    /// The alert became active two hours after the start; the records end two minutes later.
    private static let activeAt: Int64 = 7_200, now: Int64 = 7_320

    private static func alert(_ expression: String = "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05", _ limit: AlertThreshold = AlertThreshold(.greater, 0.05), _ labels: [String: String] = [:]) -> Alert {
        Alert(
            labels: SeriesLabels(labels.merging(["alertname": "X"]) { a, _ in a }.map { SeriesLabel($0.key, $0.value) }), startsAt: CauseRecord.time(activeAt), endsAt: CauseRecord.time(now + 600),
            evidence: AlertEvidence(expression: expression, value: 1, threshold: limit, group: "g", file: "f", activeAt: CauseRecord.time(activeAt)))
    }

    private static func cause(_ records: [CauseRecord], _ alert: Alert = alert()) async -> AlertCause? {
        await RecordCauseFinder(reader: CauseRecord.reader(records), queries: QueryRunner(parallelQueries: 1), deadlineSeconds: 60).cause(of: alert, now: CauseRecord.time(now))
    }

    /// Two hours of usual traffic of three providers, six models and twenty clients, a hundredth of it failing.
    private static func usual(seed: UInt64 = 1, perMinute: Int = 120) -> [CauseRecord] {
        var random = CauseRandom(state: seed)
        return (0..<Int(now) * perMinute / 60).map { index in
            let provider = ["openai", "anthropic", "groq"].randomElement(using: &random) ?? ""
            var record = CauseRecord(
                second: Int64(index) * 60 / Int64(perMinute), model: "\(provider)-\(Int.random(in: 1...2, using: &random))", provider: provider, client: "client-\(Int.random(in: 1...20, using: &random))")
            if Int.random(in: 0..<100, using: &random) == 0 { record.error = ["timeout", "provider"].randomElement(using: &random) }
            return record
        }
    }

    private static let lately: ClosedRange<Int64> = (activeAt - 240)...(now - 1)

    @Test func theClientWhoseRequestsFailIsNamed() async throws {
        var records = Self.usual()
        for second in Self.lately { records.append(CauseRecord(second: second, model: "openai-1", provider: "openai", client: "batch-7", error: second % 8 == 0 ? "timeout" : "rate_limit")) }
        let cause = try #require(await Self.cause(records))
        #expect(cause.sentence.hasPrefix("openai-1 at openai for client batch-7: 360 of "))
        #expect(cause.sentence.hasSuffix(" additional errors, mostly rate_limit"))
        #expect(cause.filter == #"model: "openai-1" and provider: "openai" and client: "batch-7""#)
        #expect((try? FilterParser.parse(cause.filter)) != nil)
    }

    @Test func ifAllClientsOfAProviderSufferTheProviderIsNamed() async throws {
        var records = Self.usual()
        for index in records.indices where Self.lately.contains(records[index].second) && records[index].provider == "anthropic" { records[index].error = "overloaded" }
        let cause = try #require(await Self.cause(records))
        #expect(cause.sentence.hasPrefix("anthropic: ") && cause.sentence.hasSuffix("mostly overloaded"))
        #expect(cause.filter == #"provider: "anthropic""#)
    }

    @Test func ifEveryoneSuffersAlikeNothingIsSaid() async {
        var records = Self.usual()
        for index in records.indices where Self.lately.contains(records[index].second) && index % 3 == 0 { records[index].error = "provider" }
        #expect(await Self.cause(records) == nil)
    }

    @Test func nothingIsSaidOfNothing() async {
        #expect(await Self.cause([]) == nil)
        #expect(await Self.cause(Self.usual()) == nil)
        let client = Array(repeating: CauseRecord(second: 7_100, model: "m", provider: "p", client: "c", error: "client_closed"), count: 400)
        #expect(await Self.cause(Self.usual() + client) == nil)
    }

    @Test(arguments: ["node_load1 > 5", "elasticsearch_cluster_errors > 0", "up == 0", "gatewatch_ingest_errors_total > 1", "sum("])
    func alertsAboutOtherThingsHaveNoCauseAmongRequests(_ expression: String) async {
        var records = Self.usual()
        for second in Self.lately { records.append(CauseRecord(second: second, model: "openai-1", provider: "openai", client: "batch-7", error: "rate_limit")) }
        #expect(await Self.cause(records, Self.alert(expression)) == nil)
        var foreign = Self.alert()
        foreign.evidence = nil
        #expect(await Self.cause(records, foreign) == nil)
    }

    @Test func theAlertsLabelsRestrictWhatIsLookedAt() async throws {
        var records = Self.usual()
        for second in Self.lately {
            records.append(CauseRecord(second: second, model: "openai-1", provider: "openai", client: "batch-7", error: "rate_limit"))
            if second % 4 == 0 { records.append(CauseRecord(second: second, model: "groq-2", provider: "groq", client: "web", error: "timeout")) }
        }
        let cause = try #require(await Self.cause(records, Self.alert(labels(["provider": "groq", "team": "sre"]))))
        #expect(cause.sentence.hasPrefix("groq-2 at groq for client web: 90 of ") && cause.sentence.hasSuffix("mostly timeout"))
        #expect(cause.filter == #"provider: "groq" and model: "groq-2" and client: "web""#)
    }

    private func labels(_ labels: [String: String]) -> [String: String] { labels }
    private static func alert(_ labels: [String: String]) -> Alert { alert("sum(rate(errors_total[5m])) > 1", AlertThreshold(.greater, 1), labels) }

    @Test func slowRequestsAreCountedAgainstTheThreshold() async throws {
        var records = Self.usual()
        for second in Self.lately { records.append(CauseRecord(second: second, model: "groq-2", provider: "groq", client: "web", duration: second % 2 == 0 ? 10_000_001 : 10_000_000)) }
        let cause = try #require(await Self.cause(records, Self.alert("histogram_quantile(0.95, sum by (le) (rate(x_request_duration_seconds_bucket[5m]))) > 10", AlertThreshold(.greater, 10))))
        #expect(cause.sentence == "groq-2 at groq for client web: 180 of 180 additional requests slower than 10 s")
    }

    @Test func moneyAndItsAbsenceAreCounted() async throws {
        var records = Self.usual()
        for second in Self.lately { records.append(CauseRecord(second: second, model: "openai-2", provider: "openai", client: "batch-7", cost: 50_000_000)) }
        let dear = try #require(await Self.cause(records, Self.alert("sum(increase(x_cost_usd_total[1h])) > 10", AlertThreshold(.greater, 10))))
        #expect(dear.sentence.hasPrefix("openai-2 at openai for client batch-7: $18.00 of $18."))
        let quiet = Self.usual().filter { !Self.lately.contains($0.second) || $0.provider != "openai" }
        let missing = try #require(await Self.cause(quiet, Self.alert("sum(rate(x_requests_total[5m])) < 1", AlertThreshold(.less, 1))))
        #expect(missing.sentence.hasPrefix("openai: ") && missing.sentence.hasSuffix(" missing requests"))
    }

    /// Against plain loops over the records: the figures are those, the part named is the most precise that explains the change, for any traffic.
    @Test(arguments: 1...12) func figuresAgreeWithPlainLoops(_ seed: Int) async {
        var random = CauseRandom(state: UInt64(seed) &* 977)
        var records = Self.usual(seed: UInt64(seed), perMinute: 40)
        let kind = seed % 4
        for index in records.indices where Self.lately.contains(records[index].second) {
            let hit =
                switch kind {
                case 0: records[index].provider == "groq"
                case 1: records[index].model == "openai-2"
                case 2: Int(String(records[index].client?.last ?? "0")) ?? 0 < 3
                default: Int.random(in: 0..<4, using: &random) == 0
                }
            if hit, Int.random(in: 0..<10, using: &random) < 9 { records[index].error = "overloaded" }
        }
        for index in records.indices where Int.random(in: 0..<30, using: &random) == 0 { records[index].client = nil }
        #expect(await Self.cause(records)?.sentence == Self.expected(records))
    }

    private static func expected(_ records: [CauseRecord]) -> String? {
        let begin = activeAt - 300, end = now
        var cells: [[String?]: (before: Double, since: Double, requests: Double)] = [:]
        for record in records where record.second >= begin - 3_600 && record.second <= end {
            let key = [record.model, record.provider, record.client]
            let failed = record.error != nil && record.error != "client_closed" ? 1.0 : 0
            if record.second < begin {
                // The time since is this part of the hour before, the instant now included.
                cells[key, default: (0, 0, 0)].before += failed * (Double((end - begin) * 1_000_000 + 1) / 3_600_000_000)
            } else {
                cells[key, default: (0, 0, 0)].since += failed
                cells[key, default: (0, 0, 0)].requests += 1
            }
        }
        let total = cells.values.reduce(0) { $0 + max(0, $1.since - $1.before) }, net = cells.values.reduce(0) { $0 + $1.since - $1.before }
        let requests = cells.values.reduce(0) { $0 + $1.requests }
        guard total >= 5, net > total / 4 else { return nil }
        for kept in [[0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]] {
            var best: (key: [String?], change: Double, requests: Double)?
            for key in Set(cells.keys.map { key in (0..<3).map { kept.contains($0) ? key[$0] : nil } }) where kept.allSatisfy({ key[$0] != nil }) {
                let own = cells.filter { cell in kept.allSatisfy { cell.key[$0] == key[$0] } }.values
                let change = own.reduce(0) { $0 + $1.since - $1.before }
                if best == nil || change > best!.change { best = (key, change, own.reduce(0) { $0 + $1.requests }) }
            }
            guard let best, best.change / total >= 0.6, best.change >= 5, best.change / total >= 1.15 * best.requests / requests || best.requests / requests >= 0.85 else { continue }
            let place = [best.key[0] ?? "", best.key[1].map { best.key[0] == nil ? $0 : "at \($0)" } ?? "", best.key[2].map { best.key[0] == nil && best.key[1] == nil ? "client \($0)" : "for client \($0)" } ?? ""]
            var errors: [String: Int] = [:]
            for record in records where record.second >= begin && record.second <= end && record.error != nil && zip(best.key, [record.model, record.provider, record.client]).allSatisfy({ $0 == nil || $0 == $1 }) {
                errors[record.error ?? "", default: 0] += 1
            }
            let most = errors.max { $0.value < $1.value }
            let mostly = most.flatMap { $0.value * 2 > errors.values.reduce(0, +) ? ", mostly \($0.key)" : nil } ?? ""
            return "\(place.filter { !$0.isEmpty }.joined(separator: " ")): \(Int(best.change.rounded())) of \(Int(max(total, best.change).rounded())) additional errors\(mostly)"
        }
        return nil
    }
}
