/// Ids of records: what URLs, answers and exports call a record.
///
/// 20 characters: the letters `GW`, then the record's sequence number in 18 digits of base 32 with the alphabet `0-9A-V` (RFC 4648 section 7, "base32hex").
/// Safe in URLs and file names without escaping, never taken for a number by a spreadsheet, and ids sort as text in the order of arrival.
package enum RecordID {
    package static let length = 20
    private static let prefix = "GW"
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUV".utf8)

    /// The id of a sequence number (0 or more).
    package static func text(_ sequence: Int64) -> String {
        var rest = UInt64(clamping: sequence)
        var text = [UInt8](repeating: digits[0], count: length)
        text.replaceSubrange(0..<2, with: prefix.utf8)
        var position = length - 1
        while rest > 0, position >= 2 {
            text[position] = digits[Int(rest & 31)]
            rest >>= 5
            position -= 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The sequence number of an id; nil when `text` is not one.
    package static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == length, text.hasPrefix(prefix) else { return nil }
        var value: UInt64 = 0
        for byte in bytes.dropFirst(2) {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 32)
            guard !overflow else { return nil }
            value = shifted | UInt64(digit)
        }
        return Int64(exactly: value)
    }
}
