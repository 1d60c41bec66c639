/// Cells of comma-separated values (RFC 4180).
package enum CSVText {
    /// Appends a cell of text.
    ///
    /// Text that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab or carriage return in front) gets an apostrophe before it:
    /// model and client names come from strangers (OWASP, "CSV Injection").
    package static func append(text: String, to bytes: inout [UInt8]) {
        let utf8 = Array(text.utf8)
        let isFormula = utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let needsQuotes = utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0a || $0 == 0x0d }
            || utf8.first == 0x20 || utf8.last == 0x20
        if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
    }

    /// Appends a cell that the program itself wrote: a number, time or truth value, which needs neither quotes nor caution.
    package static func append(plain: String, to bytes: inout [UInt8]) { bytes.append(contentsOf: plain.utf8) }

    package static func separator(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: ",")) }

    package static func endLine(_ bytes: inout [UInt8]) { bytes.append(contentsOf: [0x0d, 0x0a]) }
}
