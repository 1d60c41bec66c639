import HTTPTransport
import NIOCore
import Testing

/// Requests and responses as well-behaved clients make them, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct BasicExchangeTests {
    @Test(arguments: ["/hello", "/pool"])
    func answersOnAKeptConnection(path: String) async throws {
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
}
