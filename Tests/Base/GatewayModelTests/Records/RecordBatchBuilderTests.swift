import GatewayModel
import Testing

struct RecordBatchBuilderTests {
    @Test func absentStaysAbsentBetweenPresentRows() {
        let builder = RecordBatchBuilder()
        let draft = RequestDraft()
        for row in 0..<5 {
            draft.reset()
            draft[integer: .time] = Int64(row)
            if row == 2 {
                draft[integer: .status] = 0
                draft.setText(.provider, "openai")
                draft.setText(.requestID, "r2")
            }
            builder.append(draft)
        }
        let batch = builder.seal()
        #expect(batch.count == 5)
        #expect((0..<5).map { batch.integer(.status, row: $0) } == [nil, nil, 0, nil, nil])
        #expect((0..<5).map { batch.text(.provider, row: $0) } == [nil, nil, "openai", nil, nil])
        #expect((0..<5).map { batch.text(.requestID, row: $0) } == [nil, nil, "r2", nil, nil])
        #expect(batch[.model] == nil)
    }

    @Test func sealedBuilderStartsAfresh() {
        let builder = RecordBatchBuilder()
        let draft = RequestDraft()
        draft.setText(.provider, "a")
        builder.append(draft)
        _ = builder.seal()
        draft.setText(.provider, "b")
        builder.append(draft)
        let second = builder.seal()
        #expect(second.count == 1)
        #expect(second.text(.provider, row: 0) == "b")
        guard case .codes(let codes, let values) = second[.provider] else { return #expect(Bool(false)) }
        #expect(codes == [1] && values.strings == ["b"])
    }

    @Test func valuesBeyondTheLimitBecomeOther() {
        let builder = RecordBatchBuilder(distinctValuesMax: 3)
        let draft = RequestDraft()
        for row in 0..<6 {
            draft.reset()
            draft.setText(.client, "client-\(row)")
            builder.append(draft)
        }
        #expect(builder.cappedValues == 3)
        let batch = builder.seal()
        #expect((0..<6).map { batch.text(.client, row: $0) } == ["client-0", "client-1", "client-2", "_other", "_other", "_other"])
    }

    @Test func longValuesAreCutAtACharacter() throws {
        let draft = RequestDraft()
        draft.setText(.client, String(repeating: "ä", count: 1_000))
        let text = try #require(draft.text(.client))
        #expect(text == String(repeating: "ä", count: RequestDraft.valueBytesMax / 2))
        draft.setText(.model, String(repeating: "x", count: 1_023) + "€")
        #expect(draft.text(.model) == String(repeating: "x", count: 1_023))
    }

    @Test func resetForgetsEverything() {
        let draft = RequestDraft()
        draft[integer: .status] = 200
        draft.setText(.client, "c")
        draft.reset()
        #expect(draft[integer: .status] == nil && !draft.hasText(.client) && draft.text(.client) == nil)
    }

    @Test func copiedTextIsTheSame() {
        let draft = RequestDraft()
        draft.setText(.requestModel, "m")
        draft.copyText(from: .requestModel, to: .model)
        draft.setText(.requestModel, "other")
        #expect(draft.text(.model) == "m")
    }
}
