/// What a mail server says it can do, in its answer to EHLO.
package struct SMTPExtensions: Sendable, Equatable {
    /// Ways to say who one is, in the server's spelling made upper case (RFC 4954).
    package var mechanisms: Set<String> = []
    package var hasStartTLS = false
    /// The largest message it takes, in bytes; nil when it does not say, or says that there is no limit (RFC 1870).
    package var sizeMax: Int?

    package init() {}

    package init(_ reply: SMTPReply) {
        // The first line greets.
        for line in reply.lines.dropFirst() {
            // Old servers write `AUTH=PLAIN LOGIN`.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }
            switch words.first {
            case "STARTTLS": hasStartTLS = true
            case "AUTH": mechanisms.formUnion(words.dropFirst().map(String.init))
            case "SIZE": sizeMax = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
            default: break
            }
        }
    }
}
