/// Base 64 with the alphabet for URLs and with padding, RFC 4648 section 5.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for digit in 0..<4 {
                text.append(digit <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Throws: Go's words, with the place of the first byte that does not belong.
    static func decoded(_ text: String) throws(TemplateFailure) -> [UInt8] {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let padding = digits.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        let body = digits.dropLast(padding)
        if let wrong = body.firstIndex(where: { !alphabet.contains($0) }) { throw TemplateFailure("illegal base64 data at input byte \(wrong)") }
        guard digits.count.isMultiple(of: 4), body.count % 4 != 1 else { throw TemplateFailure("illegal base64 data at input byte \(digits.count)") }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: 4) {
            let group = body[start..<min(start + 4, body.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 6 | UInt32(alphabet.firstIndex(of: $1) ?? 0) } << (6 * UInt32(4 - group.count))
            for byte in 0..<group.count - 1 { bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * UInt32(byte)))) }
        }
        return bytes
    }
}
