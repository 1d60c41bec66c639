internal import ByteCoding
package import GatewayModel

/// The name of a sender's way in, as the completeness ledger keeps its counts apart.
///
/// At the doors of one gateway it is the door's name: `apisix`, `noveum`, `litellm`, `import`. The Elasticsearch door is used by gateways of all
/// kinds (and the demo plays them all), so there the kind of the body's first record stands behind it: `elasticsearch/apisix`. A body none of whose documents could be read
/// counts for `elasticsearch` alone. One body has one source: senders do not mix.
package struct LedgerSource: Sendable, Hashable, Comparable {
    /// At most ``nameBytesMax`` of `a-z A-Z 0-9 _ - . /`.
    package let name: String

    /// The longest name, in bytes: room for a door and a kind, or for what an operator calls a gateway.
    package static let nameBytesMax = 64
    /// The longest kind of a gateway that is made part of a name; the kind comes out of documents.
    private static let kindBytesMax = 32

    /// A name that an operator or a sender gave; nil when it cannot be one.
    package init?(_ name: String) {
        guard !name.isEmpty, name.utf8.count <= Self.nameBytesMax, name.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.name = name
    }

    /// The source of a body.
    ///
    /// - Parameter batch: the records that were read from it.
    package init(_ door: IngestDoor, _ batch: RecordBatch) {
        self.init(door, kind: batch.count > 0 ? batch.text(.gateway, row: 0) : nil)
    }

    /// The source of documents of a gateway's kind.
    package init(_ door: IngestDoor, kind: String?) {
        guard door == .elasticsearch || door == .demo, let kind else {
            name = "\(door.name)"
            return
        }
        let isUsable = !kind.isEmpty && kind.utf8.count <= Self.kindBytesMax && kind.utf8.allSatisfy { Self.isAllowed($0) && $0 != UInt8(ascii: "/") }
        name = "\(door.name)/" + (isUsable ? kind : "_other")
    }

    /// Where further sources are counted when there are too many.
    static let other = LedgerSource(trusted: "_other")

    private init(trusted name: String) { self.name = name }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
        default: false
        }
    }

    package static func < (left: LedgerSource, right: LedgerSource) -> Bool { left.name < right.name }
}

/// Why a whole request with records was turned away. A closed list: the label `reason` of the counters.
package enum RefusalReason: UInt8, CaseIterable, Sendable {
    /// 413: the body is larger than the limit.
    case tooLarge
    /// 429: too many bodies at once.
    case overloaded
    /// 429 or 507: the store could not take it: the disk is full, or failed.
    case full
    /// 503: the server was stopping.
    case stopping
    /// 400, 408, 411, 415: the body as a whole could not be read.
    case unreadable

    package var name: String {
        switch self {
        case .tooLarge: "too_large"
        case .overloaded: "overloaded"
        case .full: "full"
        case .stopping: "stopping"
        case .unreadable: "unreadable"
        }
    }

    /// How a store's refusal counts.
    init(_ error: StorageError) {
        switch error {
        case .closed: self = .stopping
        case .full, .system, .locked, .damaged, .unsupportedFormat: self = .full
        }
    }
}
