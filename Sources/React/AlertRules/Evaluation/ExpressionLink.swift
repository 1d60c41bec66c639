/// Links to the page that shows an expression.
///
/// Source: prometheus/prometheus `util/strutil/strconv.go`; the page redirects `/graph` to where it draws.
package enum ExpressionLink {
    /// The path behind the external URL: the expression's values as a table.
    package static func table(_ expression: String) -> String { "/graph?g0.expr=\(escaped(expression))&g0.tab=1" }

    /// The same, drawn.
    package static func graph(_ expression: String) -> String { "/graph?g0.expr=\(escaped(expression))&g0.tab=0" }

    /// As Go's `url.QueryEscape`: letters, digits and `-_.~` as they are, a space as `+`, everything else by its UTF-8 bytes.
    package static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                escaped.append(byte)
            case UInt8(ascii: " "): escaped.append(UInt8(ascii: "+"))
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
