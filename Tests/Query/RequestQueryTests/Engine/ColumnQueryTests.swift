import Foundation
import GatewayModel
@testable import RequestQuery
import Testing

/// Questions of other parts of the program: cells at any edges, with distributions, from tables as from records.
struct ColumnQueryTests {
    private struct Cell: Equatable {
        var records: Int64 = 0
        var sum: Int64 = 0
        var slots: [UInt32] = []
    }

    private static func cells(_ query: ColumnQuery, _ snapshot: StoreSnapshot) throws -> (cells: [String: Cell], source: String) {
        let answer = try QueryEngine.columns(query, over: snapshot)
        var cells: [String: Cell] = [:]
        for index in 0..<answer.cellCount {
            let place = answer.place(index)
            let key = "\(answer.groupValues(place.group)) \(place.bucket)"
            cells[key] = Cell(records: answer.records(index), sum: Int64(clamping: answer.sum(0, index).sum), slots: Array(answer.slots(0, index)))
        }
        return (cells, answer.statistics.source)
    }

    @Test(arguments: 0..<60) func tablesGiveTheCellsOfTheRecords(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 104_729)
        let snapshots = try await RollupAnswersTests.stores.value
        let snapshot = snapshots[seed % snapshots.count]
        let aligned: Int64 = [900_000_000, 60_000_000, 1_234_567].randomElement(using: &random) ?? 1
        let first = RandomRecords.start + Int64.random(in: -4...20, using: &random) * aligned
        var edges = [first]
        for _ in 0..<Int.random(in: 1...30, using: &random) { edges.append((edges.last ?? first) + aligned * Int64.random(in: 1...9, using: &random)) }
        var query = ColumnQuery(edges: edges.map { Timestamp(microseconds: $0) })
        query.by = Array([RequestField.provider, .model, .stream, .errorType, .status].shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
        query.sums = [.duration]
        let limits: [ValueLimits] = [.callDuration, .openTelemetryDuration, .inferenceDuration]
        query.distributions = [(.duration, limits.randomElement(using: &random) ?? .callDuration)]
        if seed % 3 == 0 { query.filter = try QueryFilter("provider: (openai or groq)").filter }
        let rolled = try Self.cells(query, snapshot)
        query.usesRollups = false
        let plain = try Self.cells(query, snapshot)
        #expect(plain.source == "records" && rolled.cells == plain.cells)
    }

    @Test func tablesAnswerDistributionsOfSharedLimitsOnly() async throws {
        let snapshot = try await RollupAnswersTests.stores.value[2]
        let day: Int64 = 86_400_000_000
        var query = ColumnQuery(edges: [0, day / 2, day].map { Timestamp(microseconds: RandomRecords.start + $0) })
        query.sums = [.duration]
        query.distributions = [(.duration, .callDuration)]
        #expect(try Self.cells(query, snapshot).source == "rollup")
        query.distributions = [(.duration, try #require(ValueLimits([1_234, 5_678])))]
        #expect(try Self.cells(query, snapshot).source == "records")
    }

    @Test(arguments: [[], [5], [5, 5], [7, 5]] as [[Int64]]) func edgesMustAscend(_ edges: [Int64]) {
        #expect(throws: QueryError.self) { try QueryEngine.columns(ColumnQuery(edges: edges.map { Timestamp(microseconds: $0) }), over: StoreSnapshot(segments: [], sequence: 0)) }
    }

    @Test func everyValueLiesInTheSlotOfItsLimit() {
        for limits in [ValueLimits.callDuration, .openTelemetryTokens, .openTelemetryFirstToken] {
            let values = limits.limits.flatMap { [$0 - 1, $0, $0 + 1] } + [-5, 0, 1, .max, .min + 1]
            for value in values { #expect(limits.slot(of: value) == limits.limits.firstIndex { value <= $0 } ?? limits.limits.count, "\(value)") }
        }
        #expect(ValueLimits([]) == nil && ValueLimits([2, 1]) == nil && ValueLimits([1, 1]) == nil && ValueLimits([-1]) == nil)
    }
}
