/// One answer of a mail server: a code and its lines.
///
/// Source: RFC 5321, 4.2: `250-first`, ..., `250 last`, each line ended by CRLF.
package struct SMTPReply: Sendable, Equatable {
    /// 200 to 599.
    package var code: Int
    /// The texts behind the codes, at least one, not decoded further.
    package var lines: [String]

    package init(code: Int, lines: [String]) {
        self.code = code
        self.lines = lines
    }

    /// Done, as asked.
    package var isPositive: Bool { (200..<300).contains(code) }
    /// The server wants more.
    package var isIntermediate: Bool { (300..<400).contains(code) }
    /// Not now, perhaps later.
    package var isTransient: Bool { (400..<500).contains(code) }

    /// The code and the start of the text as one line that can be logged: letters that could end a line or move a cursor are replaced.
    package var sentence: String {
        let text = lines.joined(separator: " ").unicodeScalars.map { $0.value >= 32 && $0.value != 127 ? Character($0) : " " }
        return "\(code) " + String(text.prefix(Self.sentenceCharactersMax))
    }

    /// More of a server's words helps nobody, and some servers write essays.
    private static let sentenceCharactersMax = 200

    /// The code, and RFC 3463's status (`5.7.8`) where the text begins with one: what can be said when the text may repeat a secret.
    package var codes: String {
        guard let word = lines.first?.split(separator: " ").first, word.split(separator: ".").count == 3, word.allSatisfy({ $0 == "." || $0.isASCII && $0.isNumber }) else {
            return "\(code)"
        }
        return "\(code) \(word.prefix(11))"
    }
}

/// Puts a mail server's answers together from the bytes as they come.
package struct SMTPReplyReader: Sendable {
    /// RFC 5321 allows 512 bytes; some servers write a little more.
    package static let lineBytesMax = 2_048
    /// An answer to EHLO has some 15 lines.
    package static let linesMax = 128

    /// Why a server's answer is none.
    package struct Fault: Error, Sendable, Equatable {
        package let message: String
    }

    private var bytes: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?

    package init() {}

    /// Whether something has come that is no whole answer yet.
    package var isEmpty: Bool { bytes.isEmpty && lines.isEmpty }

    package mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Forgets what has come: what was said in the clear means nothing once the line is encrypted.
    package mutating func discard() { self = SMTPReplyReader() }

    /// The next whole answer; nil when more bytes are needed.
    ///
    /// - Throws: when what came is no answer, or longer than one may be; nothing more can be read then.
    package mutating func next() throws(Fault) -> SMTPReply? {
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            var line = bytes[..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard line.count <= Self.lineBytesMax else { throw Fault(message: "the mail server wrote a line of more than \(Self.lineBytesMax) bytes") }
            let (isLast, number, text) = try Self.parse(line)
            guard code == nil || code == number else { throw Fault(message: "the mail server changed its mind within one answer: \(code ?? 0), then \(number)") }
            bytes.removeSubrange(...end)
            code = number
            lines.append(text)
            guard lines.count <= Self.linesMax else { throw Fault(message: "the mail server's answer has more than \(Self.linesMax) lines") }
            if isLast {
                defer { (code, lines) = (nil, []) }
                return SMTPReply(code: number, lines: lines)
            }
        }
        guard bytes.count <= Self.lineBytesMax else { throw Fault(message: "the mail server wrote a line of more than \(Self.lineBytesMax) bytes") }
        return nil
    }

    private static func parse(_ line: ArraySlice<UInt8>) throws(Fault) -> (isLast: Bool, code: Int, text: String) {
        let digits = line.prefix(3)
        let code = digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        let mark = line.dropFirst(3).first
        guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), (200...599).contains(code),
            mark == nil || mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-")
        else { throw Fault(message: "this is no mail server: its answer does not begin with a code") }
        return (mark != UInt8(ascii: "-"), code, String(decoding: line.dropFirst(4), as: UTF8.self))
    }
}
