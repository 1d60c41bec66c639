import ByteCoding
import HTTPTransport
import NIOCore
import NIOHTTP1
import Testing

/// Bodies: how large, how coded, when asked for.
@Suite(.timeLimit(.minutes(5)))
struct BodyTests {
    private let text = String(repeating: "a line of text that compresses well\n", count: 2_000)

    @Test func clientThatWaitsIsToldToContinueAtOnce() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
                client.send(request("POST", "/echo", headers: [framing, "Expect: 100-Continue"]))
                #expect(try await client.response().status == 100)
                client.send(framing.hasPrefix("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
                #expect(try await client.response().text == "hello")
            }
        }
    }

    @Test func clientThatWaitsIsRefusedBeforeItSendsTooMuch() async throws {
        try await withServer { $0.bodyBytesMax = 1_000 } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Content-Length: 1001", "Expect: 100-continue"]))
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.headers["connection"] == "close")
            #expect(await client.receivedToEnd() == "")
        }
    }

    @Test func unknownExpectationIsRefused() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Content-Length: 5", "Expect: miracles"]))
            #expect(try await client.response().status == 417)
        }
    }

    @Test func clientThatWritesBeforeItReadsSeesThatItsBodyIsTooLarge() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            let size = HTTPServerConfiguration().bodyBytesMax + 1
            client.send(request("POST", "/echo", headers: ["Content-Length: \(size)"]))
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            for _ in 0..<100 { client.send(piece) }
            client.send("a")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.text.contains("104857600 bytes"))
            #expect(await client.receivedToEnd() == "")
        }
    }

    @Test func chunkedBodyAboveTheLimitIsRefusedWhereItExceedsIt() async throws {
        try await withServer { $0.bodyBytesMax = 1_000 } body: { server, port in
            let client = try await RawClient.connect(port: port)
            let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
            client.send(request("POST", "/length", headers: ["Transfer-Encoding: chunked"]) + chunk + chunk + chunk + "0\r\n\r\n")
            #expect(try await client.response().status == 413)
            #expect(server.counters().rejections[.bodyTooLarge] == 1)
        }
    }

    @Test func bodyOfExactlyTheLimitIsTaken() async throws {
        try await withServer { $0.bodyBytesMax = 1_000 } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/length", body: String(repeating: "x", count: 1_000)))
            #expect(try await client.response().text == "1000")
        }
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", "identity"])
    func codedBodyArrivesDecoded(coding: String) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            let body = coding == "identity" ? Array(text.utf8) : Gzip.compress(Array(text.utf8))
            client.send(request("POST", "/echo", headers: ["Content-Encoding: \(coding)", "Content-Length: \(body.count)"]))
            client.send(body)
            #expect(try await client.response().text == text)
        }
    }

    @Test func handlerSeesNoCodingOfADecodedBody() async throws {
        try await withServer(
            routes: { $0.on("POST", "/") { ServerResponse(text: "\($0.headers.contains(name: "Content-Encoding")) \($0.body.readableBytes)") } },
            body: { _, port in
                let client = try await RawClient.connect(port: port)
                let body = Gzip.compress(Array("12345".utf8))
                client.send(request("POST", "/", headers: ["Content-Encoding: gzip", "Content-Length: \(body.count)"]))
                client.send(body)
                #expect(try await client.response().text == "false 5")
            })
    }

    @Test(arguments: ["deflate", "zstd", "gzip, gzip"])
    func unknownCodingIsRefused(coding: String) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/echo", headers: ["Content-Encoding: \(coding)"], body: "x"))
            let response = try await client.response()
            #expect(response.status == 415)
            #expect(response.headers["accept-encoding"] == "gzip")
        }
    }

    @Test func bombIsRefusedWhenItReachesTheLimit() async throws {
        try await withServer { $0.bodyBytesMax = 1 << 20 } body: { server, port in
            let client = try await RawClient.connect(port: port)
            let bomb = Gzip.compress([UInt8](repeating: 0, count: 16 << 20))
            #expect(bomb.count < 1 << 20)
            client.send(request("POST", "/length", headers: ["Content-Encoding: gzip", "Content-Length: \(bomb.count)"]))
            client.send(bomb)
            #expect(try await client.response().status == 413)
            #expect(server.counters().bodyBytesInFlight == 0)
        }
    }

    @Test(arguments: [10, 30, 100])
    func truncatedGzipIsRefused(bytes: Int) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            let body = Array(Gzip.compress(Array(text.utf8)).prefix(bytes))
            client.send(request("POST", "/length", headers: ["Content-Encoding: gzip", "Content-Length: \(body.count)"]))
            client.send(body)
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.text.contains("gzip"))
        }
    }

    @Test func textInsteadOfGzipIsRefused() async throws {
        try await withServer { server, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("POST", "/length", headers: ["Content-Encoding: gzip"], body: "not compressed at all"))
            #expect(try await client.response().status == 400)
            #expect(server.counters().rejections[.badCoding] == 1)
        }
    }

    @Test(arguments: [("gzip, deflate, br", true), ("deflate", false), ("gzip;q=0", false), ("*", true), ("", false)])
    func largeTextIsCompressedForWhoTakesIt(accepted: String, isCompressed: Bool) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/large?count=1000", headers: ["Accept-Encoding: \(accepted)"]))
            let response = try await client.response()
            #expect((response.headers["content-encoding"] == "gzip") == isCompressed)
            #expect(response.headers["vary"] == "Accept-Encoding")
            let body = isCompressed ? try Gzip.decompress(response.body, limit: 10_000) : response.body
            #expect(body.count == 8_000)
        }
    }

    @Test func smallOrCodedResponsesAreLeftAlone() async throws {
        try await withServer(
            routes: { router in
                router.on("GET", "/small") { _ in ServerResponse(text: String(repeating: "x", count: 1_023)) }
                router.on("GET", "/coded") { _ in
                    ServerResponse(headers: ["Content-Type": "text/plain", "Content-Encoding": "br"], body: .text(String(repeating: "x", count: 5_000)))
                }
                router.on("GET", "/image") { _ in ServerResponse(contentType: "image/png", body: .text(String(repeating: "x", count: 5_000))) }
            },
            body: { _, port in
                let client = try await RawClient.connect(port: port)
                for (path, size) in [("/small", "1023"), ("/coded", "5000"), ("/image", "5000")] {
                    client.send(request("GET", path, headers: ["Accept-Encoding: gzip"]))
                    #expect(try await client.response().headers["content-length"] == size)
                }
            })
    }

    @Test func bodiesBeyondTheSharedMemoryAreRefusedForNow() async throws {
        let (running, release) = (Signal(), Signal())
        try await withServer {
            $0.inFlightBodyBytesMax = 1_500
        } routes: { router in
            router.on("POST", "/hold") { _ in
                running.give()
                await release.wait()
                return ServerResponse(text: "held")
            }
            router.on("POST", "/length") { ServerResponse(text: "\($0.body.readableBytes)") }
        } body: { server, port in
            let first = try await RawClient.connect(port: port)
            first.send(request("POST", "/hold", body: String(repeating: "x", count: 1_000)))
            await running.wait()
            #expect(server.counters().bodyBytesInFlight == 1_000)
            let second = try await RawClient.connect(port: port)
            second.send(request("POST", "/length", body: String(repeating: "x", count: 1_000)))
            let refused = try await second.response()
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "1")
            release.give()
            #expect(try await first.response().text == "held")
            first.send(request("POST", "/length", body: String(repeating: "x", count: 1_000)))
            #expect(try await first.response().text == "1000")
        }
    }

    @Test func refusalsHaveTheShapeThatWasAskedFor() async throws {
        try await withServer {
            $0.bodyBytesMax = 10
            $0.renderFailure = { failure in
                ServerResponse(status: failure.status, contentType: "application/json", text: "{\"status\":\(failure.status.code),\"uri\":\"\(failure.uri ?? "-")\"}")
            }
        } body: { _, port in
            for (bytes, expected) in [
                (request("POST", "/echo", body: "more than ten bytes"), "{\"status\":413,\"uri\":\"/echo\"}"),
                ("NONSENSE\r\n\r\n", "{\"status\":400,\"uri\":\"-\"}"),
                (request("GET", "/%zz"), "{\"status\":400,\"uri\":\"/%zz\"}"),
            ] {
                let client = try await RawClient.connect(port: port)
                client.send(bytes)
                #expect(try await client.response().text == expected)
            }
        }
    }
}
