internal import Glibc
internal import NIOPosix

/// An address of the Internet Protocol.
struct HostAddress: Sendable, Equatable {
    /// 4 or 16, in network order.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// An address as a URL's host is written; nil when it is a name. IPv6 with or without brackets and zone.
    init?(_ host: String) {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        var v4 = in_addr(), v6 = in6_addr()
        if unsafe inet_pton(AF_INET, bare, &v4) == 1 {
            bytes = unsafe withUnsafeBytes(of: &v4) { unsafe [UInt8]($0) }
        } else if unsafe inet_pton(AF_INET6, String(bare.prefix { $0 != "%" }), &v6) == 1 {
            bytes = unsafe withUnsafeBytes(of: &v6) { unsafe [UInt8]($0) }
        } else { return nil }
    }

    /// `10.0.0.5`, `2001:db8::1`
    var text: String {
        var characters = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe bytes.withUnsafeBytes({ unsafe inet_ntop(family, $0.baseAddress, &characters, socklen_t(INET6_ADDRSTRLEN)) }) != nil else { return "" }
        return String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The addresses of a host.
enum HostAddresses {
    /// Addresses of a name that are looked at; more are of no use to anybody who connects to one.
    private static let addressesMax = 64

    struct Failure: Error {
        let message: String
    }

    /// Asks the system's resolver, off the threads that serve. A name is looked up until the resolver gives up; whoever waits may stop waiting before.
    static func resolve(_ host: String) async throws -> [HostAddress] {
        try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
    }

    private static func lookUp(_ host: String) throws -> [HostAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { throw Failure(message: "the host \(host) is not known: \(unsafe String(cString: gai_strerror(code)))") }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [HostAddress] = []
        var next = unsafe first
        while let info = unsafe next?.pointee, addresses.count < addressesMax {
            // Safe: the family says which structure the address is, and the list stays until it is freed.
            if let address = unsafe info.ai_addr {
                switch unsafe info.ai_family {
                case AF_INET:
                    unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                        unsafe withUnsafeBytes(of: &address.pointee.sin_addr) { unsafe addresses.append(HostAddress(bytes: [UInt8]($0))) }
                    }
                case AF_INET6:
                    unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                        unsafe withUnsafeBytes(of: &address.pointee.sin6_addr) { unsafe addresses.append(HostAddress(bytes: [UInt8]($0))) }
                    }
                default: break
                }
            }
            unsafe next = info.ai_next
        }
        return addresses
    }
}
