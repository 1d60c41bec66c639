import Dispatch
import GatewayModel
import RequestQuery
import Synchronization
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

    /// A runner with one place, taken until the gate opens, and the task that takes it.
    private static func busyRunner(waitingMax: Int) async -> (QueryRunner, Gate, Task<Int, any Error>) {
        let runner = QueryRunner(parallelQueries: 1, waitingMax: waitingMax)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        let holder = Task {
            try await runner.perform { _ throws(QueryError) in
                start.yield()
                gate.wait()
                return 0
            }
        }
        for await _ in started { break }
        return (runner, gate, holder)
    }

    /// Lets other tasks run until `count` questions wait.
    private static func wait(for count: Int, in runner: QueryRunner) async { while runner.waitingCount != count { await Task.yield() } }

    @Test func askersThatWaitTakeTurns() async throws {
        let (runner, gate, holder) = await Self.busyRunner(waitingMax: 40)
        let order = Journal()
        var tasks: [Task<Void, any Error>] = []
        for name in ["slow 1", "slow 2", "slow 3", "quick 1"] {
            tasks.append(Task {
                try await runner.perform(asker: String(name.prefix(5))) { _ throws(QueryError) in order.add(name) }
            })
            await Self.wait(for: tasks.count, in: runner)
        }
        #expect(runner.runningCount == 1)
        gate.open()
        _ = try await holder.value
        for task in tasks { try await task.value }
        #expect(order.lines == ["slow 1", "quick 1", "slow 2", "slow 3"])
    }

    @Test func oneAskerMayNotTakeAllPlaces() async throws {
        let (runner, gate, holder) = await Self.busyRunner(waitingMax: 4)
        let first = Task { try await runner.perform(asker: "greedy") { _ throws(QueryError) in 1 } }
        await Self.wait(for: 1, in: runner)
        await #expect { try await runner.perform(asker: "greedy") { _ throws(QueryError) in 2 } } throws: { ($0 as? QueryError)?.code == .overloaded }
        let other = Task { try await runner.perform(asker: "modest") { _ throws(QueryError) in 3 } }
        await Self.wait(for: 2, in: runner)
        gate.open()
        #expect(try await [holder.value, first.value, other.value] == [0, 1, 3])
    }

    @Test func workThatDoesNotWaitIsRefusedWhileOthersRun() async throws {
        let (runner, gate, holder) = await Self.busyRunner(waitingMax: 4)
        await #expect { try await runner.perform(waits: false) { _ throws(QueryError) in 1 } } throws: { ($0 as? QueryError)?.code == .overloaded }
        #expect(runner.waitingCount == 0)
        gate.open()
        _ = try await holder.value
        while runner.runningCount > 0 { await Task.yield() }
        #expect(try await runner.perform(waits: false) { _ throws(QueryError) in 2 } == 2)
    }

    @Test func aCancelledQuestionThatWaitsLeavesTheLineWithoutRunning() async throws {
        let (runner, gate, holder) = await Self.busyRunner(waitingMax: 4)
        let ran = Journal()
        let asker = Task { try await runner.perform { _ throws(QueryError) in ran.add("ran") } }
        await Self.wait(for: 1, in: runner)
        asker.cancel()
        await #expect { try await asker.value } throws: { ($0 as? QueryError)?.code == .cancelled }
        #expect(runner.waitingCount == 0)
        gate.open()
        _ = try await holder.value
        #expect(ran.lines == [])
    }

    @Test func aQuestionOfACancelledTaskIsNotEvenQueued() async throws {
        let runner = QueryRunner()
        let asker = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await runner.perform { _ throws(QueryError) in 1 }
        }
        asker.cancel()
        await #expect { try await asker.value } throws: { ($0 as? QueryError)?.code == .cancelled }
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

/// What happened, in order.
final class Journal: Sendable {
    private let entries = Mutex<[String]>([])

    var lines: [String] { entries.withLock { $0 } }
    func add(_ line: String) { entries.withLock { $0.append(line) } }
}
