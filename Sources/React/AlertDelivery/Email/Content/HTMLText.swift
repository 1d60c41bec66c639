/// Text within HTML.
package enum HTMLText {
    /// As content of an element and within quotes of an attribute. Control characters that HTML does not allow are left out.
    package static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default: if scalar.value >= 32, scalar.value != 127 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
