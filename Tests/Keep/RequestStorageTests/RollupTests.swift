import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// Tables beside parts: what they say, and what becomes of them when files fail, are damaged or go.
struct RollupTests {
    /// A store whose parts have tables whatever their size.
    static func store(recordsMin: Int = 1) -> TestStore {
        var test = TestStore()
        test.configuration.rollups.recordsMin = recordsMin
        test.configuration.rollups.recordsPerRowMin = 1
        return test
    }

    /// Records of one morning with few values each.
    static func batch(_ rows: Int, seed: Int) -> RecordBatch {
        var random = SeededGenerator(seed: seed)
        var batch = RecordBatch(count: rows)
        let start = TestClock.start.microseconds
        batch[.time] = .integers((0..<rows).map { start + Int64($0) * 2_000_000 + Int64.random(in: 0...900_000, using: &random) })
        batch[.provider] = .codes((0..<rows).map { _ in UInt32.random(in: 0...3, using: &random) }, values: StringTable(["openai", "anthropic", "groq"]))
        batch[.client] = .codes((0..<rows).map { _ in UInt32.random(in: 1...9, using: &random) }, values: StringTable((0..<9).map { "client-\($0)" }))
        batch[.status] = .integers((0..<rows).map { _ in [200, 200, 429, absentInteger].randomElement(using: &random) ?? 200 })
        batch[.duration] = .integers((0..<rows).map { _ in random.oneIn(9) ? absentInteger : Int64.random(in: -5...90_000_000, using: &random) })
        batch[.cost] = .integers((0..<rows).map { _ in Int64.random(in: 0...9_000_000_000, using: &random) })
        return batch
    }

    private static func names(_ test: TestStore, _ suffix: String) -> [String] { (test.files as! MemoryFiles).names.filter { $0.hasSuffix(suffix) } }

    @Test(arguments: [1, 2, 700, 17_000])
    func everyTableStandsForAllRecords(_ rows: Int) async throws {
        let test = Self.store()
        let store = try test.open()
        let batch = Self.batch(rows, seed: rows)
        _ = try await store.append(batch)
        try await store.flush()
        let part = try #require(store.snapshot(of: .all).segments.first)
        #expect(!part.rollups.isEmpty)
        #expect(part.rollups.map(\.rowCount) == part.rollups.map(\.rowCount).sorted())
        for table in part.rollups { try Self.check(table, batch) }
    }

    /// Totals of each table against plain loops over the batch, by provider where the table tells providers apart.
    private static func check(_ table: any RollupSegment, _ batch: RecordBatch) throws {
        let hasProvider = table.serves(RollupDemand(dimensions: [.provider]))
        let providers = (0..<batch.count).map { hasProvider ? batch.text(.provider, row: $0) ?? "" : "" }
        var found: [String: [Int64]] = [:]
        for block in 0..<table.blockCount {
            var (records, codes, sums, absentees): ([Int64], [UInt32], [Int64], [Int64]) = ([], [], [], [])
            try table.readRecords(block: block, into: &records)
            try table.read(.provider, block: block, into: &codes)
            try table.readSums(.duration, block: block, into: &sums, absentees: &absentees)
            let names = try table.dictionary(.provider)
            for row in records.indices {
                let name = hasProvider && codes[row] > 0 ? names[Int(codes[row]) - 1] : ""
                found[name, default: [0, 0, 0]] = zip(found[name] ?? [0, 0, 0], [records[row], sums[row], absentees[row]]).map(+)
            }
        }
        let expected = Dictionary(grouping: 0..<batch.count) { providers[$0] }.mapValues { rows in
            let values = rows.map { batch.integer(.duration, row: $0) }
            return [Int64(rows.count), values.compactMap(\.self).reduce(0, +), Int64(values.count { $0 == nil })]
        }
        #expect(found == expected)
    }

    @Test func aMeasureWhoseSumsCouldOverflowHasNoColumns() async throws {
        let test = Self.store()
        let store = try test.open()
        var batch = Self.batch(900, seed: 4)
        batch[.cost] = .integers((0..<900).map { _ in Int64.max - 7 })
        _ = try await store.append(batch)
        try await store.flush()
        let part = try #require(store.snapshot(of: .all).segments.first)
        #expect(part.rollups.contains { $0.serves(RollupDemand(sums: [.duration])) })
        #expect(!part.rollups.contains { $0.serves(RollupDemand(sums: [.cost])) })
    }

    @Test func smallPartsHaveNone() async throws {
        let test = Self.store(recordsMin: 1_000)
        let store = try test.open()
        _ = try await store.append(Self.batch(999, seed: 1))
        try await store.flush()
        #expect(Self.names(test, ".rollup").isEmpty)
        #expect(store.snapshot(of: .all).segments.allSatisfy { $0.rollups.isEmpty })
    }

    @Test func tablesThatCannotBeWrittenCostNothingButSpeed() async throws {
        let test = Self.store()
        let store = try test.open()
        _ = try await store.append(Self.batch(500, seed: 2))
        // The new log, the part, and then the tables.
        (test.files as! MemoryFiles).plan(MemoryFiles.Plan(from: 3, until: 4, code: 28, only: .create))
        try await store.flush()
        #expect(store.statistics.parts == 1 && store.statistics.records == 500)
        #expect(Self.names(test, ".rollup").isEmpty)
        #expect(test.events.all.contains { if case .rollupsFailed = $0 { true } else { false } })
        await store.rebuildRollups()
        #expect(Self.names(test, ".rollup").count == 1)
        #expect(store.snapshot(of: .all).segments.allSatisfy { !$0.rollups.isEmpty })
    }

    @Test func missingTablesAreMadeAgainAndGoWithTheirPart() async throws {
        let test = Self.store()
        let files = test.files as! MemoryFiles
        var store = try test.open()
        _ = try await store.append(Self.batch(500, seed: 3))
        try await store.flush()
        await store.close()
        let name = try #require(Self.names(test, ".rollup").first)
        let whole = files.content(name)
        try files.remove(name)
        store = try test.open()
        #expect(store.snapshot(of: .all).segments.allSatisfy { $0.rollups.isEmpty })
        await store.rebuildRollups()
        #expect(files.content(name) == whole)
        test.clock.advance(days: 1)
        _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
        await store.setRetention(days: 1)
        test.clock.advance(days: 1)
        _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
        await store.setRetention(days: 1)
        #expect(Self.names(test, ".rollup").allSatisfy { $0 != name })
    }

    @Test func aDamagedFileIsNoticedWhereverItsByteWasFlipped() async throws {
        let test = Self.store()
        let files = test.files as! MemoryFiles
        let store = try test.open()
        let batch = Self.batch(300, seed: 8)
        _ = try await store.append(batch)
        try await store.flush()
        let whole = files.content(try #require(Self.names(test, ".rollup").first))
        let demand = RollupDemand(dimensions: [.provider, .client, .status], sums: [.duration, .cost], sketches: [.duration])
        let all = try RollupFile(FileImage(copying: whole), name: "whole").tables().count
        for place in 0..<whole.count {
            var bytes = whole
            bytes[place] ^= 0x10
            guard let file = try? RollupFile(FileImage(copying: bytes), name: "flipped") else { continue }
            #expect(file.damage().count == 1, "byte \(place)")
            let tables = file.tables()
            #expect(tables.count == all)
            for table in tables where table.serves(demand) { try Self.check(table, batch) }
        }
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: StorageError.self) { try RollupFile(FileImage(copying: Array(whole[..<length])), name: "cut") }
        }
    }
}
