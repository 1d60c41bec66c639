internal import ByteCoding
package import DurableFiles
package import GatewayModel

/// What short links may hold.
package enum LinkLimits {
    /// Links altogether. A link that went around must not die, so none is dropped for a new one.
    package static let countMax = 50_000
    /// Bytes of all together.
    package static let bytesMax = 32 << 20
    /// Bytes of one; browsers and proxies cut addresses of more.
    package static let searchBytesMax = 8 << 10
}

/// Why a short link was not made.
package enum LinkError: Error, Sendable, Equatable {
    /// The reason goes on from the member `search`.
    case invalid(reason: String)
    /// There are as many as there may be.
    case full
    /// The disk refused; nothing changed.
    case notKept(StorageError)
}

/// A state of the page by a short name.
struct ShortLink: Sendable, Equatable, KeptValue {
    let key: String
    /// `?` and what follows it in the page's address.
    let search: String

    init(key: String, search: String) {
        self.key = key
        self.search = search
    }

    var weight: Int { search.utf8.count + 100 }

    func writeMembers(to object: inout JSONWriter) { object.member("search", search) }

    init?(key: String, members: JSONValue) {
        guard let search = members["search"]?.string else { return nil }
        self.init(key: key, search: search)
    }
}

/// Short names of the page's states: the same state has the same name, on every server.
package final class LinkBook: Sendable {
    /// Letters and digits that a name has at least: 36^6 are two thousand million, so that names seldom meet.
    private static let lengthMin = 6

    private let table: KeptTable<ShortLink>

    /// Opens the book in a folder, which is made when it is missing.
    ///
    /// - Parameter onDamage: told of links that cannot be read.
    package init(folder: String, files: any FileLayer, onDamage: (StorageError) -> Void = { _ in }) throws(StorageError) {
        table = try KeptTable(folder: folder, files: files, countMax: LinkLimits.countMax, bytesMax: LinkLimits.bytesMax, onDamage: onDamage)
    }

    /// The name of a state. It is on the disk when this returns.
    ///
    /// - Parameter search: `?` and what follows it in the page's address, percent-encoded.
    package func name(of search: String) async throws(LinkError) -> String {
        guard search.hasPrefix("?") else { throw .invalid(reason: "begins with ?") }
        guard search.utf8.count <= LinkLimits.searchBytesMax else { throw .invalid(reason: "has more than \(LinkLimits.searchBytesMax) bytes") }
        // What goes into a header must not end it.
        guard search.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .invalid(reason: "holds characters that are not percent-encoded") }
        let digits = Self.digits(of: search)
        // Names that meet by chance are told apart by further digits.
        for length in Self.lengthMin...digits.count {
            let name = String(digits.prefix(length))
            switch table[name] {
            case .some(let link) where link.search == search: return name
            case .some: continue
            case nil:
                do throws(KeptTableError) { try await table.put(ShortLink(key: name, search: search)) } catch {
                    switch error {
                    case .full: throw .full
                    case .notKept(let reason): throw .notKept(reason)
                    }
                }
                return name
            }
        }
        throw .full
    }

    /// The state that a name stands for; nil when there is none.
    package func search(of name: String) -> String? { table[name]?.search }

    /// What was handed over is written; what comes later is refused.
    package func close() async { await table.close() }

    /// Thirteen letters and digits.
    private static func digits(of search: String) -> String {
        let text = String(SipHash(key0: 0, key1: 0)(search), radix: 36)
        return String(repeating: "0", count: 13 - text.count) + text
    }
}
