import Foundation
import HTTPTransport
import Logging
import NIOCore

/// Runs a server on a free port of the loopback interface for as long as `body` runs.
func withServer<Result: Sendable>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, routes: (inout Router) -> Void = testRoutes,
    body: (HTTPServer, Int) async throws -> Result
) async throws -> Result {
    let server = makeServer(configure, routes: routes)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result = try await body(server, try await server.boundPort())
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

func makeServer(_ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, routes: (inout Router) -> Void = testRoutes) -> HTTPServer {
    var configuration = HTTPServerConfiguration()
    configuration.threads = 1
    configure(&configuration)
    var router = Router()
    routes(&router)
    return HTTPServer(configuration: configuration, router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}

/// Routes that show what the transport made of a request.
func testRoutes(_ router: inout Router) {
    router.on("GET", "/hello", execution: .eventLoop) { _ in ServerResponse(text: "hello") }
    router.on("GET", "/pool") { _ in ServerResponse(text: "hello from the pool") }
    router.on("POST", "/echo") { request in
        ServerResponse(contentType: "application/octet-stream", body: .bytes(request.body))
    }
    router.on("POST", "/length", execution: .eventLoop) { request in ServerResponse(text: "\(request.body.readableBytes)") }
    router.on("GET", "/large") { request in
        ServerResponse(contentType: "application/json", body: .text(String(repeating: "[1,2,3],", count: Int(request.query("count") ?? "") ?? 0)))
    }
    router.on("GET", "/whoami") { request in
        ServerResponse(text: "\(request.remoteAddress) \(request.isLoopback)")
    }
    router.on("GET", "/chunks") { _ in
        ServerResponse(
            contentType: "text/plain",
            body: .stream { writer in
                for piece in ["one ", "two ", "three"] { try await writer.write(piece) }
            })
    }
    router.on("GET", "/items/{name}") { request in ServerResponse(text: request.parameter("name") ?? "-") }
}

/// A signal that one task gives and others wait for.
actor Signal {
    private var isGiven = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func give() {
        isGiven = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        if isGiven { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}

func request(_ method: String = "GET", _ target: String, headers: [String] = [], body: String = "") -> String {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: test"] + headers
    if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
