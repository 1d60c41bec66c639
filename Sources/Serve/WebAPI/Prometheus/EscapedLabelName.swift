/// Label names in paths: `U__http_2e_code` for `http.code`, since a path of an older client cannot hold every character.
///
/// After `U__`, `_` stands as `__`, and any other character outside `[a-zA-Z0-9:]` as its code point in hexadecimal between underscores.
/// Source: prometheus/common `model/metric.go`, `UnescapeName` with the scheme `values`.
enum EscapedLabelName {
    /// The name that is meant; the text itself when it is not escaped or not escaped rightly.
    static func decode(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var name = String.UnicodeScalarView()
        var rest = Substring(text.dropFirst(3))
        while let character = rest.popFirst() {
            guard character == "_" else {
                name.append(contentsOf: character.unicodeScalars)
                continue
            }
            if rest.first == "_" {
                rest.removeFirst()
                name.append("_")
                continue
            }
            // Six digits hold every code point.
            let digits = rest.prefix(7).prefix { $0 != "_" }
            guard (1...6).contains(digits.count), rest.dropFirst(digits.count).first == "_", let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
                return text
            }
            name.append(scalar)
            rest = rest.dropFirst(digits.count + 1)
        }
        return String(name)
    }
}
