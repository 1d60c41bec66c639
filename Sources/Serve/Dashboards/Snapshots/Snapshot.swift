package import ByteCoding
package import GatewayModel

/// What snapshots may hold.
package enum SnapshotLimits {
    /// Snapshots altogether; with ``bytesMax`` each that is 4 GiB at most.
    package static let countMax = 1_000
    /// Bytes of one: a page of 120 panels of 300 points.
    package static let bytesMax = 4 << 20
    package static let titleCharactersMax = 200
    /// Days until one goes when nobody says.
    package static let daysDefault: Int64 = 30
    /// Days that one may stay: ten years.
    package static let daysMax: Int64 = 3_650
}

/// Why a snapshot was not read or made.
package enum SnapshotError: Error, Sendable, Equatable {
    case notFound(id: String)
    /// A member; the reason goes on from its name.
    case invalid(field: String, reason: String)
    /// It is larger than ``SnapshotLimits/bytesMax``.
    case tooLarge
    /// There are as many as there may be.
    case full
    /// The disk refused; nothing changed.
    case notKept(StorageError)
}

/// The figures of a page as they were: what is listed of them.
package struct Snapshot: Sendable, Equatable {
    /// 22 letters and digits that cannot be guessed: who has the address may see the figures.
    package let id: String
    package let title: String
    /// The page's address, from `?` on.
    package let search: String
    package let created: Timestamp
    package let expires: Timestamp
    /// Bytes of its file.
    package let bytes: Int
}

extension Snapshot: KeptValue {
    package var key: String { id }
    package var weight: Int { 300 + title.utf8.count + search.utf8.count }

    package func writeMembers(to object: inout JSONWriter) {
        object.member("title", title)
        object.member("search", search)
        object.member("created", created.microseconds)
        object.member("expires", expires.microseconds)
        object.member("bytes", bytes)
    }

    package init?(key: String, members: JSONValue) {
        guard let title = members["title"]?.string, let search = members["search"]?.string, let created = members["created"]?.integer,
            let expires = members["expires"]?.integer, let bytes = members["bytes"]?.integer
        else { return nil }
        self.init(
            id: key, title: title, search: search, created: Timestamp(microseconds: created), expires: Timestamp(microseconds: expires), bytes: Int(bytes))
    }
}
