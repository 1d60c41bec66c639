internal import Glibc

/// An IP address, in network byte order.
enum NetworkAddress: Equatable {
    case v4(IPv4Bytes)
    case v6([UInt8])

    /// Four bytes of an IPv4 address.
    struct IPv4Bytes: Equatable {
        var a, b, c, d: UInt8
    }

    /// Reads `10.4.7.21`, `2001:db8::1` or `::ffff:10.4.7.21` (which is taken as IPv4); nil for anything else.
    init?(_ text: String) {
        var v4 = in_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            let bytes = unsafe withUnsafeBytes(of: v4.s_addr) { unsafe Array($0) }
            self = .v4(IPv4Bytes(a: bytes[0], b: bytes[1], c: bytes[2], d: bytes[3]))
            return
        }
        var v6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bytes = unsafe withUnsafeBytes(of: v6) { unsafe Array($0) }
        if bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            self = .v4(IPv4Bytes(a: bytes[12], b: bytes[13], c: bytes[14], d: bytes[15]))
        } else {
            self = .v6(bytes)
        }
    }

    /// Whether the address is of a network that the public internet does not route: loopback, link-local, RFC 1918, RFC 6598, RFC 4193.
    var isPrivate: Bool {
        switch self {
        case .v4(let ip):
            ip.a == 10 || ip.a == 127 || (ip.a == 172 && ip.b & 0xf0 == 16) || (ip.a == 192 && ip.b == 168) || (ip.a == 169 && ip.b == 254)
                || (ip.a == 100 && ip.b & 0xc0 == 64) || ip.a == 0
        case .v6(let bytes):
            bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80) || (bytes[0..<15].allSatisfy { $0 == 0 } && bytes[15] <= 1)
        }
    }

    /// The network that stands for the address where single addresses are not kept: `10.4.7.0/24`, `2001:db8:1::/48`.
    var network: String {
        switch self {
        case .v4(let ip): return "\(ip.a).\(ip.b).\(ip.c).0/24"
        case .v6(let bytes):
            let groups = (0..<3).map { String(UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]), radix: 16) }
            return groups.joined(separator: ":") + "::/48"
        }
    }
}
