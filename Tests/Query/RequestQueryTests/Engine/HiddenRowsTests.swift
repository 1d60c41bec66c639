import GatewayModel
import RequestQuery
import Testing

/// Deleted and replaced records are in no answer, though they still stand in their segment.
struct HiddenRowsTests {
    static let rows = RandomRecords.rows(18_000, seed: 77)
    static let hidden = (0..<18_000).filter { $0 % 7 == 3 || (16_000..<16_500).contains($0) }
    static let shown = rows.indices.filter { !Set(hidden).contains($0) }.map { rows[$0] }
    static let snapshot = StoreSnapshot(segments: [HidingSegment(SampleRow.batch(rows), hidden: hidden)], sequence: 18_000)

    @Test(arguments: 0..<30)
    func answersAreThoseOfTheOtherRows(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 104_729)
        let text = RandomQuestion.text(&random, ranksByPercentile: false)
        let query = try RequestQueryText.parse(text)
        let hiding = try QueryEngine.run(query, over: Self.snapshot, now: OracleTests.now)
        let plain = try QueryEngine.run(query, over: SampleRow.snapshot(Self.shown), now: OracleTests.now)
        #expect(hiding.values == plain.values, "\(text)")
        #expect(hiding.statistics.recordsMatched == plain.statistics.recordsMatched, "\(text)")
    }

    @Test func aRecordThatIsHiddenIsNotFoundByItsNumber() throws {
        let number = Self.rows[Self.hidden[0]].sequence
        #expect(try RecordSearch.record(sequence: number, over: Self.snapshot) == nil)
        #expect(try RecordSearch.record(sequence: Self.shown[0].sequence, over: Self.snapshot) != nil)
    }

    @Test func valuesAreCountedWithoutHiddenRows() throws {
        let hiding = FieldCatalogue.run(Self.snapshot, field: .provider).fields[0].values
        let plain = FieldCatalogue.run(SampleRow.snapshot(Self.shown), field: .provider).fields[0].values
        #expect(hiding == plain)
    }
}
