internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// A mapping that is read key by key, as Go's YAML library reads one into a struct: what is wrong is added to a list and reading goes on.
///
/// Merge keys (`<<: *other`) bring their pairs unless the mapping has the key itself. Values that are `null` count as not written.
struct CheckedMapping {
    let node: Node
    private var values: [String: (key: Node, value: Node)] = [:]
    private var order: [String] = []
    private var known: Set<String> = []

    /// - Parameter subject: how messages name the mapping: `a rule`.
    /// - Returns: nil when the node is no mapping, which has been told.
    init?(_ node: Node, _ subject: String, _ problems: inout ProblemList) {
        guard case .mapping(let mapping) = node else {
            problems.add("\(subject) must be a mapping of keys, not \(node.kindText)", at: node)
            return nil
        }
        self.node = node
        add(mapping, isMerged: false, depth: 0, &problems)
    }

    /// The same, where nothing counts as a mapping without keys.
    init?(orEmpty node: Node, _ subject: String, _ problems: inout ProblemList) {
        self.init(node.isNull ? Node.mapping(Node.Mapping([], .implicit, .any, node.mark)) : node, subject, &problems)
    }

    /// How deep mappings may be merged into one another: every level doubles what a file of a few lines can hold.
    private static let mergesMax = 16

    private mutating func add(_ mapping: Node.Mapping, isMerged: Bool, depth: Int, _ problems: inout ProblemList) {
        var merges: [Node] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                problems.add("a key must be text", at: key)
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merges.append(value)
            } else if values[scalar.string] == nil {
                values[scalar.string] = (key, value)
                order.append(scalar.string)
            } else if !isMerged {
                problems.add("mapping key \(scalar.string.goQuoted) is already defined", at: key)
            }
        }
        for merge in merges { addMerged(merge, depth: depth + 1, &problems) }
    }

    private mutating func addMerged(_ node: Node, depth: Int, _ problems: inout ProblemList) {
        guard depth <= Self.mergesMax else { return problems.add("mappings are merged more than \(Self.mergesMax) levels deep", at: node) }
        switch node {
        case .mapping(let mapping): add(mapping, isMerged: true, depth: depth, &problems)
        case .sequence(let sequence) where sequence.allSatisfy({ if case .mapping = $0 { true } else { false } }):
            for one in sequence { addMerged(one, depth: depth, &problems) }
        default: problems.add("map merge requires map or sequence of maps as the value", at: node)
        }
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    /// The node of a key; nil when there is none or it is `null`.
    mutating func take(_ key: String) -> Node? {
        known.insert(key)
        guard let value = values[key]?.value, !value.isNull else { return nil }
        return value
    }

    /// A scalar as it is written, whatever its type.
    mutating func text(_ key: String, _ problems: inout ProblemList) -> (text: String, node: Node)? {
        guard let value = take(key) else { return nil }
        guard case .scalar(let scalar) = value else {
            problems.add("\(key) must be text, not \(value.kindText)", at: value)
            return nil
        }
        return (scalar.string, value)
    }

    /// Milliseconds.
    mutating func duration(_ key: String, _ problems: inout ProblemList) -> Int64? {
        guard let (text, node) = text(key, &problems) else { return nil }
        do throws(DurationTextError) { return try DurationText.milliseconds(text) } catch {
            problems.add("\(key): \(error.message)", at: node)
            return nil
        }
    }

    /// A whole number; fractions are cut off, as Go's library does.
    mutating func integer(_ key: String, _ problems: inout ProblemList) -> Int? {
        guard let (text, node) = text(key, &problems) else { return nil }
        if case .scalar(let scalar) = node, scalar.style == .plain, let number = YAMLInteger.of(text) { return number }
        problems.add("\(key) must be a whole number, not \(text.goQuoted)", at: node)
        return nil
    }

    /// A number with or without a fraction; `.inf` and `.nan` are YAML's.
    mutating func number(_ key: String, _ problems: inout ProblemList) -> Double? {
        guard let (text, node) = text(key, &problems) else { return nil }
        if case .scalar(let scalar) = node, scalar.style == .plain, let number = YAMLNumber.of(text) { return number }
        problems.add("\(key) must be a number, not \(text.goQuoted)", at: node)
        return nil
    }

    mutating func bool(_ key: String, _ problems: inout ProblemList) -> Bool {
        guard let (text, node) = text(key, &problems) else { return false }
        switch text.lowercased() {
        case "true", "yes", "on", "y": return true
        case "false", "no", "off", "n": return false
        default:
            problems.add("\(key) must be true or false, not \(text.goQuoted)", at: node)
            return false
        }
    }

    /// The elements of a list, those that are `null` only where they mean something.
    mutating func list(_ key: String, _ problems: inout ProblemList, keepsNull: Bool = false) -> [Node] {
        guard let value = take(key) else { return [] }
        guard case .sequence(let sequence) = value else {
            problems.add("\(key) must be a list, not \(value.kindText)", at: value)
            return []
        }
        return sequence.filter { keepsNull || !$0.isNull }
    }

    mutating func texts(_ key: String, _ problems: inout ProblemList) -> [String] {
        var texts: [String] = []
        for node in list(key, &problems) {
            if case .scalar(let scalar) = node { texts.append(scalar.string) } else { problems.add("\(key) must be a list of texts", at: node) }
        }
        return texts
    }

    /// A mapping of texts, in the order of the file; `null` is an empty text.
    mutating func pairs(_ key: String, _ problems: inout ProblemList) -> [(name: String, value: String, node: Node)] {
        guard let value = take(key), let mapping = CheckedMapping(value, key, &problems) else { return [] }
        var pairs: [(name: String, value: String, node: Node)] = []
        for name in mapping.order {
            guard let entry = mapping.values[name] else { continue }
            if entry.value.isNull {
                pairs.append((name, "", entry.key))
            } else if case .scalar(let scalar) = entry.value {
                pairs.append((name, scalar.string, entry.key))
            } else {
                problems.add("\(key) must be a mapping of texts; \(name) is \(entry.value.kindText)", at: entry.value)
            }
        }
        return pairs
    }

    /// Adds the keys that nobody asked for: they are misspelt, or of another program.
    ///
    /// - Parameter subject: where they are not found: `a rule`.
    func finish(_ subject: String, _ problems: inout ProblemList) {
        for name in order where !known.contains(name) {
            let nearest = known.min { (NameDistance.between($0, name), $0) < (NameDistance.between($1, name), $1) }
            let hint = nearest.flatMap { NameDistance.between($0, name) <= max(2, name.count / 3) ? "; did you mean \($0)?" : nil } ?? ""
            problems.add("field \(name) not found in \(subject)\(hint)", at: values[name]?.key)
        }
    }
}

extension Node {
    /// Whether this is YAML's nothing: `null`, `~`, or no text at all.
    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string) && scalar.tag.description != Tag.Name.str.rawValue
    }

    var kindText: String {
        switch self {
        case .scalar(let scalar): scalar.string.prefix(40).description.goQuoted
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

/// Numbers as YAML 1.1 writes them.
enum YAMLNumber {
    static func of(_ text: String) -> Double? {
        switch text.lowercased() {
        case ".inf", "+.inf": return .infinity
        case "-.inf": return -.infinity
        case ".nan": return .nan
        default: break
        }
        // Swift would also read `inf`, `nan` and hexadecimal fractions.
        let isDecimal = text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) || "+-.eE_".unicodeScalars.contains($0) }
        return isDecimal ? Double(text.replacing("_", with: "")) : YAMLInteger.of(text).map(Double.init)
    }
}

/// Whole numbers as YAML 1.1 writes them: `10`, `1_000`, `0x1f`, `0o17`, `0b11`; a number with a fraction loses it.
enum YAMLInteger {
    static func of(_ text: String) -> Int? {
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { $0 == "-" || $0 == "+" }.replacing("_", with: "")
        guard text.count - digits.count <= 1 + text.count(where: { $0 == "_" }) else { return nil }
        let bases: [(prefix: String, radix: Int)] = [("0x", 16), ("0o", 8), ("0b", 2)]
        for (prefix, radix) in bases where digits.hasPrefix(prefix) {
            return Int(digits.dropFirst(2), radix: radix).map { isNegative ? -$0 : $0 }
        }
        guard digits.first.map({ $0.isASCII && ($0.isNumber || $0 == ".") }) ?? false else { return nil }
        if digits.count > 1, digits.hasPrefix("0"), let octal = Int(digits, radix: 8) { return isNegative ? -octal : octal }
        if let whole = Int(digits) { return isNegative ? -whole : whole }
        return Double(digits).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { isNegative ? -$0 : $0 }
    }
}
