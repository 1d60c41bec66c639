import HTTPTransport
import NIOCore
import Synchronization
import Testing

/// Responses that are made while they are sent.
@Suite(.timeLimit(.minutes(5)))
struct StreamTests {
    @Test func streamIsChunkedAndTheConnectionKept() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/chunks") + request("GET", "/hello"))
            let response = try await client.response()
            #expect(response.headers["transfer-encoding"] == "chunked")
            #expect(response.text == "one two three")
            #expect(try await client.response().text == "hello")
        }
    }

    @Test(arguments: [RouteExecution.pool, .eventLoop])
    func eventsArriveOneByOne(execution: RouteExecution) async throws {
        let (sent, release) = (Signal(), Signal())
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/events", execution: execution) { _ in
                ServerResponse(
                    contentType: eventStreamContentType,
                    body: .stream { writer in
                        try await writer.write("data: 1\n\n")
                        sent.give()
                        await release.wait()
                        try await writer.write("data: 2\n\n")
                    })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/events", headers: ["Accept-Encoding: gzip"]))
            await sent.wait()
            try await client.received("data: 1")
            release.give()
            #expect(try await client.response().text == "data: 1\n\ndata: 2\n\n")
        }
    }

    @Test func declaredLengthIsSentAsSuch() async throws {
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(
                    body: .stream(contentLength: 10) { writer in
                        try await writer.write([UInt8](repeating: 0x61, count: 4))
                        try await writer.write("")
                        try await writer.write("bbbbbb")
                    })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/") + request("HEAD", "/"))
            let response = try await client.response()
            #expect(response.headers["content-length"] == "10")
            #expect(response.text == "aaaabbbbbb")
            #expect(try await client.response(toHead: true).headers["content-length"] == "10")
        }
    }

    @Test(arguments: [(10, "short"), (3, "too long")])
    func bodyOfAnotherLengthThanDeclaredBreaksTheConnection(declared: Int, text: String) async throws {
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(body: .stream(contentLength: declared) { try await $0.write(text) })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/"))
            let received = await client.receivedToEnd()
            #expect(received.contains("Content-Length: \(declared)"))
            #expect(received.hasSuffix(declared == 10 ? "short" : "\r\n\r\n"))
        }
    }

    @Test func producerThatFailsDoesNotEndTheBodyRegularly() async throws {
        struct Failure: Error {}
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(
                    body: .stream { writer in
                        try await writer.write("part")
                        throw Failure()
                    })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/"))
            #expect(await client.receivedToEnd().hasSuffix("\r\n\r\n4\r\npart\r\n"))
        }
    }

    @Test func producerEndsWhenItsClientLeaves() async throws {
        let (started, ended) = (Signal(), Signal())
        let failure = Mutex<ResponseWriterError?>(nil)
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(
                    contentType: eventStreamContentType,
                    body: .stream { writer in
                        do throws(ResponseWriterError) {
                            while true {
                                try await writer.write("data: tick\n\n")
                                started.give()
                                await Task.yield()
                            }
                        } catch {
                            failure.withLock { $0 = error }
                            ended.give()
                        }
                    })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/"))
            await started.wait()
            try await client.received("data: tick")
            await client.close()
            await ended.wait()
            #expect([.clientGone, .cancelled].contains(failure.withLock { $0 }))
        }
    }

    @Test func waitingHandlerIsCancelledWhenItsClientLeaves() async throws {
        let (running, cancelled) = (Signal(), Signal())
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                running.give()
                while !Task.isCancelled { await Task.yield() }
                cancelled.give()
                return ServerResponse(text: "too late")
            }
        } body: { server, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/"))
            await running.wait()
            await client.close()
            await cancelled.wait()
            try await waitUntil { server.counters().connectionsOpen == 0 && server.counters().requestsInFlight == 0 }
        }
    }

    @Test func fastProducerWaitsForASlowClient() async throws {
        let ended = Signal()
        let produced = Mutex(0)
        try await withServer {
            $0.writeIdleTimeout = .milliseconds(200)
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(
                    body: .stream { writer in
                        let piece = [UInt8](repeating: 0x61, count: 64 * 1024)
                        while (try? await writer.write(piece)) != nil { produced.withLock { $0 += piece.count } }
                        ended.give()
                    })
            }
        } body: { server, port in
            let client = try await RawClient.connect(port: port, readsNothing: true)
            client.send(request("GET", "/"))
            await ended.wait()
            // What the two sockets' buffers take, at most some 10 MiB on loopback, and our own.
            #expect(produced.withLock { $0 } < 32 << 20)
            #expect(server.counters().writeStalls == 1)
            await client.close()
        }
    }

    @Test func slowReaderGetsEverythingInOrder() async throws {
        let pieces = 3_000
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/") { _ in
                ServerResponse(
                    body: .stream { writer in
                        for number in 0..<pieces { try await writer.write(String(repeating: "\(number);", count: 50)) }
                    })
            }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/"))
            let text = try await client.response().text
            #expect(text == (0..<pieces).map { String(repeating: "\($0);", count: 50) }.joined())
        }
    }
}
