@testable import HTTPTransport
import NIOHTTP1
import Testing

/// Which route takes which path.
struct RouterTests {
    /// A router whose routes answer with their pattern and captures.
    private func router(_ routes: [(String, String)]) -> Router {
        var router = Router()
        for (method, pattern) in routes {
            router.on(method, pattern) { request in
                let captures = ["index", "id", "name", "rest"].compactMap { name in request.parameter(name).map { "\(name)=\($0)" } }
                return ServerResponse(text: ([pattern] + captures).joined(separator: " "))
            }
        }
        return router
    }

    private func answer(_ router: Router, _ method: String, _ uri: String) async throws -> (status: UInt, text: String, allow: String?) {
        let response = await router.respond(to: try ServerRequest(method: method, uri: uri))
        var text = ""
        if case .bytes(let body) = response.body { text = String(buffer: body) }
        return (response.status.code, text, response.headers.first(name: "Allow"))
    }

    @Test(arguments: [
        ("GET", "/", "/"), ("POST", "/_bulk", "/_bulk"), ("POST", "/logs/_bulk", "/{index}/_bulk index=logs"),
        ("POST", "/_bulk/", "/_bulk"), ("POST", "//logs//_bulk", "/{index}/_bulk index=logs"),
        ("GET", "/logs/_doc/a%2Fb", "/{index}/_doc/{id} index=logs id=a/b"),
        ("GET", "/%3Clogs-%7Bnow%2Fd%7D%3E/_search", "/{index}/_search index=<logs-{now/d}>"),
        ("GET", "/_cluster/health", "/_cluster/health"),
        ("GET", "/_cluster/_search", "/{index}/_search index=_cluster"),
        ("GET", "/assets/js/chart.js", "/assets/{rest...} rest=js/chart.js"),
        ("GET", "/assets/icon", "/assets/icon"),
        ("GET", "/assets/icon/x", "/assets/{rest...} rest=icon/x"),
        ("GET", "/logs", "/{name} name=logs"),
        ("HEAD", "/logs", "/{name} name=logs"),
    ])
    func mostLiteralRouteTakesThePath(method: String, uri: String, expected: String) async throws {
        let router = router([
            ("GET", "/"), ("POST", "/_bulk"), ("POST", "/{index}/_bulk"), ("GET", "/{index}/_doc/{id}"), ("GET", "/{index}/_search"),
            ("GET", "/_cluster/health"), ("GET", "/assets/{rest...}"), ("GET", "/assets/icon"), ("GET", "/{name}"),
        ])
        let answer = try await answer(router, method, uri)
        #expect(answer.status == 200)
        #expect(answer.text == expected)
    }

    @Test func methodsOfThePathAreNamed() async throws {
        let router = router([("POST", "/{index}/_search"), ("GET", "/{index}/_search"), ("PUT", "/_x")])
        let wrong = try await answer(router, "DELETE", "/logs/_search")
        #expect(wrong.status == 405)
        #expect(wrong.allow == "GET, HEAD, POST")
        #expect(try await answer(router, "GET", "/_x").allow == "PUT")
    }

    @Test func unknownPathGoesToTheRoutersOwnAnswer() async throws {
        var router = router([("GET", "/a/{name}")])
        router.notFound = { ServerResponse(status: .notFound, text: "nothing at \($0.path)") }
        for uri in ["/", "/a", "/a/b/c", "/b/c"] {
            let answer = try await answer(router, "GET", uri)
            #expect(answer.status == 404)
            #expect(answer.text == "nothing at \(uri)")
        }
    }

    @Test func restNeedsAtLeastOneComponent() async throws {
        #expect(try await answer(router([("GET", "/assets/{rest...}")]), "GET", "/assets/").status == 404)
    }

    @Test(arguments: ["a", "", "/a//b", "/{", "/{}", "/{a", "/a}b", "/{a}{b}", "/{a...}/b", "/{a}/{a}", "/x{a}", "/a/"])
    func malformedPatternIsNone(pattern: String) {
        #expect(RoutePattern(pattern) == nil)
    }

    @Test func routesAreListed() {
        let routes = router([("GET", "/b"), ("POST", "/a/{name}"), ("GET", "/a/{rest...}")]).routes
        #expect(routes.map { "\($0.method) \($0.pattern)" } == ["POST /a/{name}", "GET /a/{rest...}", "GET /b"])
    }
}
