/// Reads regular expressions in RE2's syntax, with Perl's extensions, and refuses what Go refuses in Go's words.
///
/// As in Prometheus a dot matches newlines too, unless it is told otherwise. Source: https://pkg.go.dev/regexp/syntax.
struct PatternParser {
    /// Groups within groups. Reading and translating recurse; Go's own limit is 1,000.
    static let groupsNestedMax = 250
    /// The largest count in braces, which is Go's, and of nested counts the largest product.
    static let repetitionsMax = 1000

    private struct Flags {
        var foldsCase = false
        var isMultiline = false
        var dotMatchesNewline = true
        var isLazy = false
    }

    let bytes: [UInt8]
    var position = 0
    private var flags = Flags()
    var foldsCase: Bool { flags.foldsCase }
    private var groupsOpen = 0
    /// Names of the groups that are remembered; the first is for the whole.
    private(set) var captureNames: [String?] = [nil]

    private init(_ text: String, dotMatchesNewline: Bool) {
        bytes = Array(text.utf8)
        flags.dotMatchesNewline = dotMatchesNewline
    }

    /// - Returns: the tree, and the names of the groups, that of the whole first.
    static func parse(_ text: String, dotMatchesNewline: Bool = true) throws(LabelPatternError) -> (tree: PatternNode, captureNames: [String?]) {
        var parser = PatternParser(text, dotMatchesNewline: dotMatchesNewline)
        let tree = try parser.parseAlternatives()
        if parser.position < parser.bytes.count { throw parser.error("unexpected )", 0, parser.bytes.count) }
        return (tree, parser.captureNames)
    }

    /// Up to the end of the group.
    private mutating func parseAlternatives() throws(LabelPatternError) -> PatternNode {
        var alternatives = [try parseSequence()]
        while take("|") { alternatives.append(try parseSequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func parseSequence() throws(LabelPatternError) -> PatternNode {
        var parts: [PatternNode] = []
        // Where the operator starts that repeats the last part.
        var repetition: Int?
        while let byte = peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let start = position
            if let (least, most) = try takeRepetition() {
                try wrapLast(of: &parts, least, most, from: start, after: repetition)
                repetition = start
            } else {
                if let part = try parsePart(byte) { parts.append(contentsOf: part) }
                repetition = nil
            }
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// Puts the last part under a repetition, whose operator has been taken but for the sign of laziness.
    private mutating func wrapLast(of parts: inout [PatternNode], _ least: Int, _ most: Int?, from start: Int, after earlier: Int?) throws(LabelPatternError) {
        let isLazy = take("?") != flags.isLazy
        if let earlier { throw error("invalid nested repetition operator", earlier, position) }
        guard let last = parts.popLast() else { throw error("missing argument to repetition operator", start, position) }
        let node = PatternNode.repetition(last, least: least, most: most, isGreedy: !isLazy)
        if least >= 2 || (most ?? 0) >= 2, !Self.isWithinLimit(node, Self.repetitionsMax) { throw error("invalid repeat count", start, position) }
        parts.append(node)
    }

    /// Whether nested counts multiply to no more than the limit.
    private static func isWithinLimit(_ node: PatternNode, _ limit: Int) -> Bool {
        switch node {
        case .empty, .assertion, .characters: return true
        case .sequence(let parts), .alternatives(let parts): return parts.allSatisfy { isWithinLimit($0, limit) }
        case .capture(let inner, _): return isWithinLimit(inner, limit)
        case .repetition(let inner, let least, let most, _):
            let isCounted = !(most == nil && least <= 1) && !(least == 0 && most == 1)
            guard isCounted else { return isWithinLimit(inner, limit) }
            let count = most ?? least
            if count == 0 { return true }
            return count <= limit && isWithinLimit(inner, limit / count)
        }
    }

    /// Takes `*`, `+`, `?` or a count in braces; nil when there is none. Braces that hold no count are plain characters.
    private mutating func takeRepetition() throws(LabelPatternError) -> (least: Int, most: Int?)? {
        let start = position
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{"), let least = takeCount() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = peek() == UInt8(ascii: "}") ? nil : takeCount() ?? -1 }
        guard most != -1, take("}") else {
            position = start
            return nil
        }
        let tooMany = least > Self.repetitionsMax || (most ?? 0) > Self.repetitionsMax
        if tooMany || (most ?? least) < least { throw error("invalid repeat count", start, position) }
        return (least, most)
    }

    /// Digits without a leading zero; a large number stands for all too large ones.
    private mutating func takeCount() -> Int? {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        let digits = bytes[start..<position]
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else { return nil }
        return digits.count > 8 ? 100_000_000 : digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    // MARK: Parts

    /// A character, a set, an assertion or a group; nil for one that only sets flags. Quoted text is several parts.
    private mutating func parsePart(_ byte: UInt8) throws(LabelPatternError) -> [PatternNode]? {
        switch byte {
        case UInt8(ascii: "("): return try parseGroup().map { [$0] }
        case UInt8(ascii: "["): return [.characters(try parseSet())]
        case UInt8(ascii: "\\"): return try parseEscape()
        case UInt8(ascii: "^"):
            position += 1
            return [.assertion(flags.isMultiline ? .lineStart : .textStart)]
        case UInt8(ascii: "$"):
            position += 1
            return [.assertion(flags.isMultiline ? .lineEnd : .textEnd)]
        case UInt8(ascii: "."):
            position += 1
            return [.characters(flags.dotMatchesNewline ? .all : .allButNewline)]
        default: return [character(takeScalar())]
        }
    }

    func character(_ scalar: Unicode.Scalar) -> PatternNode {
        let set = CharacterRanges(scalar)
        return .characters(flags.foldsCase ? set.caseFolded : set)
    }

    private mutating func parseGroup() throws(LabelPatternError) -> PatternNode? {
        let start = position
        let outer = flags
        position += 1
        var capture: Int?
        if peek() == UInt8(ascii: "?") {
            switch try parseGroupKind(from: start) {
            case .flagsOnly: return nil
            case .plain: break
            case .named(let name):
                capture = captureNames.count
                captureNames.append(name)
            }
        } else {
            capture = captureNames.count
            captureNames.append(nil)
        }
        groupsOpen += 1
        defer { groupsOpen -= 1 }
        if groupsOpen > Self.groupsNestedMax { throw error("expression nests too deeply", 0, bytes.count) }
        let inner = try parseAlternatives()
        if !take(")") { throw error("missing closing )", 0, bytes.count) }
        flags = outer
        return capture.map { .capture(inner, $0) } ?? inner
    }

    private enum GroupKind {
        case plain, flagsOnly
        case named(String)
    }

    /// What stands between `(` and the group's content; the question mark is at hand.
    private mutating func parseGroupKind(from start: Int) throws(LabelPatternError) -> GroupKind {
        position += 1
        let nameStart = peek() == UInt8(ascii: "<") ? position + 1 : peek() == UInt8(ascii: "P") && peek(1) == UInt8(ascii: "<") ? position + 2 : nil
        if let nameStart, nameStart < bytes.count {
            guard let end = bytes[nameStart...].firstIndex(of: UInt8(ascii: ">")) else { throw error("invalid named capture", start, bytes.count) }
            let name = String(decoding: bytes[nameStart..<end], as: UTF8.self)
            guard !name.isEmpty, name.unicodeScalars.allSatisfy({ scalar in CharacterClasses.wordRanges.contains { $0.contains(scalar.value) } }) else {
                throw error("invalid named capture", start, end + 1)
            }
            position = end + 1
            return .named(name)
        }
        return try parseFlags(from: start)
    }

    /// Flags up to a colon, or up to the parenthesis when they hold for the rest of the group around.
    private mutating func parseFlags(from start: Int) throws(LabelPatternError) -> GroupKind {
        var new = flags
        var value = true
        // After a minus there must be a flag.
        var isComplete = true
        while position < bytes.count {
            switch takeScalar() {
            case "i": new.foldsCase = value
            case "m": new.isMultiline = value
            case "s": new.dotMatchesNewline = value
            case "U": new.isLazy = value
            case "-" where value:
                value = false
                isComplete = false
                continue
            case ":" where isComplete:
                flags = new
                return .plain
            case ")" where isComplete:
                flags = new
                return .flagsOnly
            default: throw error("invalid or unsupported Perl syntax", start, position)
            }
            isComplete = true
        }
        throw error("invalid or unsupported Perl syntax", start, position)
    }

    // MARK: Bytes

    func peek(_ distance: Int = 0) -> UInt8? { position + distance < bytes.count ? bytes[position + distance] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    /// Takes a whole character; there must be one.
    mutating func takeScalar() -> Unicode.Scalar {
        let first = bytes[position]
        let end = min(position + (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4), bytes.count)
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars.first ?? "\u{fffd}"
    }

    func error(_ code: String, _ start: Int, _ end: Int) -> LabelPatternError {
        LabelPatternError(message: "error parsing regexp: \(code): `\(String(decoding: bytes[start..<end], as: UTF8.self))`", offset: start)
    }
}
