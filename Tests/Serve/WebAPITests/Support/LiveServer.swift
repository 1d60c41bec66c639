import Foundation
import Glibc
import HTTPTransport
import Logging

/// Runs the routes on a free port of the loopback interface while `body` runs: only for what is streamed.
func withLiveServer<Result: Sendable>(_ server: TestServer, routes: (inout Router) -> Void = { _ in }, body: (Int) async throws -> Result) async throws -> Result {
    var configuration = HTTPServerConfiguration()
    configuration.threads = 1
    configuration.port = 0
    var router = server.router
    routes(&router)
    let live = HTTPServer(configuration: configuration, router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await live.run() }
        let result = try await body(try await live.boundPort())
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

/// Asks by HTTP/1.0, where a body ends with the connection, and reads until the server closes or `isEnough`.
///
/// - Returns: head and body.
func fetch(_ target: String, port: Int, until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> (head: String, body: String) {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            let text = read(target, port, isEnough)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            continuation.resume(returning: (parts.first ?? "", parts.count > 1 ? parts[1] : ""))
        }
    }
}

/// A connection over which a request has been sent; close it with `close`. Nil when that failed.
func sendRequest(_ target: String, port: Int) -> Int32? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    // A server that says nothing must end the test, not hang it.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    let request = Array("GET \(target) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
    guard isConnected, send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
        close(socket)
        return nil
    }
    return socket
}

private func read(_ target: String, _ port: Int, _ isEnough: (String) -> Bool) -> String {
    guard let socket = sendRequest(target, port: port) else { return "" }
    defer { close(socket) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        bytes += buffer[..<count]
        if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
}
