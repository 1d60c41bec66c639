import HTTPTransport
import NIOCore
import NIOHTTP1
import Testing

/// Requests and responses as well-behaved clients make them, over real sockets.
@Suite(.timeLimit(.minutes(5)))
struct BasicExchangeTests {
    @Test(arguments: ["/hello", "/pool"])
    func keptConnectionAnswersRequestAfterRequest(path: String) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            for _ in 0..<3 {
                client.send(request("GET", path))
                let response = try await client.response()
                #expect(response.status == 200)
                #expect(response.text.hasPrefix("hello"))
                #expect(response.headers["connection"] == nil)
                #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            let names = (0..<100).map { "n\($0)" }
            client.send(names.enumerated().map { request("GET", $0.isMultiple(of: 3) ? "/hello" : "/items/\($1)") }.joined())
            for (index, name) in names.enumerated() {
                #expect(try await client.response().text == (index.isMultiple(of: 3) ? "hello" : name))
            }
        }
    }

    @Test func pipelinedRequestsBeforeTheInputEndsAreAllAnswered() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/items/a") + request("GET", "/items/b") + request("GET", "/hello"))
            client.closeOutput()
            let received = await client.receivedToEnd()
            #expect(received.ranges(of: "HTTP/1.1 200").count == 3)
        }
    }

    @Test(arguments: [1, 3, 1_000])
    func requestInPiecesOfAnySizeIsPutTogether(size: Int) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            let bytes = Array((request("POST", "/echo", body: "0123456789") + request("GET", "/hello")).utf8)
            for start in stride(from: 0, to: bytes.count, by: size) { client.send(Array(bytes[start..<min(start + size, bytes.count)])) }
            #expect(try await client.response().text == "0123456789")
            #expect(try await client.response().text == "hello")
        }
    }

    @Test func chunkedBodyArrivesWithoutItsFraming() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Transfer-Encoding: chunked"]) + "5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n")
            #expect(try await client.response().text == "hello world")
        }
    }

    @Test func headIsAnsweredByGetWithoutItsBody() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("HEAD", "/hello") + request("HEAD", "/chunks") + request("GET", "/hello"))
            let head = try await client.response(toHead: true)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "5")
            #expect(try await client.response(toHead: true).status == 200)
            #expect(try await client.response().text == "hello")
        }
    }

    @Test func clientThatWantsItClosedGetsItClosed() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hello", headers: ["Connection: close"]))
            let received = await client.receivedToEnd()
            #expect(received.contains("Connection: close"))
            #expect(received.hasSuffix("hello"))
        }
    }

    @Test func oldClientGetsItsConnectionClosedUnlessItAsksOtherwise() async throws {
        try await withServer { _, port in
            let closing = try await RawClient.connect(port: port)
            closing.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(await closing.receivedToEnd().hasSuffix("hello"))
            let keeping = try await RawClient.connect(port: port)
            for _ in 0..<2 {
                keeping.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try await keeping.response().headers["connection"] == "keep-alive")
            }
        }
    }

    @Test func oldClientGetsAStreamThatEndsWithTheConnection() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let received = await client.receivedToEnd()
            #expect(received.hasSuffix("\r\n\r\none two three"))
            #expect(!received.contains("Transfer-Encoding"))
        }
    }

    @Test func offerOfAnotherProtocolIsAnsweredAndTheConnectionClosed() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hello", headers: ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]))
            let received = await client.receivedToEnd()
            #expect(received.contains("200 OK"))
            #expect(received.hasSuffix("hello"))
        }
    }

    @Test func clientThatEndsItsInputStillGetsItsAnswer() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/pool"))
            client.closeOutput()
            #expect(await client.receivedToEnd().hasSuffix("hello from the pool"))
        }
    }

    @Test func unknownPathAndMethodAreTold() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/nothing") + request("DELETE", "/hello"))
            #expect(try await client.response().status == 404)
            let response = try await client.response()
            #expect(response.status == 405)
            #expect(response.headers["allow"] == "GET, HEAD")
        }
    }

    @Test func largeResponsesOnOneConnectionArriveWhole() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/large?count=400000") + request("GET", "/large?count=3") + request("GET", "/large?count=100000"))
            #expect(try await client.response().body.count == 8 * 400_000)
            #expect(try await client.response().text == "[1,2,3],[1,2,3],[1,2,3],")
            #expect(try await client.response().body.count == 8 * 100_000)
        }
    }

    @Test func peerIsKnown() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/whoami"))
            #expect(try await client.response().text == "127.0.0.1 true")
        }
    }

    @Test(.enabled(if: hasIPv6Loopback, "needs an IPv6 loopback address"), arguments: ["::1", "[::1]"])
    func listensOnIPv6(host: String) async throws {
        try await withServer { $0.host = host } body: { _, port in
            let client = try await RawClient.connect(port: port, host: "::1")
            client.send(request("GET", "/whoami"))
            #expect(try await client.response().text == "::1 true")
        }
    }

    @Test func headerValuesCannotBeginALine() async throws {
        try await withServer(
            routes: { router in
                router.on("GET", "/") { request in
                    ServerResponse(headers: ["X-Echo": request.query("value") ?? "", "Content-Length": "99", "Transfer-Encoding": "chunked"], body: .text("ok"))
                }
            },
            body: { _, port in
                let client = try await RawClient.connect(port: port)
                client.send(request("GET", "/?value=a%0d%0aInjected:+yes"))
                let response = try await client.response()
                #expect(response.headers["x-echo"] == "a  Injected: yes")
                #expect(response.headers["injected"] == nil)
                #expect(response.headers["content-length"] == "2")
                #expect(response.headers["transfer-encoding"] == nil)
            })
    }

    @Test func statusWithoutBodyHasNoLength() async throws {
        try await withServer(
            routes: { router in
                router.on("GET", "/") { _ in ServerResponse(status: .noContent, body: .text("not sent")) }
                router.on("GET", "/same") { _ in ServerResponse(status: .notModified, headers: ["ETag": "\"1\""]) }
            },
            body: { _, port in
                let client = try await RawClient.connect(port: port)
                client.send(request("GET", "/") + request("GET", "/same"))
                let empty = try await client.response()
                #expect(empty.status == 204 && empty.headers["content-length"] == nil)
                let same = try await client.response()
                #expect(same.status == 304 && same.headers["etag"] == "\"1\"")
            })
    }

    @Test func addressInUseIsToldWithItsPort() async throws {
        try await withServer { _, port in
            let second = makeServer { $0.port = port }
            await #expect { try await second.run() } throws: { error in
                guard case .cannotListen("127.0.0.1", port, let cause) = error as? HTTPServerError else { return false }
                return !cause.isEmpty
            }
            await #expect(throws: HTTPServerError.self) { try await second.boundPort() }
        }
    }
}

private let hasIPv6Loopback = (try? NIOCore.System.enumerateDevices())?.contains { $0.address?.ipAddress == "::1" } ?? false
