import HTTPTransport
import Logging
import NIOCore
import ServiceLifecycle
import Testing

/// How the server stops.
@Suite(.timeLimit(.minutes(5)))
struct ShutdownTests {
    /// Runs a server in a service group; `body` gets its port and the means to stop it; returns when the server has stopped.
    private func withService(
        _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, routes: (inout Router) -> Void,
        body: (HTTPServer, Int, ServiceGroup) async throws -> Void
    ) async throws {
        let server = makeServer(configure, routes: routes)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(server, try await server.boundPort(), group)
            try await tasks.waitForAll()
        }
    }

    @Test func runningRequestIsAnsweredBeforeTheServerStops() async throws {
        let (running, release) = (Signal(), Signal())
        try await withService { router in
            router.on("GET", "/hold") { _ in
                running.give()
                await release.wait()
                return ServerResponse(text: "held")
            }
        } body: { server, port, group in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hold"))
            await running.wait()
            let idle = try await RawClient.connect(port: port)
            await group.triggerGracefulShutdown()
            #expect(await idle.receivedToEnd() == "", "an idle connection is closed at once")
            await #expect(throws: (any Error).self) { _ = try await RawClient.connect(port: port) }
            release.give()
            let received = await client.receivedToEnd()
            #expect(received.hasSuffix("held"))
            #expect(received.contains("Connection: close"))
        }
    }

    @Test func eventStreamEndsRegularly() async throws {
        try await withService { router in
            router.on("GET", "/events") { _ in
                ServerResponse(
                    contentType: eventStreamContentType,
                    body: .stream { writer in
                        try await writer.write("data: 1\n\n")
                        await untilCancelled()
                        try Task.checkCancellation()
                    })
            }
        } body: { _, port, group in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/events"))
            try await client.received("data: 1")
            await group.triggerGracefulShutdown()
            #expect(await client.receivedToEnd().hasSuffix("data: 1\n\n\r\n0\r\n\r\n"))
        }
    }

    @Test func uploadThatBeganIsTakenToItsEnd() async throws {
        try await withService { testRoutes(&$0) } body: { server, port, group in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Content-Length: 10", "Expect: 100-continue"]))
            #expect(try await client.response().status == 100)
            let idle = try await RawClient.connect(port: port)
            await group.triggerGracefulShutdown()
            _ = await idle.receivedToEnd()
            client.send("0123456789")
            #expect(await client.receivedToEnd().hasSuffix("0123456789"))
        }
    }

    @Test func requestThatDoesNotEndIsCancelledAfterItsTime() async throws {
        let running = Signal()
        try await withService({ $0.drainTimeout = .milliseconds(50) }) { router in
            router.on("GET", "/hold") { _ in
                running.give()
                await untilCancelled()
                return ServerResponse(text: "too late")
            }
        } body: { server, port, group in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hold"))
            await running.wait()
            await group.triggerGracefulShutdown()
            #expect(await client.receivedToEnd() == "")
        }
    }

    @Test func stoppedServerHasNoPort() async throws {
        let server = makeServer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            _ = try await server.boundPort()
            group.cancelAll()
            try await group.waitForAll()
        }
        await #expect(throws: HTTPServerError.stopped) { try await server.boundPort() }
    }

    @Test func severalLoopsServeAndStopTogether() async throws {
        try await withService({ $0.threads = 3 }) { testRoutes(&$0) } body: { server, port, group in
            for _ in 0..<9 {
                let client = try await RawClient.connect(port: port)
                client.send(request("GET", "/hello") + request("GET", "/pool"))
                #expect(try await client.response().status == 200)
                #expect(try await client.response().status == 200)
            }
            #expect(server.counters().connectionsTotal == 9)
            #expect(server.counters().responsesByClass == [0, 18, 0, 0, 0])
            await group.triggerGracefulShutdown()
        }
        // Returning at all is what is tested: nine idle connections do not hold the server up.
    }
}
