internal import Foundation

/// Bodies as lines of ASCII that every mail server passes on unchanged.
///
/// Source: RFC 2045, 6.7 (quoted-printable) and 6.8 (Base64).
package enum TransferEncoding {
    /// Characters of a line, without its end.
    static let lineBytesMax = 76

    /// Text, its line ends as CRLF.
    package static func quotedPrintable(_ text: String) -> String {
        var output: [UInt8] = []
        var lineBytes = 0
        let bytes = Array(text.utf8)
        func put(_ piece: [UInt8]) {
            // One place is kept for the `=` that continues the line.
            if lineBytes + piece.count > lineBytesMax - 1 {
                output += [UInt8(ascii: "="), UInt8(ascii: "\r"), UInt8(ascii: "\n")]
                lineBytes = 0
            }
            output += piece
            lineBytes += piece.count
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n")
            index += 1
            switch byte {
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                if byte == UInt8(ascii: "\r"), index < bytes.count, next == UInt8(ascii: "\n") { index += 1 }
                output += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
                lineBytes = 0
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                // White space at the end of a line is lost on the way.
                put(next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") ? escaped(byte) : [byte])
            case 33...126 where byte != UInt8(ascii: "="): put([byte])
            default: put(escaped(byte))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func escaped(_ byte: UInt8) -> [UInt8] { [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }

    /// Base64 in lines, each ended with CRLF.
    package static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]) + "\r\n"
    }
}
