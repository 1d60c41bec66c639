/// Many short strings in one allocation: the UTF-8 bytes end to end, and where each one ends.
///
/// The form in which strings cross module seams, the write-ahead log and the parts: no per-string allocation, two arrays to copy.
package struct StringTable: Sendable, Equatable {
    /// All strings' UTF-8 bytes, in order.
    package private(set) var bytes: [UInt8]
    /// `ends[i]` is the offset in `bytes` behind string i; string i starts at `ends[i - 1]`, or 0.
    package private(set) var ends: [UInt32]

    package init() {
        bytes = []
        ends = []
    }

    /// A table from its two arrays, as they were read from disk.
    ///
    /// - Returns: nil unless `ends` ascends and ends where `bytes` ends, so that no later access can leave the bytes.
    package init?(bytes: [UInt8], ends: [UInt32]) {
        var previous: UInt32 = 0
        for end in ends {
            guard end >= previous else { return nil }
            previous = end
        }
        guard Int(previous) == bytes.count else { return nil }
        self.bytes = bytes
        self.ends = ends
    }

    package init(_ strings: [String]) {
        self.init()
        for string in strings { append(string) }
    }

    package var count: Int { ends.count }
    package var isEmpty: Bool { ends.isEmpty }

    /// The byte range of string `index` in `bytes`.
    @inlinable package func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    @inlinable package func length(_ index: Int) -> Int { range(index).count }

    /// String `index`; invalid UTF-8 is shown with replacement characters.
    package subscript(index: Int) -> String {
        let range = range(index)
        return unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// Calls `body` with the bytes of string `index`, valid during the call only.
    @inlinable package func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let range = range(index)
        return unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    package mutating func append(_ string: String) {
        bytes.append(contentsOf: string.utf8)
        ends.append(UInt32(bytes.count))
    }

    /// Appends the bytes at `source`, which are copied.
    package mutating func append(_ source: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: source)
        ends.append(UInt32(bytes.count))
    }

    /// Appends string `index` of `other`.
    package mutating func append(_ index: Int, of other: StringTable) {
        bytes.append(contentsOf: other.bytes[other.range(index)])
        ends.append(UInt32(bytes.count))
    }

    /// Appends strings `indices` of `other`.
    package mutating func append(_ indices: Range<Int>, of other: StringTable) {
        guard let last = indices.last else { return }
        let start = other.range(indices.lowerBound).lowerBound
        let offset = UInt32(bytes.count) &- UInt32(start)
        bytes.append(contentsOf: other.bytes[start..<Int(other.ends[last])])
        for index in indices { ends.append(offset &+ other.ends[index]) }
    }

    package mutating func appendEmpty() { ends.append(UInt32(bytes.count)) }

    package mutating func removeAll(keepingCapacity keep: Bool = true) {
        bytes.removeAll(keepingCapacity: keep)
        ends.removeAll(keepingCapacity: keep)
    }

    package mutating func reserve(strings: Int, bytes count: Int) {
        ends.reserveCapacity(strings)
        bytes.reserveCapacity(count)
    }

    package var strings: [String] { (0..<count).map { self[$0] } }
}
