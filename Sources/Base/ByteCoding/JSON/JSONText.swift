/// Escapes of JSON strings, read and written.
package enum JSONText {
    @inlinable package static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// Appends the content of a checked string token with its escapes resolved; an unpaired surrogate becomes U+FFFD.
    package static func unescape(_ source: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        var index = 0
        while index < source.count {
            let byte = unsafe source[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < source.count else {
                output.append(byte)
                index += 1
                continue
            }
            let escape = unsafe source[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0c)
            case UInt8(ascii: "n"): output.append(0x0a)
            case UInt8(ascii: "r"): output.append(0x0d)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"): output.append(contentsOf: unsafe scalar(source, &index).utf8)
            default: output.append(escape)
            }
        }
    }

    private static func scalar(_ source: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let high = unsafe codeUnit(source, index) else { return replacement }
        index += 4
        if high & 0xFC00 == 0xD800, index + 1 < source.count, unsafe source[index] == UInt8(ascii: "\\"),
            unsafe source[index + 1] == UInt8(ascii: "u"), let low = unsafe codeUnit(source, index + 2), low & 0xFC00 == 0xDC00
        {
            index += 6
            return Unicode.Scalar(0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))) ?? replacement
        }
        return Unicode.Scalar(UInt32(high)) ?? replacement
    }

    private static func codeUnit(_ source: UnsafeRawBufferPointer, _ index: Int) -> UInt16? {
        guard index + 4 <= source.count else { return nil }
        var value: UInt16 = 0
        for offset in 0..<4 {
            guard let digit = unsafe hexDigit(source[index + offset]) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: UTF8.EncodedScalar { UTF8.encode(self) ?? UTF8.encodedReplacementCharacter }
}
