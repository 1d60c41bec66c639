import Dispatch
import GatewayModel
import RequestQuery
import Testing

struct QueryRunnerTests {
    static let reader = SampleReader(content: SampleRow.snapshot(RandomRecords.rows(1_000, seed: 1), sizes: [300]))
    static let now = Timestamp(microseconds: RandomRecords.start + 50 * 3_600_000_000)

    @Test func aBatchAnswersEachQuestionOnItsOwn() async throws {
        let body = #"{"queries": [{"measures": ["count"]}, {"by": ["nope"]}, {"from": "now+1h"}, {"every": "1d"}], "from": "2026-03-28"}"#
        guard case .batch(let queries) = try RequestQueryText.parse(Array(body.utf8)) else { return }
        let results = try await QueryRunner().run(queries, reader: Self.reader, now: Self.now)
        #expect(try results[0].get().row(0).first == .integer(1_000))
        #expect(throws: QueryError.self) { try results[1].get() }
        #expect(throws: QueryError.self) { try results[2].get() }
        #expect(try results[3].get().rowCount == 3)
    }

    @Test func manyQuestionsAtOnceAreAllAnswered() async throws {
        let runner = QueryRunner(parallelQueries: 2)
        let query = try RequestQueryText.parse(#"{"from": "2026-03-28", "by": ["provider"]}"#)
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 { group.addTask { try await runner.run(query, reader: Self.reader, now: Self.now).rowCount } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: 5, count: 40))
    }

    @Test func tooManyWaitingQuestionsAreRefused() async throws {
        let runner = QueryRunner(parallelQueries: 1, waitingMax: 0)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        let holder = Task {
            try await runner.perform { _ throws(QueryError) in
                start.yield()
                gate.wait()
                return 1
            }
        }
        for await _ in started { break }
        await #expect { try await runner.perform { _ throws(QueryError) in 2 } } throws: { ($0 as? QueryError)?.code == .overloaded }
        gate.open()
        #expect(try await holder.value == 1)
        #expect(try await runner.perform { _ throws(QueryError) in 3 } == 3)
    }

    @Test func cancellingTheTaskCancelsTheQuestion() async throws {
        let runner = QueryRunner()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let asker = Task {
            try await runner.perform { cancellation throws(QueryError) in
                start.yield()
                while !cancellation.isCancelled {}
                throw QueryError(.cancelled, "called off")
            } as Int
        }
        for await _ in started { break }
        asker.cancel()
        await #expect { try await asker.value } throws: { ($0 as? QueryError)?.code == .cancelled }
    }
}

/// Holds a thread until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }
    func wait() { semaphore.wait() }
}
