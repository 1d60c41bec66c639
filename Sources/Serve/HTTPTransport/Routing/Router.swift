import NIOHTTP1

/// Answers one request. Must not throw: what goes wrong is a response too.
package typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

/// Where a handler starts.
package enum RouteExecution: Sendable {
    /// On the concurrency pool. The default, and the only choice for handlers that compute or block.
    case pool
    /// On the connection's event loop, until the first time it really waits; then on the pool. Saves the two changes of thread, which cost more than a
    /// small answer does. Only for handlers that neither block nor compute for longer than some 100 us before they answer or wait.
    case eventLoop
}

/// Routes: method and path pattern to handler.
///
/// A pattern is a path of literals, captures `{name}` (one component) and at most one `{name...}` at its end (the rest, one component or more). Where
/// a literal and a capture both match, the literal wins; if the rest of the path then has no route below the literal, the capture is tried. The first
/// pattern found decides: if it does not have the method, the answer is 405 (`HEAD` is answered by `GET`, without body).
package struct Router: Sendable {
    /// Answers when no pattern matches. Default: 404 in plain text.
    package var notFound: Handler = { _ in ServerResponse(status: .notFound, text: "not found\n") }
    /// Answers when the path exists but not with this method; gets the methods that do, in alphabetical order. The transport adds `Allow`.
    /// Default: 405 in plain text.
    package var methodNotAllowed: @Sendable (ServerRequest, [String]) async -> ServerResponse = { _, _ in
        ServerResponse(status: .methodNotAllowed, text: "method not allowed\n")
    }
    private var trie = RouteTrie()

    package init() {}

    /// Adds a route.
    ///
    /// - Parameters:
    ///   - method: in upper case, such as `GET`.
    ///   - pattern: such as `/{index}/_doc/{id}` or `/assets/{file...}`.
    ///   - execution: where the handler starts.
    ///   - handler: answers it.
    /// - Precondition: the pattern is well formed and the route new: routes are written in the program, not by its users.
    package mutating func on(_ method: String, _ pattern: String, execution: RouteExecution = .pool, handler: @escaping Handler) {
        guard let pattern = RoutePattern(pattern) else { preconditionFailure("malformed route pattern \(pattern)") }
        let isNew = trie.insert(Route(pattern: pattern, execution: execution, handler: handler), method: method)
        precondition(isNew, "the route \(method) \(pattern.text) exists already")
    }

    /// Adds one handler under several methods.
    package mutating func on(_ methods: [String], _ pattern: String, execution: RouteExecution = .pool, handler: @escaping Handler) {
        for method in methods { on(method, pattern, execution: execution, handler: handler) }
    }

    /// Every route as method and pattern, sorted by pattern; for documentation and tests.
    package var routes: [(method: String, pattern: String)] { trie.routes }

    /// Routes and answers a request as the server does, but without a connection: no compression, no framing, body kept for `HEAD`.
    package func respond(to request: ServerRequest) async -> ServerResponse {
        await answer(request, by: match(method: request.method, components: request.pathComponents))
    }

    func match(method: String, components: [String]) -> RouteMatch {
        trie.match(method: method, components: components)
    }

    func answer(_ request: ServerRequest, by match: RouteMatch) async -> ServerResponse {
        switch match {
        case .found(let route):
            var request = request
            request.pattern = route.pattern
            return await route.handler(request)
        case .noPath:
            return await notFound(request)
        case .noMethod(let allowed):
            var response = await methodNotAllowed(request, allowed)
            response.headers.replaceOrAdd(name: "Allow", value: allowed.joined(separator: ", "))
            return response
        }
    }
}

/// A handler with the pattern it was registered for.
struct Route: Sendable {
    let pattern: RoutePattern
    let execution: RouteExecution
    let handler: Handler
}

/// What the routes say about a path.
enum RouteMatch: Sendable {
    case found(Route)
    case noPath
    /// The path exists with these methods, sorted.
    case noMethod(allowed: [String])
}
