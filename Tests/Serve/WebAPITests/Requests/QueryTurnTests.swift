import Foundation
import Glibc
import HTTPTransport
import RequestQuery
import Synchronization
import Testing

@testable import WebAPI

private let path = "/api/v1/requests/query"

/// Occupies the only place of a runner until it is freed.
private final class Holder: Sendable {
    let runner: QueryRunner
    private let gate = DispatchSemaphore(value: 0)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(waitingMax: Int) async {
        runner = QueryRunner(parallelQueries: 1, waitingMax: waitingMax)
        let (gate, runner) = (gate, runner)
        task.withLock { $0 = Task { try await runner.perform(asker: "holder") { _ throws(QueryError) in gate.wait() } } }
        while runner.runningCount == 0 { await Task.yield() }
    }

    func free() async throws {
        gate.signal()
        try await task.withLock { $0 }?.value
    }
}

struct QueryTurnTests {
    @Test func oneUserMayNotTakeAllPlacesAndIsToldToComeBack() async throws {
        let holder = await Holder(waitingMax: 4)
        let credentials = RequestGuard.Credentials(passwords: ["ada": "a", "ops": "o"])
        let server = try TestServer(credentials: credentials, runner: holder.runner)
        func ask(_ user: String) async throws -> Answer {
            try await server.send("POST", path, "{}", headers: [("Authorization", "Basic " + Data(user.utf8).base64EncodedString())])
        }
        async let first = ask("ada:a")
        while holder.runner.waitingCount < 1 { await Task.yield() }
        let refused = try await ask("ada:a")
        #expect(try refused.apiError() == "429 overloaded")
        #expect(refused.header("Retry-After") != nil)
        async let other = ask("ops:o")
        while holder.runner.waitingCount < 2 { await Task.yield() }
        #expect(server.services.queries.counters.waiting == 2)
        try await holder.free()
        #expect(try await [first.status, other.status] == [200, 200])
    }

    @Test func aClientThatGoesAwayTakesItsWaitingQuestionWithIt() async throws {
        let holder = await Holder(waitingMax: 4)
        let server = try TestServer(runner: holder.runner)
        try await withLiveServer(server) { port in
            let socket = try #require(sendRequest("/api/v1/requests", port: port))
            while holder.runner.waitingCount < 1 { await Task.yield() }
            close(socket)
            while holder.runner.waitingCount > 0 { await Task.yield() }
            try await holder.free()
        }
        #expect(server.services.queries.counters.failed == 1)
    }

    @Test func aClientThatGoesAwayCancelsItsRunningQuestion() async throws {
        let server = try TestServer()
        let isRunning = Mutex(false)
        try await withLiveServer(server) { router in
            RouteAdder(guardian: server.services.guardian, logger: server.services.logger, dialect: .api)(&router, ["GET"], "/long") { request in
                try await server.services.queries(of: request).perform { cancellation throws(QueryError) in
                    isRunning.withLock { $0 = true }
                    while !cancellation.isCancelled {}
                    throw QueryError(.cancelled, "called off")
                }
            }
        } body: { port in
            let socket = try #require(sendRequest("/long", port: port))
            while !isRunning.withLock({ $0 }) { await Task.yield() }
            close(socket)
            while server.services.queries.counters.failed == 0 { await Task.yield() }
        }
    }
}
