internal import Foundation
package import GatewayModel

/// One line of a message's head.
///
/// Source: RFC 5322, 2.2 and 3.6; RFC 2047 for what is not ASCII.
package struct MailHeader: Sendable, Equatable {
    /// Letters, digits and hyphens.
    package let name: String
    /// One line of text: line ends and other control characters have become blanks, so that a label's value cannot add a header or begin the body.
    package let value: String
    /// Whether the value is made of addresses or identifiers, whose parts must stay as they are.
    package let isStructured: Bool

    /// Bytes of a value. A head of more than some kilobytes is refused by mail servers.
    package static let valueBytesMax = 8_000
    /// RFC 5322, 2.1.1: lines should have no more than this.
    private static let lineBytesWanted = 76
    /// Of a text in one encoded word: RFC 2047, 2 allows words of 75 bytes and lines of 76, and the first word shares its line with the header's name.
    private static let wordTextBytesMax = 39

    /// - Returns: nil when the name is no name of a header.
    package init?(_ name: String, _ value: String, isStructured: Bool = false) {
        guard !name.isEmpty, name.utf8.count <= 64, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else { return nil }
        self.init(known: name, value, isStructured: isStructured)
    }

    init(known name: String, _ value: String, isStructured: Bool = false) {
        self.name = name
        self.value = Self.oneLine(value)
        self.isStructured = isStructured
    }

    /// A text without line ends and control characters, shortened to what a header may hold.
    package static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            guard line.utf8.count < valueBytesMax else { break }
            line.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 || scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0x85 ? " " : scalar)
        }
        while line.last == " " { line.removeLast() }
        return String(line.drop { $0 == " " })
    }

    /// The header with its line end, folded.
    package var line: String {
        // A text that looks like an encoded word would be decoded by the reader; one long word could not be folded.
        let isPlain = value.utf8.allSatisfy { $0 < 128 } && !value.contains("=?") && !value.split(separator: " ").contains { $0.utf8.count > Self.lineBytesWanted * 8 }
        let text = isPlain || isStructured ? value : Self.encodedWords(value)
        var line = name + ":"
        var lineBytes = line.utf8.count
        for word in text.split(separator: " ") {
            // The first word stays beside the name: some readers take an empty first line for an empty value.
            if lineBytes + 1 + word.utf8.count > Self.lineBytesWanted, lineBytes > name.utf8.count + 1 {
                line += "\r\n"
                lineBytes = 0
            }
            line += " " + word
            lineBytes += 1 + word.utf8.count
        }
        return line + "\r\n"
    }

    /// A text as RFC 2047's words, separated by blanks: `=?utf-8?B?...?=`.
    static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var piece = ""
        func close() { if !piece.isEmpty { words.append("=?utf-8?B?" + Data(piece.utf8).base64EncodedString() + "?=") } }
        for scalar in text.unicodeScalars {
            if piece.utf8.count + String(scalar).utf8.count > wordTextBytesMax {
                close()
                piece = ""
            }
            piece.unicodeScalars.append(scalar)
        }
        close()
        return words.joined(separator: " ")
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// RFC 5322, 3.3: `Thu, 05 Mar 2026 17:03:20 +0100`.
    ///
    /// - Parameter offsetSeconds: how far the zone's clocks are ahead of UTC at that time.
    package static func date(_ time: Timestamp, offsetSeconds: Int) -> String {
        let wall = Timestamp(microseconds: time.microseconds + Int64(offsetSeconds) * Timestamp.microsecondsPerSecond)
        let (year, month, day) = Timestamp.civil(fromDays: Int64(wall.utcDay))
        let seconds = (wall.microseconds - Int64(wall.utcDay) * Timestamp.microsecondsPerDay) / Timestamp.microsecondsPerSecond
        // 1970-01-01 was a Thursday.
        let weekday = Self.days[Int(((Int64(wall.utcDay) % 7) + 7) % 7)]
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        let minutes = abs(offsetSeconds) / 60
        let zone = (offsetSeconds < 0 ? "-" : "+") + two(Int64(minutes / 60)) + two(Int64(minutes % 60))
        return "\(weekday), \(two(day)) \(Self.months[Int(month) - 1]) \(year) \(clock) \(zone)"
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
