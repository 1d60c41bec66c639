/// What kind of place an address is.
enum AddressKind: Equatable, Sendable {
    case `public`
    /// This machine.
    case loopback
    /// Networks of one's own.
    case `private`
    /// This link only, among them the addresses at which clouds hand out credentials.
    case linkLocal
    /// Nobody's address, or everybody's: unspecified, multicast, reserved.
    case unusable

    /// - Parameter bytes: 4 or 16 bytes, in network order.
    ///
    /// Source: IANA's registries of special-purpose addresses (RFC 6890, 4193, 4291, 6598, 6052).
    init(_ bytes: [UInt8]) {
        switch bytes.count {
        case 4: self = Self.kind(v4: bytes)
        case 16: self = Self.kind(v6: bytes)
        default: self = .unusable
        }
    }

    private static func kind(v4 bytes: [UInt8]) -> AddressKind {
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0, _, _, _): .unusable
        case (127, _, _, _): .loopback
        case (169, 254, _, _): .linkLocal
        // Metadata services of Alibaba and Oracle.
        case (100, 100, 100, 200), (192, 0, 0, 192): .linkLocal
        case (10, _, _, _), (172, 16...31, _, _), (192, 168, _, _), (100, 64...127, _, _), (198, 18...19, _, _), (192, 0, 0, _): .private
        case (224..., _, _, _): .unusable
        default: .public
        }
    }

    private static func kind(v6 bytes: [UInt8]) -> AddressKind {
        let isZero = bytes.prefix(15).allSatisfy { $0 == 0 }
        if isZero, bytes[15] == 1 { return .loopback }
        if isZero, bytes[15] == 0 { return .unusable }
        // An IPv4 address in another form: mapped, compatible, or behind NAT64 and 6to4.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == bytes[11], [0, 255].contains(bytes[10]) { return kind(v4: Array(bytes[12...])) }
        if bytes.prefix(12) == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return kind(v4: Array(bytes[12...])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return kind(v4: Array(bytes[2..<6])) }
        if bytes[0] == 0xfe, bytes[1] & 0xc0 == 0x80 { return .linkLocal }
        // Amazon's metadata service.
        if bytes.prefix(8) == [0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0], bytes.suffix(2) == [0x02, 0x54] { return .linkLocal }
        if bytes[0] & 0xfe == 0xfc { return .private }
        return bytes[0] == 0xff ? .unusable : .public
    }
}

/// Which addresses messages may go to.
///
/// Whoever can make the program send requests could reach through it what is not meant for him: other services of this machine and its network, or the address
/// at which a cloud hands out credentials. An operator who writes `http://127.0.0.1:9000/` or `localhost` into the configuration means it; a name that turns out to be such
/// an address, or a URL that a template puts together from labels, does not say so. Looked at are the addresses that a name resolves to, and then
/// just those are connected to, so that a second answer of the name server cannot differ.
package struct AddressRules: Sendable, Equatable {
    /// Hosts whose addresses may be of this machine or a network of one's own; `*` for all.
    package var privateHosts: Set<String>

    package init(privateHosts: Set<String> = []) { self.privateHosts = privateHosts }

    /// Why an address is not connected to; nil when it may be.
    ///
    /// - Parameters:
    ///   - isNamed: whether the operator wrote the address itself (or `localhost`), or means a server of his own.
    func refusal(_ kind: AddressKind, host: String, isNamed: Bool) -> String? {
        let allows = isNamed || privateHosts.contains("*") || privateHosts.contains(host.lowercased())
        switch kind {
        case .public: return nil
        case .loopback, .private:
            guard !allows else { return nil }
            return "\(host) is an address of \(kind == .loopback ? "this machine" : "a private network"); name the host in alerting.private_receivers if that is meant"
        case .linkLocal: return "\(host) is a link-local address, at which clouds hand out credentials; nothing is sent there"
        case .unusable: return "\(host) is no address that anything can be sent to"
        }
    }
}
