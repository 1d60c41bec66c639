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
            if let pseudonym { draft.setText(.user, Self.text(of: pseudonym)) }
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
            let network = unsafe draft.withText(.clientAddress) { unsafe networks.value(of: $0) { unsafe Self.network(of: $0) } }
            if let network { draft.setText(.clientAddress, network) } else { draft.removeText(.clientAddress) }
            return network != nil
        }
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

    /// The 48 low bits: one chance in 2 of any two users of 20 million sharing a pseudonym, and short enough to read.
    private static func text(of hash: UInt64) -> String {
        let digits = String(hash & 0xFFFF_FFFF_FFFF, radix: 16)
        return "u-" + String(repeating: "0", count: 12 - digits.count) + digits
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
