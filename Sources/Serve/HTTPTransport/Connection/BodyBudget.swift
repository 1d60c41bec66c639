import NIOCore
import Synchronization

/// The memory that all requests' bodies share.
final class BodyBudget: Sendable {
    private let bytesMax: Int
    private let used = Atomic<Int>(0)

    /// - Parameter bytesMax: the most bytes at any time.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes taken now.
    var bytesInUse: Int { used.load(ordering: .relaxed) }

    /// Takes bytes; false, and nothing is taken, when they are not to be had.
    func reserve(_ bytes: Int) -> Bool {
        let total = used.wrappingAdd(bytes, ordering: .relaxed).newValue
        if total <= bytesMax { return true }
        used.wrappingSubtract(bytes, ordering: .relaxed)
        return false
    }

    /// Gives bytes back.
    func release(_ bytes: Int) {
        used.wrappingSubtract(bytes, ordering: .relaxed)
    }
}

/// A request's body while it arrives. Its memory grows with what has come, not with what a header promises.
struct BodyAccumulator {
    /// A declared length up to here is allocated at once: most bulk bodies fit. Beyond, the buffer doubles as bytes come.
    static let firstAllocationBytesMax = 1024 * 1024

    /// Pieces up to here are always copied; larger ones only if they would keep a read buffer alive that is much larger than they are.
    private static let copiedBytesMax = 16 * 1024

    private(set) var buffer = ByteBuffer()
    /// Bytes taken from the budget.
    private(set) var reservedBytes = 0

    /// Makes room for a body.
    ///
    /// - Parameter expectedBytes: its declared length; nil when chunked.
    /// - Returns: false when the budget has no room.
    mutating func begin(expectedBytes: Int?, budget: BodyBudget) -> Bool {
        let bytes = min(expectedBytes ?? 0, Self.firstAllocationBytesMax)
        guard bytes > 0 else { return true }
        return reserve(upTo: bytes, budget: budget)
    }

    /// Adds a piece. A large one that is the whole body is not copied.
    ///
    /// - Parameter expectedBytes: the declared length of the body; nil when chunked.
    /// - Returns: false when the budget has no room.
    mutating func append(_ piece: inout ByteBuffer, expectedBytes: Int?, budget: BodyBudget) -> Bool {
        let total = buffer.readableBytes + piece.readableBytes
        if total > reservedBytes {
            let doubled = max(total, 2 * reservedBytes)
            guard reserve(upTo: min(doubled, max(total, expectedBytes ?? doubled)), budget: budget) else { return false }
        }
        let isWhole = buffer.readableBytes == 0 && piece.readableBytes == expectedBytes
        if isWhole, piece.readableBytes > Self.copiedBytesMax, piece.storageCapacity <= 4 * piece.readableBytes {
            buffer = piece
        } else {
            buffer.reserveCapacity(reservedBytes)
            buffer.writeBuffer(&piece)
        }
        return true
    }

    /// Hands over the body with what was reserved for it, and is empty again.
    mutating func take() -> (body: ByteBuffer, reservedBytes: Int) {
        defer { self = BodyAccumulator() }
        return (buffer, reservedBytes)
    }

    /// Throws the body away and gives its memory back.
    mutating func discard(budget: BodyBudget) {
        budget.release(reservedBytes)
        self = BodyAccumulator()
    }

    private mutating func reserve(upTo bytes: Int, budget: BodyBudget) -> Bool {
        guard budget.reserve(bytes - reservedBytes) else { return false }
        reservedBytes = bytes
        return true
    }
}
