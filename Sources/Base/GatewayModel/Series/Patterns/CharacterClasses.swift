/// The named sets of characters of RE2's syntax: `\d`, `[[:alpha:]]`, `\p{Lu}`.
///
/// Unicode's general categories are there, its scripts (`\p{Greek}`) are not.
enum CharacterClasses {
    /// `\d`, `\s`, `\w` and their opposites; nil for other letters. They know ASCII only.
    static func perl(_ letter: UInt8) -> CharacterRanges? {
        let (ranges, lower): ([ClosedRange<UInt32>], UInt8)
        switch letter | 0x20 {
        case UInt8(ascii: "d"): (ranges, lower) = ([0x30...0x39], UInt8(ascii: "d"))
        case UInt8(ascii: "s"): (ranges, lower) = ([0x09...0x0a, 0x0c...0x0d, 0x20...0x20], UInt8(ascii: "s"))
        case UInt8(ascii: "w"): (ranges, lower) = (wordRanges, UInt8(ascii: "w"))
        default: return nil
        }
        let set = CharacterRanges(ranges)
        return letter == lower ? set : set.inverted
    }

    static let wordRanges: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]

    /// The class of a name within `[: :]`.
    static func posix(_ name: Substring) -> CharacterRanges? {
        let ranges: [ClosedRange<UInt32>]
        switch name {
        case "alnum": ranges = [0x30...0x39, 0x41...0x5a, 0x61...0x7a]
        case "alpha": ranges = [0x41...0x5a, 0x61...0x7a]
        case "ascii": ranges = [0...0x7f]
        case "blank": ranges = [0x09...0x09, 0x20...0x20]
        case "cntrl": ranges = [0...0x1f, 0x7f...0x7f]
        case "digit": ranges = [0x30...0x39]
        case "graph": ranges = [0x21...0x7e]
        case "lower": ranges = [0x61...0x7a]
        case "print": ranges = [0x20...0x7e]
        case "punct": ranges = [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e]
        case "space": ranges = [0x09...0x0d, 0x20...0x20]
        case "upper": ranges = [0x41...0x5a]
        case "word": ranges = wordRanges
        case "xdigit": ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
        default: return nil
        }
        return CharacterRanges(ranges)
    }

    /// A general category (`Lu`), or all that start with a letter (`L`); `Any` for everything.
    static func unicode(_ name: Substring) -> CharacterRanges? {
        if name == "Any" { return .all }
        let ranges = categories.filter { $0.key == name || (name.count == 1 && $0.key.first == name.first) }.flatMap(\.value)
        return ranges.isEmpty ? nil : CharacterRanges(ranges)
    }

    /// The ranges of each category. Found once by asking for each character, since the standard library has no table of them.
    private static let categories: [String: [ClosedRange<UInt32>]] = {
        // The planes between are not assigned, and private use is known.
        let assigned: [ClosedRange<UInt32>] = [0...0xd7ff, 0xe000...0x323af, 0xe0000...0xe01ef]
        var categories: [String: [ClosedRange<UInt32>]] = ["Co": [0xf0000...0xffffd, 0x100000...0x10fffd]]
        for block in assigned {
            var start = block.lowerBound
            var current: String?
            for value in block {
                let name = Unicode.Scalar(value).flatMap { abbreviation($0.properties.generalCategory) }
                if name == current { continue }
                if let current, value > start { categories[current, default: []].append(start...value - 1) }
                (start, current) = (value, name)
            }
            if let current { categories[current, default: []].append(start...block.upperBound) }
        }
        return categories
    }()

    /// nil for what is not assigned, which has no class in Go.
    private static func abbreviation(_ category: Unicode.GeneralCategory) -> String? {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: nil
        @unknown default: nil
        }
    }
}
