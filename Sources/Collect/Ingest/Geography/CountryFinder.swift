internal import ByteCoding
internal import GatewayModel
internal import Glibc

/// What an operator may set about where clients are.
package struct GeographyRules: Sendable {
    /// Headers of the request that name the client's country, in lower case, each once; the first in a document counts. Of gateways behind a content delivery network.
    package var headers: [String]
    /// The file that knows the countries of addresses; nil when there is none.
    package var database: CountryDatabase?

    /// Headers that content delivery networks and clouds set: Cloudflare, CloudFront, App Engine, and a plain name.
    package static let usualHeaders = ["cf-ipcountry", "cloudfront-viewer-country", "x-appengine-country", "x-country-code"]
    /// Headers that are read for something else.
    package static let takenHeaders: Set<String> = ["user-agent", "traceparent"]
    /// Headers at most: each costs a place in the table of keys.
    package static let headersMax = 16
    /// The longest header, in bytes: longer keys are not recognised.
    package static let headerBytesMax = KeySet.keyBytesMax

    /// nginx's variables of the headers, as a `log_format` has them: `http_cf_ipcountry`.
    var variables: [String: String] {
        Dictionary(headers.map { ("http_" + $0.replacing("-", with: "_"), RequestField.country.name) }) { first, _ in first }
    }

    package init(headers: [String] = GeographyRules.usualHeaders, database: CountryDatabase? = nil) {
        self.headers = headers
        self.database = database
    }
}

/// Fills the client's country: from what a header said, else from the whole address, before privacy cuts it.
///
/// Nothing of the address is kept but what was found for it, in a small table that forgets: an address stands in it until another takes its place. One
/// owner at a time.
final class CountryFinder {
    /// Places of the table: the addresses of some minutes of traffic, 128 KiB.
    private static let places = 4_096

    private struct Place: BitwiseCopyable {
        var high: UInt64 = 0
        var low: UInt64 = 0
        /// ``CountryCode/letters``; 1 for "not known".
        var letters: UInt16 = 1
        var isUsed = false
    }

    private let database: CountryDatabase?
    private var table: [Place]

    init(_ rules: GeographyRules) {
        database = rules.database
        table = rules.database == nil ? [] : Array(repeating: Place(), count: Self.places)
    }

    /// - Returns: false when the source named something that is no country; then it is removed and the address decides.
    func apply(to draft: RequestDraft) -> Bool {
        var isGood = true
        if draft.hasText(.country) {
            if let named = unsafe draft.withText(.country, { unsafe Self.named($0) }) {
                set(named, in: draft)
                return true
            }
            isGood = unsafe draft.withText(.country) { unsafe Self.meansUnknown($0) }
            draft.removeText(.country)
        }
        guard draft.hasText(.clientAddress) else { return isGood }
        if let found = unsafe draft.withText(.clientAddress, { unsafe country(ofAddress: $0) }) { set(found, in: draft) }
        return isGood
    }

    private func set(_ code: CountryCode, in draft: RequestDraft) {
        guard code != .privateNetwork else { return draft.setText(.country, "private") }
        var letters = code.letters.littleEndian
        unsafe withUnsafeBytes(of: &letters) { unsafe draft.setText(.country, $0) }
    }

    private static func named(_ text: UnsafeRawBufferPointer) -> CountryCode? {
        if text.count == 2 { return unsafe CountryCode(text[0], text[1]) }
        return unsafe LooseText.equalsIgnoringCase(text, "private") ? .privateNetwork : nil
    }

    /// What Cloudflare writes for addresses that it does not know, and for Tor.
    private static func meansUnknown(_ text: UnsafeRawBufferPointer) -> Bool {
        unsafe LooseText.equalsIgnoringCase(text, "xx") || LooseText.equalsIgnoringCase(text, "t1")
    }

    /// The country of an address, or of the network that a record of an earlier export has in its place.
    private func country(ofAddress text: UnsafeRawBufferPointer) -> CountryCode? {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { buffer in
            let end = unsafe text.firstIndex(of: UInt8(ascii: "/")) ?? text.count
            guard end > 0, end < 48 else { return nil }
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<end]))
            unsafe buffer[end] = 0
            let source = unsafe UnsafePointer(buffer.baseAddress?.assumingMemoryBound(to: CChar.self))
            guard let source = unsafe source else { return nil }
            // The bytes of the address go behind the text.
            let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[48...])
            if unsafe inet_pton(AF_INET, source, bytes.baseAddress) == 1 { return unsafe country(of: UnsafeRawBufferPointer(rebasing: bytes[..<4])) }
            guard unsafe inet_pton(AF_INET6, source, bytes.baseAddress) == 1 else { return nil }
            return unsafe country(of: Self.unmapped(UnsafeRawBufferPointer(bytes)))
        }
    }

    /// The IPv4 address in `::ffff:a.b.c.d`, otherwise the 16 bytes themselves.
    private static func unmapped(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let isMapped = unsafe bytes.load(fromByteOffset: 0, as: UInt64.self) == 0 && bytes.load(fromByteOffset: 8, as: UInt32.self) == UInt32(littleEndian: 0xFFFF_0000)
        return unsafe isMapped ? UnsafeRawBufferPointer(rebasing: bytes[12...]) : bytes
    }

    private func country(of address: UnsafeRawBufferPointer) -> CountryCode? {
        if unsafe Self.isPrivate(address) { return .privateNetwork }
        guard let database else { return nil }
        let isShort = address.count == 4
        let high = unsafe isShort ? 0 : address.load(fromByteOffset: 0, as: UInt64.self)
        let low = unsafe isShort ? UInt64(address.load(fromByteOffset: 0, as: UInt32.self)) : address.load(fromByteOffset: 8, as: UInt64.self)
        let mixed = (high ^ low &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        let place = Int(truncatingIfNeeded: mixed >> 52) & (Self.places - 1)
        if !(table[place].isUsed && table[place].high == high && table[place].low == low) {
            let found = unsafe database.country(of: address)
            table[place] = Place(high: high, low: low, letters: found?.letters ?? 1, isUsed: true)
        }
        let letters = table[place].letters
        return letters == 1 ? nil : CountryCode(UInt8(truncatingIfNeeded: letters), UInt8(truncatingIfNeeded: letters >> 8))
    }

    /// Loopback, link-local, RFC 1918, RFC 6598, RFC 4193.
    private static func isPrivate(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (a, b) = unsafe (bytes[0], bytes[1])
        guard bytes.count == 16 else {
            return a == 10 || a == 127 || a == 0 || (a == 172 && b & 0xF0 == 16) || (a == 192 && b == 168) || (a == 169 && b == 254) || (a == 100 && b & 0xC0 == 64)
        }
        if a & 0xFE == 0xFC || (a == 0xFE && b & 0xC0 == 0x80) { return true }
        return unsafe bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] <= 1
    }
}
