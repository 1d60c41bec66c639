/// Finds the end of a JSON value by its brackets and quotes alone, whatever stands between them.
enum LexicalValue {
    enum End: Equatable {
        /// Just behind the value.
        case at(Int)
        /// The text ends inside the value.
        case cut
        /// Brackets do not match, or nest too deep.
        case broken
    }

    /// Nesting that is followed; deeper documents are refused by the reader anyway.
    private static let depthMax = 128

    static func end(_ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int) -> End {
        guard start < limit else { return .cut }
        switch unsafe bytes[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return unsafe containerEnd(bytes, from: start, limit: limit)
        case UInt8(ascii: "\""):
            guard let end = unsafe stringEnd(bytes, from: start + 1, limit: limit) else { return .cut }
            return .at(end)
        default:
            var end = start
            while end < limit, unsafe !isDelimiter(bytes[end]) { end += 1 }
            return end == start ? .broken : .at(end)
        }
    }

    private static func containerEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int) -> End {
        // One bit a level: 1 for an object, 0 for an array.
        var kinds: UInt128 = 0
        var depth = 0
        var index = start
        while index < limit {
            switch unsafe bytes[index] {
            case UInt8(ascii: "\""):
                guard let end = unsafe stringEnd(bytes, from: index + 1, limit: limit) else { return .cut }
                index = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < depthMax else { return .broken }
                kinds = kinds << 1 | (unsafe bytes[index] == UInt8(ascii: "{") ? 1 : 0)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard unsafe (kinds & 1 == 1) == (bytes[index] == UInt8(ascii: "}")) else { return .broken }
                kinds >>= 1
                depth -= 1
                if depth == 0 { return .at(index + 1) }
            default: break
            }
            index += 1
        }
        return .cut
    }

    /// Just behind the closing quote; nil when there is none before `limit`.
    static func stringEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index < limit {
            while index &+ 8 <= limit {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let quote = word ^ (ones &* 0x22)
                let backslash = word ^ (ones &* 0x5c)
                let found = ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & highs
                if found != 0 { break }
                index &+= 8
            }
            guard index < limit else { return nil }
            let byte = unsafe bytes[index]
            if byte == UInt8(ascii: "\"") { return index + 1 }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    static func isDelimiter(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\"")
    }
}
