/// An address of a person or a list: `Ops <ops@example.com>`, `ops@example.com`.
///
/// Source: RFC 5322, 3.4, as far as people write it: no comments, no groups, no folding.
package struct MailAddress: Sendable, Equatable {
    /// The name in front; empty when there is none. Any text.
    package var name: String
    /// `local@domain`, ASCII, safe in a command.
    package var address: String

    /// RFC 5321, 4.5.3.1: 64 of the local part, 255 of the domain.
    package static let bytesMax = 320
    /// People of one message. More are reached by a mailing list.
    package static let listMax = 100

    /// - Parameter text: without line ends.
    /// - Returns: nil when it is no address.
    package init?(_ text: some StringProtocol) {
        var text = text.drop { $0.isWhitespace }[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.last == ">", let open = text.lastIndex(of: "<") {
            name = Self.unquoted(text[..<open])
            address = String(text[text.index(after: open)...].dropLast())
        } else {
            name = ""
            address = String(text)
        }
        guard Self.isSafe(address), !name.utf8.contains(where: { $0 < 32 }) else { return nil }
    }

    /// The addresses of a list separated by commas, and the pieces that are none.
    package static func list(_ text: String) -> (addresses: [MailAddress], invalid: [String]) {
        var addresses: [MailAddress] = []
        var invalid: [String] = []
        var isQuoted = false
        for piece in text.split(omittingEmptySubsequences: true, whereSeparator: { character in
            if character == "\"" { isQuoted.toggle() }
            return !isQuoted && (character == "," || character == ";" || character.isNewline)
        }) where piece.contains(where: { !$0.isWhitespace }) {
            if let address = MailAddress(piece), addresses.count < listMax { addresses.append(address) } else { invalid.append(String(piece.prefix(bytesMax))) }
        }
        return (addresses, invalid)
    }

    /// Whether an address may stand in a command: one `@` with something on both sides, printable ASCII, nothing that ends the address or the line.
    package static func isSafe(_ address: String) -> Bool {
        guard address.utf8.count <= bytesMax, address.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !forbidden.contains($0) }) else { return false }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.first != "." && $0.last != "." && !$0.contains("..") }
    }

    private static let forbidden = Set("<>()[]\\,;:\"".utf8)

    /// As a header writes it; a name beyond ASCII as an encoded word.
    package var headerText: String {
        if name.isEmpty { return address }
        return (name.utf8.allSatisfy { $0 < 128 } ? "\"" + name.filter { $0 != "\"" && $0 != "\\" } + "\"" : MailHeader.encodedWords(name)) + " <\(address)>"
    }

    private static func unquoted(_ text: some StringProtocol) -> String {
        var text = text.drop { $0.isWhitespace }[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        return String(text.dropFirst().dropLast().filter { $0 != "\\" })
    }
}
