import GatewayModel
import Testing

@testable import Ingest

@Suite struct IngestMetricsTests {
    @Test func countsAreAddedUpByDoor() throws {
        let metrics = IngestMetrics()
        let pipeline = try Reading.pipeline()
        let good = ElasticBulkTests.entry
        let body = "\(good)\n{}\nnonsense\n\(good.replacing("10}", with: "-1}"))"
        let context = Reading.context(.apisix)
        for _ in 0..<2 {
            let result = pipeline.readItems(Array(body.utf8), context)
            var cell = LedgerCell()
            (cell.stored, cell.conflicts) = (Int64(result.batch.count - 1), 1)
            metrics.record(result.counters, cell, context)
        }
        let counts = try #require(metrics.snapshot.first { $0.door == .apisix }?.counts)
        #expect(counts.received == 8 && counts.stored == 2 && counts.conflicts == 2 && counts.rejectedTotal == 4)
        #expect(counts.rejected[Int(RejectionCode.unknownShape.rawValue)] == 2 && counts.rejected[Int(RejectionCode.brokenJSON.rawValue)] == 2)
        #expect(counts.rejectedFields[Int(RequestField.duration.rawValue)] == 2)
        #expect(counts.lastReceived == Reading.now && counts.newest == Timestamp(microseconds: 1_766_650_000_010_000))
        #expect(counts.lagMicroseconds == 3_199_990_000)
        #expect(metrics.snapshot.first { $0.door == .litellm }?.counts == IngestMetrics.Door())
    }

    @Test func namesOfDoorsReasonsAndClassesAreUnique() {
        #expect(Set(IngestDoor.allCases.map { "\($0.name)" }).count == IngestDoor.allCases.count)
        #expect(Set(RejectionCode.allCases.map(\.name)).count == RejectionCode.allCases.count)
        #expect(Set(ErrorClass.allCases.map { "\($0.name)" }).count == ErrorClass.allCases.count)
        for shape in RecordShape.allCases { #expect(RecordShape(named: shape.name) == shape) }
    }

    @Test func newPricesHoldFromTheNextBodyOn() throws {
        let pipeline = try Reading.pipeline()
        #expect(try Reading.record(Samples.apisixChat, pipeline: pipeline)["cost"] == nil)
        pipeline.replacePrices(.sample)
        #expect(try Reading.record(Samples.apisixChat, pipeline: pipeline)["cost"] == "137500")
    }

    @Test func manyThreadsReadAtTheSameTime() async throws {
        let pipeline = try Reading.pipeline(prices: .sample)
        let body = Array(Array(repeating: Samples.apisixChat, count: 50).joined(separator: "\n").utf8)
        let costs = await withTaskGroup(of: Int64.self) { group in
            for _ in 0..<32 {
                group.addTask { pipeline.readItems(body, Reading.context(.apisix)).batch.integers(.cost)?.reduce(0, +) ?? 0 }
            }
            return await group.reduce(into: [Int64]()) { $0.append($1) }
        }
        #expect(costs == Array(repeating: 137_500 * 50, count: 32))
    }
}
