import ByteCoding
import Synchronization
import Testing

@testable import GatewayModel

@Suite struct KnownValuesTests {
    private final class Day: Sendable {
        private let value = Mutex(Int32(20_000))
        var now: Int32 { value.withLock { $0 } }
        func advance(_ days: Int32) { value.withLock { $0 += days } }
    }

    private func admits(_ known: KnownValues, _ text: String, _ field: RequestField = .model) -> Bool {
        Array(text.utf8).withUnsafeBytes { unsafe known.admits($0, field) }
    }

    @Test func admittedValuesStayWhenTheDimensionIsFullAndNewOnesAreRefused() {
        let known = KnownValues(valuesMax: 3, days: 30, today: { 1 })
        for text in ["a", "b", "c", "a"] { #expect(admits(known, text)) }
        #expect(!admits(known, "d") && !admits(known, "e") && admits(known, "b"))
        // Another dimension has its own room.
        #expect(admits(known, "d", .client))
        let figures = known.figures
        #expect(figures.map(\.field) == [.model, .client] && figures.map(\.known) == [3, 1] && figures.map(\.refused) == [2, 0])
    }

    @Test func valuesThatAreNotSeenForLongMakeRoomAndSeenOnesDoNot() {
        let day = Day()
        let known = KnownValues(valuesMax: 2, days: 10, today: { day.now })
        #expect(admits(known, "old") && admits(known, "used"))
        day.advance(10)
        #expect(admits(known, "used") && !admits(known, "new"))
        day.advance(1)
        #expect(admits(known, "new") && admits(known, "used") && !admits(known, "old"))
    }

    @Test func theLimitHoldsOverManyBatchesOfManyThreads() async throws {
        let known = KnownValues(valuesMax: 50, days: 30, today: { 1 })
        let tables = await withTaskGroup(of: [String].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let builder = RecordBatchBuilder(known: known)
                    let draft = RequestDraft()
                    var values: [String] = []
                    for batch in 0..<20 {
                        for row in 0..<30 {
                            draft.reset()
                            draft.setText(.model, "model-\(batch * 7 + row + worker)")
                            builder.append(draft)
                        }
                        let capped = builder.cappedValues
                        let sealed = builder.seal()
                        guard case .codes(let codes, let table) = sealed[.model] else { continue }
                        values += table.strings
                        let others = codes.count { table[Int($0) - 1] == "_other" }
                        #expect(others == capped, "every replaced value is counted, and no other")
                    }
                    return values
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(tables.flatMap { $0 }).subtracting(["_other"]).count == 50)
    }

    @Test func aStoresRecentDictionariesAreKnownAfterARestartTheNewestFirst() throws {
        let day: Int64 = 20_000
        func segment(_ texts: [String], daysAgo: Int64) -> BatchSegment {
            let builder = RecordBatchBuilder()
            let draft = RequestDraft()
            for text in texts {
                draft.reset()
                draft[integer: .time] = (day - daysAgo) * Timestamp.microsecondsPerDay + 5
                draft[integer: .sequence] = 1
                draft.setText(.model, text)
                builder.append(draft)
            }
            return BatchSegment(builder.seal())
        }
        let reader = FixedReader(segments: [segment(["x", "y"], daysAgo: 9), segment(["a", "b", "c"], daysAgo: 1)])
        let known = KnownValues(valuesMax: 4, days: 30, today: { Int32(day) })
        #expect(known.learn(from: reader) == 0)
        #expect(admits(known, "a") && admits(known, "b") && admits(known, "c") && !admits(known, "new"))
        #expect(known.figures.map(\.known) == [4] && known.figures.map(\.refused) == [1])
    }
}

/// A store that holds these segments.
private struct FixedReader: RequestReader {
    let segments: [any RecordSegment]
    func snapshot(of range: TimeRange) -> StoreSnapshot {
        StoreSnapshot(segments: segments.filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }, sequence: 1)
    }
    func sequence(ofDocument id: String, index: String) -> Int64? { nil }
    var statistics: StoreStatistics { StoreStatistics() }
}
