import Foundation
import HTTPTransport
import Testing

/// Damaged requests in one run; `GATEWATCH_FUZZ_ROUNDS` sets more for a longer run by hand.
private let fuzzRounds = ProcessInfo.processInfo.environment["GATEWATCH_FUZZ_ROUNDS"].flatMap { UInt64($0) } ?? 40

/// What is not a request, and what two readers could read differently (request smuggling).
@Suite(.timeLimit(.minutes(5)))
struct MalformedRequestTests {
    private static let host = "Host: test\r\n"

    private static let refused: [(bytes: String, status: Int)] = [
        ("\u{0}\u{1}\u{2}\u{3}\r\n\r\n", 400),
        ("GET\r\n\r\n", 400),
        ("GET /hello\r\n\(host)\r\n", 400),
        ("GET /hello HTTP/2.0\r\n\(host)\r\n", 400),
        ("get /hello HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET hello HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /hello HTTP/1.1\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\n\(host)Bad Name: x\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\n\(host): x\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /hello?a=%2 HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /%ff%fe HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /a%00b HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /assets/../secret HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /assets/%2e%2e/secret HTTP/1.1\r\n\(host)\r\n", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: -5\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: +5\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: 99999999999999999999\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Content-Length: 5, 5\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("POST /echo HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST /echo HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n", 400),
        ("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.0\r\n\r\n", 411),
        ("GET /hello HTTP/1.1\r\n\(host)X: a\rb\r\n\r\n", 400),
        ("CONNECT example.com:443 HTTP/1.1\r\n\(host)\r\n", 400),
    ]

    @Test(arguments: refused)
    func malformedRequestIsRefusedAndTheConnectionClosed(bytes: String, status: Int) async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(bytes)
            let response = try await client.response()
            #expect(response.status == status)
            #expect(response.headers["connection"] == "close")
            #expect(await client.receivedToEnd() == "", "nothing may follow a refusal")
            let neighbour = try await RawClient.connect(port: port)
            neighbour.send(request("GET", "/hello"))
            #expect(try await neighbour.response().status == 200)
        }
    }

    enum Excess: CaseIterable {
        case field, target, fields, repeatedField

        var bytes: String {
            switch self {
            case .field: request("GET", "/hello", headers: ["X-Long: " + String(repeating: "x", count: 70_000)])
            case .target: request("GET", "/hello?" + String(repeating: "x", count: 70_000))
            case .fields: request("GET", "/hello", headers: (0..<300).map { "X-\($0): y" })
            case .repeatedField: "GET /hello HTTP/1.1\r\n" + String(repeating: "X: yyyyyyyy\r\n", count: 20_000)
            }
        }
    }

    @Test(arguments: Excess.allCases)
    func headAboveTheLimitIsRefused(excess: Excess) async throws {
        try await withServer { server, port in
            let client = try await RawClient.connect(port: port)
            client.send(excess.bytes)
            #expect(try await client.response().status == 431)
            #expect(server.counters().rejections[.headerTooLarge] == 1)
        }
    }

    @Test func garbageBehindAGoodRequestCostsOnlyItself() async throws {
        try await withServer { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/pool") + "GARBAGE\r\n\r\n" + request("GET", "/hello"))
            #expect(try await client.response().text == "hello from the pool")
            #expect(try await client.response().status == 400)
            #expect(await client.receivedToEnd() == "")
        }
    }

    @Test func refusalAfterAHeadRequestHasItsBodyAndNoPath() async throws {
        try await withServer {
            $0.renderFailure = { ServerResponse(status: $0.status, text: "at \($0.uri ?? "an unknown path")") }
        } body: { _, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("HEAD", "/hello") + "GARBAGE\r\n\r\n")
            #expect(try await client.response(toHead: true).status == 200)
            #expect(try await client.response().text == "at an unknown path")
        }
    }

    @Test func inputThatEndsInsideARequestIsTold() async throws {
        try await withServer { _, port in
            for start in ["GET /hel", "GET /hello HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"] {
                let client = try await RawClient.connect(port: port)
                client.send(start)
                client.closeOutput()
                #expect(await client.receivedToEnd().hasPrefix("HTTP/1.1 400"))
            }
        }
    }

    @Test func tooManyRequestsAheadCutTheConnection() async throws {
        let (running, release) = (Signal(), Signal())
        try await withServer { _ in
        } routes: { router in
            router.on("GET", "/hold") { _ in
                running.give()
                await release.wait()
                return ServerResponse(text: "held")
            }
        } body: { server, port in
            let client = try await RawClient.connect(port: port)
            client.send(request("GET", "/hold"))
            await running.wait()
            client.send(String(repeating: request("GET", "/hold"), count: 5_000))
            #expect(await client.receivedToEnd() == "")
            #expect(server.counters().rejections[.pipelineDepth] == 1)
            release.give()
        }
    }

    @Test func randomBytesAreSurvived() async throws {
        try await withServer { _, port in
            for seed in 0..<fuzzRounds {
                var generator = SeededGenerator(state: seed)
                var bytes = Array((request("POST", "/echo", headers: ["Content-Encoding: gzip"], body: "0123456789") + request("GET", "/items/a%20b?c=d")).utf8)
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                let client = try await RawClient.connect(port: port)
                client.send(bytes)
                client.closeOutput()
                #expect(await client.receivedToEnd().hasPrefix("HTTP/1.1 "), "seed \(seed)")
                await client.close()
            }
            let neighbour = try await RawClient.connect(port: port)
            neighbour.send(request("GET", "/hello"))
            #expect(try await neighbour.response().status == 200)
        }
    }
}
