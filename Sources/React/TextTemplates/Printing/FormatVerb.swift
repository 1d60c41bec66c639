internal import GatewayModel

/// What stands behind a percent sign: flags, width, precision and a letter.
///
/// Source: https://pkg.go.dev/fmt, "Printing".
struct FormatVerb {
    var letter: Character = "v"
    var isLeftAligned = false
    var hasSign = false
    var hasSpace = false
    var isAlternate = false
    var hasZeros = false
    /// Characters, at least.
    var width: Int?
    var precision: Int?

    /// `%#v`.
    var isGoSyntax: Bool { letter == "v" && isAlternate }
    /// Whether values that can write themselves do so.
    var takesText: Bool { "vsxXq".contains(letter) && !isGoSyntax }

    /// Not for lists, maps and objects.
    func written(_ value: TemplateValue) -> String {
        switch value {
        case .none: letter == "v" ? padded("<nil>") : "%!\(letter)(<nil>)"
        case .bool(let flag): letter == "t" || letter == "v" ? padded(flag ? "true" : "false") : wrong(value)
        case .int(let number): written(number) ?? wrong(value)
        case .float(let number): written(number) ?? wrong(value)
        case .string(let text), .html(let text), .url(let text): "vsxXq".contains(letter) ? padded(written(text: text)) : wrong(value)
        case .time(let time):
            takesText ? padded(written(text: GoTimeFormat.text(time, GoTimeFormat.printed))) : wrong(value)
        case .duration(let nanoseconds):
            takesText ? padded(written(text: GoTimeFormat.text(duration: nanoseconds))) : written(Int(nanoseconds)) ?? wrong(value)
        case .list, .map, .dictionary, .object: ""
        }
    }

    /// A value that the letter is not for, written with the other flags.
    private func wrong(_ value: TemplateValue) -> String { "%!\(letter)(\(value.typeName)=\(general.written(value)))" }

    /// The same for any value.
    var general: FormatVerb {
        var verb = self
        (verb.letter, verb.isAlternate) = ("v", false)
        return verb
    }

    // MARK: Text

    func written(text: String) -> String {
        switch letter {
        case "x", "X": return hexadecimal(text)
        case "q":
            if isAlternate, !text.unicodeScalars.contains(where: { $0 == "`" || ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7f }) { return "`\(cut(text))`" }
            return hasSign ? Self.inASCII(cut(text).goQuoted) : cut(text).goQuoted
        default: return isGoSyntax ? text.goQuoted : cut(text)
        }
    }

    private static func inASCII(_ quoted: String) -> String {
        var text = ""
        for scalar in quoted.unicodeScalars {
            let hex = String(scalar.value, radix: 16)
            switch scalar.value {
            case ..<0x80: text.unicodeScalars.append(scalar)
            case ..<0x10000: text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
            }
        }
        return text
    }

    private func cut(_ text: String) -> String {
        guard let precision else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
    }

    private func hexadecimal(_ text: String) -> String {
        let bytes = text.utf8.prefix(precision ?? .max).map { byte in
            let digits = String(byte, radix: 16, uppercase: letter == "X")
            return digits.count < 2 ? "0" + digits : digits
        }
        let sign = isAlternate ? (letter == "X" ? "0X" : "0x") : ""
        if hasSpace { return bytes.map { sign + $0 }.joined(separator: " ") }
        return bytes.isEmpty ? "" : sign + bytes.joined()
    }

    // MARK: Integers

    private func written(_ number: Int) -> String? {
        switch letter {
        case "v", "d": return integer(number, radix: 10, sign: "")
        case "b": return integer(number, radix: 2, sign: isAlternate ? "0b" : "")
        case "o": return integer(number, radix: 8, sign: isAlternate ? "0" : "")
        case "O": return integer(number, radix: 8, sign: "0o")
        case "x", "X": return integer(number, radix: 16, sign: isAlternate ? (letter == "X" ? "0X" : "0x") : "")
        case "c": return padded(String(Character(UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{fffd}")))
        case "q": return padded(String.goQuoted(UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{fffd}"))
        case "U":
            let hex = String(UInt64(bitPattern: Int64(number)), radix: 16, uppercase: true)
            let text = "U+" + String(repeating: "0", count: max(0, max(4, precision ?? 4) - hex.count)) + hex
            guard isAlternate, let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else { return padded(text) }
            return padded(text + " '\(Character(scalar))'")
        default: return nil
        }
    }

    private func integer(_ number: Int, radix: Int, sign base: String) -> String {
        var digits = String(number.magnitude, radix: radix, uppercase: letter == "X")
        if let precision {
            if precision == 0, number == 0 { return FormatVerb(width: width).padded("") }
            digits = String(repeating: "0", count: max(0, precision - digits.count)) + digits
        }
        let sign = signed(number < 0)
        if hasZeros, !isLeftAligned, precision == nil, let width {
            digits = String(repeating: "0", count: max(0, width - digits.count - sign.count)) + digits
        }
        return padded(sign + base + digits, withZeros: false)
    }

    private func signed(_ isNegative: Bool) -> String { isNegative ? "-" : hasSign ? "+" : hasSpace ? " " : "" }

    // MARK: Floating point numbers

    private func written(_ number: Double) -> String? {
        let text: String
        switch letter {
        case "e", "E", "f", "F":
            text = GoNumberText.rounded(number, format: letter == "e" || letter == "E" ? "e" : "f", precision: precision ?? 6, keepsZeros: isAlternate)
        case "v", "g", "G": text = precision.map { rounded(number, $0) } ?? GoNumberText.shortest(number)
        default: return nil
        }
        return aligned(letter == "E" || letter == "G" ? text.uppercased() : text, number)
    }

    private func rounded(_ number: Double, _ precision: Int) -> String {
        GoNumberText.rounded(number, format: "g", precision: precision, keepsZeros: isAlternate)
    }

    /// With its sign, and zeros between sign and digits where asked for; infinities are never filled with zeros.
    private func aligned(_ text: String, _ number: Double) -> String {
        let special = GoNumberText.special(number) != nil
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let sign = number == .infinity && !hasSpace ? "+" : signed(text.hasPrefix("-"))
        if hasZeros, !isLeftAligned, !special, let width {
            return sign + String(repeating: "0", count: max(0, width - digits.count - sign.count)) + digits
        }
        return padded(sign + digits, withZeros: false)
    }

    // MARK: Width

    func padded(_ text: String, withZeros: Bool = true) -> String {
        guard let width else { return text }
        let missing = width - text.unicodeScalars.count
        if missing <= 0 { return text }
        if isLeftAligned { return text + String(repeating: " ", count: missing) }
        return String(repeating: withZeros && hasZeros ? "0" : " ", count: missing) + text
    }
}
