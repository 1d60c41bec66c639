import ByteCoding
import GatewayModel
import RequestQuery
import Testing

struct FieldCatalogueTests {
    static let rows = RandomRecords.rows(1_200, seed: 31)
    static let snapshot = SampleRow.snapshot(rows, sizes: [200, 500])

    @Test func valuesAreRankedByTheirCounts() throws {
        let (fields, unreadable) = FieldCatalogue.run(Self.snapshot)
        #expect(unreadable.isEmpty)
        #expect(fields.map(\.definition.field) == RequestSchema.definitions.map(\.field))
        let provider = try #require(fields.first { $0.definition.field == .provider })
        let counts = Dictionary(grouping: Self.rows.compactMap { $0.texts[.provider] }) { $0 }.mapValues(\.count)
        #expect(provider.values.map(\.count) == counts.values.sorted(by: >))
        #expect(provider.values.allSatisfy { counts[$0.value] == $0.count })
        #expect(provider.valuesTotal == 4)
        #expect(try #require(fields.first { $0.definition.field == .requestID }).values.isEmpty)
    }

    @Test func aPrefixNarrowsTheValuesWhateverItsCase() throws {
        let found = try #require(FieldCatalogue.run(Self.snapshot, top: 3, prefix: "CLIENT-1", field: .client).fields.first)
        let all = Set(Self.rows.compactMap { $0.texts[.client] }.filter { $0.hasPrefix("client-1") })
        #expect(found.valuesTotal == all.count)
        #expect(found.values.count == 3 && found.values.allSatisfy { all.contains($0.value) })
    }

    @Test func segmentsOutsideTheRangeAreLeftOut() throws {
        let range = TimeRange(from: Timestamp(microseconds: 0), to: Timestamp(microseconds: 1))
        #expect(FieldCatalogue.run(Self.snapshot, range: range, field: .client).fields.first?.valuesTotal == 0)
    }

    @Test func damageIsSaid() {
        let damaged = StoreSnapshot(segments: [DamagedSegment(SampleRow.batch(Self.rows), firstDamagedBlock: 0)], sequence: 1)
        #expect(FieldCatalogue.run(damaged).unreadable.count == 1)
    }

    @Test func aFieldIsWrittenAsDocumented() throws {
        let summary = try #require(FieldCatalogue.run(Self.snapshot, top: 0, field: .duration).fields.first)
        var writer = JSONWriter()
        summary.writeJSON(to: &writer)
        #expect(writer.string == #"{"name":"duration","attribute":"gatewatch.duration","type":"number","role":"measure","unit":"s","summary":"The whole call as the client saw it, streamed body included.","aliases":["latency","attributes.metadata.latency"],"values":[],"values_total":0}"#)
    }
}
