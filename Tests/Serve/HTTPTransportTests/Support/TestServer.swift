import HTTPTransport
import Logging
import NIOCore
import Synchronization

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

/// A signal that one task gives and others wait for. A cancelled wait ends, so that a test which runs out of time fails instead of hanging.
final class Signal: Sendable {
    private struct State {
        var isGiven = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func give() {
        let waiters = state.withLock { state in
            state.isGiven = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isGiven = state.withLock { state in
                    if !state.isGiven { state.waiters.append(continuation) }
                    return state.isGiven
                }
                if isGiven { continuation.resume() }
            }
        } onCancel: {
            give()
        }
    }
}

/// Waits for a fact that nobody signals.
func waitUntil(_ isFact: () -> Bool) async throws {
    while !isFact() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// A request as bytes; `Content-Length` is added for a body.
func request(_ method: String = "GET", _ target: String, headers: [String] = [], body: String = "") -> String {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: test"] + headers
    if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
