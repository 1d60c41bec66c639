package import ByteCoding
internal import GatewayModel

/// What becomes of values that point at a person.
package struct PrivacyRules: Sendable, Equatable {
    package enum Users: String, Sendable, CaseIterable {
        /// A keyed hash, `u-` and 12 hexadecimal digits: the same user is recognisable, the name is not recoverable without the key.
        case hash
        /// As the source gives it.
        case keep
        /// Absent.
        case drop
    }

    package enum Addresses: String, Sendable, CaseIterable {
        /// The network: /24 of IPv4, /48 of IPv6.
        case network
        /// As the source gives it.
        case keep
        /// Absent.
        case drop
    }

    /// The setting `privacy.users`; default `hash`.
    package var users: Users
    /// The setting `privacy.addresses`; default `network`.
    package var addresses: Addresses
    /// The key of the hash: the store's own, so that the same user has the same pseudonym for as long as the store lives.
    package var key: SipHash

    package init(users: Users = .hash, addresses: Addresses = .network, key: SipHash) {
        self.users = users
        self.addresses = addresses
        self.key = key
    }
}

/// Applies the privacy rules to a draft.
final class PrivacyFilter {
    private let rules: PrivacyRules
    private let networks = BoundedMemo<String?>()

    init(_ rules: PrivacyRules) { self.rules = rules }

    /// Replaces the user and the client's address in place.
    ///
    /// - Parameter isCanonical: the record was exported by Gatewatch, so a pseudonym in it is one already.
    ///
    /// - Returns: false when the address was none and has been removed.
    func apply(to draft: RequestDraft, isCanonical: Bool) -> Bool {
        applyToUser(draft, isCanonical)
        return applyToAddress(draft)
    }

    private func applyToUser(_ draft: RequestDraft, _ isCanonical: Bool) {
        guard draft.hasText(.user) else { return }
        switch rules.users {
        case .keep: return
        case .drop: draft.removeText(.user)
        case .hash:
            let pseudonym = unsafe draft.withText(.user) { unsafe isCanonical && Self.isPseudonym($0) ? nil : rules.key($0) }
            if let pseudonym { Self.set(pseudonym, in: draft) }
        }
    }

    private func applyToAddress(_ draft: RequestDraft) -> Bool {
        guard draft.hasText(.clientAddress) else { return true }
        switch rules.addresses {
        case .keep: return true
        case .drop:
            draft.removeText(.clientAddress)
            return true
        case .network:
            if let count = unsafe draft.withText(.clientAddress, { unsafe Self.networkPartOfIPv4($0) }) {
                unsafe withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { network in
                    unsafe draft.withText(.clientAddress) { unsafe network.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                    unsafe network.storeBytes(of: Self.networkEnd.littleEndian, toByteOffset: count, as: UInt32.self)
                    unsafe draft.setText(.clientAddress, UnsafeRawBufferPointer(rebasing: network[..<(count + 4)]))
                }
                return true
            }
            let network = unsafe draft.withText(.clientAddress) { unsafe networks.value(of: $0) { unsafe Self.network(of: $0) } }
            if let network { draft.setText(.clientAddress, network) } else { draft.removeText(.clientAddress) }
            return network != nil
        }
    }

    /// `0/24` in ASCII, the first character in the lowest byte.
    private static let networkEnd: UInt32 = 0x3432_2F30

    /// Bytes of an IPv4 address in dotted form up to its last dot, that included; nil when the text is none. Nearly all addresses are of this
    /// form, and there are too many different ones to remember.
    private static func networkPartOfIPv4(_ text: UnsafeRawBufferPointer) -> Int? {
        guard text.count >= 7, text.count <= 15 else { return nil }
        var dots = 0
        var value = 0
        var digits = 0
        var lastDot = 0
        for index in 0..<text.count {
            let byte = unsafe text[index]
            if byte == UInt8(ascii: "."), digits > 0 {
                dots += 1
                lastDot = index
                value = 0
                digits = 0
            } else if LooseText.isDigit(byte), digits < 3 {
                value = value * 10 + Int(byte & 15)
                digits += 1
                guard value <= 255 else { return nil }
            } else {
                return nil
            }
        }
        return dots == 3 && digits > 0 ? lastDot + 1 : nil
    }

    /// The network of an address; a network (of a record that was exported before) stays as it is.
    private static func network(of text: UnsafeRawBufferPointer) -> String? {
        let string = unsafe String(decoding: text, as: UTF8.self)
        if let slash = string.firstIndex(of: "/") {
            guard string.hasSuffix("/24") || string.hasSuffix("/48"), let base = NetworkAddress(String(string[..<slash])) else { return nil }
            return base.network
        }
        return NetworkAddress(string)?.network
    }

    /// `u-` and the 48 low bits in hexadecimal: one chance in 2 of any two users of 20 million sharing a pseudonym, and short enough to read.
    private static func set(_ hash: UInt64, in draft: RequestDraft) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 14, alignment: 1) { text in
            unsafe text[0] = UInt8(ascii: "u")
            unsafe text[1] = UInt8(ascii: "-")
            for digit in 0..<12 {
                let nibble = UInt8(truncatingIfNeeded: hash &>> UInt64(44 &- 4 &* digit)) & 15
                unsafe text[2 + digit] = nibble + (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            unsafe draft.setText(.user, UnsafeRawBufferPointer(text))
        }
    }

    private static func isPseudonym(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 14, unsafe text[0] == UInt8(ascii: "u"), unsafe text[1] == UInt8(ascii: "-") else { return false }
        for index in 2..<14 {
            let byte = unsafe text[index]
            guard LooseText.isDigit(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")) else { return false }
        }
        return true
    }
}
