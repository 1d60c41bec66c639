import HTTPTransport
import NIOCore
import Testing

/// Time-outs, set short and waited for by their effect, and the limit of connections.
@Suite(.timeLimit(.minutes(5)))
struct TimeLimitTests {
    /// A client whose first request was answered: from here on the time of a head runs from its first byte, not from the connection's opening, which a
    /// busy machine may see late.
    private func clientWithAnAnswer(port: Int) async throws -> RawClient {
        while true {
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hello"))
            if let response = try? await client.response(), response.status == 200 { return client }
        }
    }

    @Test func headThatDoesNotComeToItsEndIsAnswered() async throws {
        try await withServer { $0.headerTimeout = .milliseconds(50) } body: { server, port in
            let client = try await clientWithAnAnswer(port: port)
            client.send("GET /hello HTTP/1.1\r\nHost: slow")
            #expect(try await client.response().status == 408)
            #expect(server.counters().rejections[.headerTimeout] == 1)
        }
    }

    @Test func headThatComesByteByByteRunsOutOfTimeAllTheSame() async throws {
        try await withServer {
            $0.headerTimeout = .milliseconds(100)
            $0.headerBytesMax = .max
        } body: { _, port in
            let client = try await clientWithAnAnswer(port: port)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    client.send("GET /hello HTTP/1.1\r\nX: ")
                    while !Task.isCancelled { try await client.sendAndWait("x") }
                }
                let response = try await client.response()
                #expect(response.status == 408)
                group.cancelAll()
                // The dripping ends with the connection, or with an error of the closed socket; either is fine.
                _ = await group.nextResult()
            }
        }
    }

    @Test func connectionWithoutARequestIsClosedWithoutAWord() async throws {
        try await withServer { $0.headerTimeout = .milliseconds(50) } body: { _, port in
            let client = try await RawClient.connect(port: port)
            #expect(await client.receivedToEnd() == "")
        }
    }

    @Test func bodyThatStopsIsAnswered() async throws {
        try await withServer { $0.bodyIdleTimeout = .milliseconds(50) } body: { server, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Content-Length: 100"]) + "half")
            let response = try await client.response()
            #expect(response.status == 408)
            #expect(response.headers["connection"] == "close")
            #expect(server.counters().bodyBytesInFlight == 0)
        }
    }

    @Test func idleConnectionIsClosedAfterItsLastAnswer() async throws {
        try await withServer { $0.keepAliveTimeout = .milliseconds(50) } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hello"))
            #expect(await client.receivedToEnd().hasSuffix("hello"))
        }
    }

    @Test func connectionInUseIsNotIdle() async throws {
        let timeout = Duration.milliseconds(400)
        let clock = ContinuousClock()
        try await withServer { $0.keepAliveTimeout = timeout } body: { _, port in
            var isProven = false
            while !isProven {
                let client = try await RawClient.connect(port: port)
                let first = clock.now
                var last = first
                var longestGap = Duration.zero
                do {
                    while clock.now - first < timeout * 3 {
                        client.send(request("GET", "/hello"))
                        #expect(try await client.response().status == 200)
                        longestGap = max(longestGap, clock.now - last)
                        last = clock.now
                    }
                    isProven = true
                } catch {
                    // A machine so busy that the client itself paused proves nothing: once more.
                    longestGap = max(longestGap, clock.now - last)
                    try #require(longestGap > timeout / 2, "closed while in use")
                }
            }
        }
    }

    @Test func refusedClientThatStaysIsClosedAtLast() async throws {
        try await withServer { $0.lingerTimeout = .milliseconds(50) } body: { server, port in
            let client = try await RawClient.connect(port: port)
            client.send("GARBAGE\r\n\r\n")
            #expect(await client.receivedToEnd().hasPrefix("HTTP/1.1 400"))
            try await waitUntil { server.counters().connectionsOpen == 0 }
        }
    }

    @Test func clientThatTakesNothingOfItsResponseIsClosed() async throws {
        try await withServer { $0.writeIdleTimeout = .milliseconds(100) } body: { server, port in
            let client = try await RawClient.connect(port: port, readsNothing: true)
            client.send(request("GET", "/large?count=4000000"))
            try await waitUntil { server.counters().writeStalls == 1 }
            try await waitUntil { server.counters().connectionsOpen == 0 }
            await client.close()
        }
    }

    @Test func slowHandlerIsNotTimedOut() async throws {
        let (running, release) = (Signal(), Signal())
        try await withServer {
            $0.bodyIdleTimeout = .milliseconds(20)
            $0.keepAliveTimeout = .milliseconds(20)
        } routes: { router in
            testRoutes(&router)
            router.on("GET", "/hold") { _ in
                running.give()
                await release.wait()
                return ServerResponse(text: "held")
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hold"))
            await running.wait()
            // Another connection is timed out meanwhile: the deadlines have been looked at.
            let other = try await RawClient.connect(port: port)
            other.send(request("GET", "/hello"))
            #expect(await other.receivedToEnd().hasSuffix("hello"))
            release.give()
            #expect(try await client.response().text == "held")
        }
    }

    @Test func connectionAboveTheLimitIsToldToComeBack() async throws {
        try await withServer { $0.connectionsMax = 2 } body: { server, port in
            let first = try await RawClient.connect(port: port)
            let second = try await RawClient.connect(port: port)
            for client in [first, second] {
                client.send(request("GET", "/hello"))
                #expect(try await client.response().status == 200)
            }
            let third = try await RawClient.connect(port: port)
            third.send(request("GET", "/hello"))
            let refused = try await third.response()
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")
            #expect(server.counters().rejections[.connections] == 1)
            await first.close()
            await third.close()
            try await waitUntil { server.counters().connectionsOpen == 1 }
            let fourth = try await RawClient.connect(port: port)
            fourth.send(request("GET", "/hello"))
            #expect(try await fourth.response().status == 200)
        }
    }

    @Test func connectionFarAboveTheLimitIsClosedWithoutAWord() async throws {
        // However long a busy machine takes to open them all, none may be closed meanwhile.
        try await withServer {
            $0.connectionsMax = 1
            $0.lingerTimeout = .seconds(3_600)
            $0.keepAliveTimeout = .seconds(3_600)
            $0.headerTimeout = .seconds(3_600)
        } body: { server, port in
            var open: [RawClient] = []
            for number in 0..<257 {
                let client = try await RawClient.connect(port: port)
                if number == 0 { client.send(request("GET", "/hello")) }
                #expect(try await client.response().status == (number == 0 ? 200 : 503))
                open.append(client)
            }
            try await waitUntil { server.counters().connectionsOpen == 257 }
            let last = try await RawClient.connect(port: port)
            #expect(await last.receivedToEnd() == "")
            #expect(server.counters().rejections[.connections] == 257)
        }
    }
}
