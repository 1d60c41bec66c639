@testable import HTTPTransport
import NIOCore
import Testing

/// Request targets and who sent them.
struct RequestTargetTests {
    @Test(arguments: [
        ("/", "/", []), ("*", "*", []), ("/a/b", "/a/b", ["a", "b"]), ("/a//b/", "/a//b/", ["a", "b"]), ("/a?x=1", "/a", ["a"]),
        ("/a%20b/%C3%A9", "/a%20b/%C3%A9", ["a b", "é"]), ("/a+b", "/a+b", ["a+b"]), ("/a%2Fb", "/a%2Fb", ["a/b"]), ("/%7euser", "/%7euser", ["~user"]),
        ("http://host:80/a?x", "/a", ["a"]), ("HTTPS://host", "/", []), ("http://host?x=1", "/", []), ("/é", "/é", ["é"]), ("/...", "/...", ["..."]),
    ] as [(String, String, [String])])
    func pathIsTakenApart(uri: String, path: String, components: [String]) throws {
        let target = try RequestTarget(uri)
        #expect(target.path == path)
        #expect(target.components == components)
    }

    @Test(arguments: [
        ("/?a=1&b=2", ["a": ["1"], "b": ["2"]]), ("/?a=1&a=2", ["a": ["1", "2"]]), ("/?pretty", ["pretty": [""]]), ("/?a=", ["a": [""]]),
        ("/?a=b=c", ["a": ["b=c"]]), ("/?q=a+b%2Bc", ["q": ["a b+c"]]), ("/?%61=%C3%A9", ["a": ["é"]]), ("/?", [:]), ("/?&&a=1&", ["a": ["1"]]),
        ("/?a=/x?y", ["a": ["/x?y"]]), ("/?=1", ["": ["1"]]),
    ] as [(String, [String: [String]])])
    func queryIsTakenApart(uri: String, expected: [String: [String]]) throws {
        let request = try ServerRequest(method: "GET", uri: uri)
        #expect(Dictionary(grouping: request.queryItems, by: \.name).mapValues { $0.map(\.value) } == expected)
        for (name, values) in expected {
            #expect(request.query(name) == values.first)
            #expect(request.queryValues(name) == values)
        }
        #expect(request.query("absent") == nil)
    }

    @Test(arguments: [
        ("", RequestTargetError.notAPath), ("a/b", .notAPath), ("ftp://x/", .notAPath), ("host:443", .notAPath),
        ("/%", .badPercentEncoding(offset: 1)), ("/a%2", .badPercentEncoding(offset: 2)), ("/ab/%zz", .badPercentEncoding(offset: 4)),
        ("/a?b=%g0", .badPercentEncoding(offset: 5)), ("/a?%", .badPercentEncoding(offset: 3)), ("/%ff", .badPercentEncoding(offset: 1)),
        ("/%C3", .badPercentEncoding(offset: 1)), ("/%ED%A0%80", .badPercentEncoding(offset: 1)), ("/a%00", .nul(offset: 2)), ("/a?b=%00", .nul(offset: 5)),
        ("/..", .dotSegment), ("/a/./b", .dotSegment), ("/a/%2E%2e", .dotSegment),
    ])
    func badTargetIsToldWithItsPlace(uri: String, error: RequestTargetError) {
        #expect(throws: error) { try RequestTarget(uri) }
    }

    @Test(arguments: [("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false), ("::2", false), ("", false)])
    func loopbackIsRecognised(address: String, isLoopback: Bool) {
        #expect(PeerAddress(text: address).isLoopback == isLoopback)
    }

    @Test func addressesOfSocketsAreRead() throws {
        #expect(PeerAddress(try SocketAddress(ipAddress: "192.0.2.7", port: 80)) == PeerAddress(text: "192.0.2.7"))
        #expect(PeerAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")).isLoopback)
        #expect(PeerAddress(nil) == PeerAddress(text: ""))
    }
}
