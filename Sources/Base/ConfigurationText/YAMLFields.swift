internal import GatewayModel
package import Yams

/// A mapping of a YAML file, read key by key: what was not asked for is an error in the end, so that a misspelt key does not pass as a default.
package struct YAMLFields {
    package let node: Node
    /// Where the mapping stands, as `scrape_configs[0]`.
    package let path: String
    private var entries: [String: (key: Node, value: Node)] = [:]
    private var known: Set<String> = []

    package init(_ node: Node, path: String) throws(ConfigurationFault) {
        guard case .mapping(let mapping) = node else { throw Self.failure("\(path.isEmpty ? "the file" : path) must be a mapping of keys", node) }
        self.node = node
        self.path = path
        for (key, value) in mapping {
            guard let name = key.string else { throw Self.failure("a key must be text", key) }
            entries[name] = (key, value)
        }
    }

    package static func failure(_ message: String, _ node: Node) -> ConfigurationFault {
        ConfigurationFault(message, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }

    package func failure(_ message: String, at key: String? = nil) -> ConfigurationFault { Self.failure(message, key.flatMap { entries[$0]?.value } ?? node) }

    /// The value of a key; nil when the key is not there or empty.
    package mutating func take(_ key: String) -> Node? {
        known.insert(key)
        guard let value = entries[key]?.value else { return nil }
        if case .scalar(let scalar) = value, scalar.style == .plain, ["", "~", "null"].contains(scalar.string) { return nil }
        return value
    }

    package func has(_ key: String) -> Bool { entries[key] != nil }

    /// The keys that are there, sorted.
    package var names: [String] { entries.keys.sorted() }

    package mutating func text(_ key: String) throws(ConfigurationFault) -> String? {
        guard let value = take(key) else { return nil }
        guard case .scalar(let scalar) = value else { throw failure("\(key) must be text", at: key) }
        return scalar.string
    }

    package mutating func text(_ key: String, default standard: String) throws(ConfigurationFault) -> String { try text(key) ?? standard }

    package mutating func bool(_ key: String, default standard: Bool) throws(ConfigurationFault) -> Bool {
        guard let text = try text(key) else { return standard }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw failure("\(key) must be true or false", at: key)
        }
    }

    package mutating func count(_ key: String) throws(ConfigurationFault) -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), number >= 0 else { throw failure("\(key) must be a whole number", at: key) }
        return number
    }

    /// Milliseconds.
    package mutating func duration(_ key: String) throws(ConfigurationFault) -> Int64? {
        guard let text = try text(key) else { return nil }
        guard let duration = try? DurationText.milliseconds(text) else { throw failure("\(key) must be a duration such as 15s or 1m30s", at: key) }
        return duration
    }

    package mutating func list(_ key: String) throws(ConfigurationFault) -> [Node] {
        guard let value = take(key) else { return [] }
        guard case .sequence(let sequence) = value else { throw failure("\(key) must be a list", at: key) }
        return Array(sequence)
    }

    package mutating func texts(_ key: String) throws(ConfigurationFault) -> [String] {
        var texts: [String] = []
        for node in try list(key) {
            guard let text = node.string else { throw Self.failure("\(key) must be a list of texts", node) }
            texts.append(text)
        }
        return texts
    }

    /// A mapping of texts, in the order of the file.
    package mutating func pairs(_ key: String) throws(ConfigurationFault) -> [(name: String, value: String)] {
        guard let value = take(key) else { return [] }
        guard case .mapping(let mapping) = value else { throw failure("\(key) must be a mapping", at: key) }
        var pairs: [(name: String, value: String)] = []
        for (name, value) in mapping {
            guard let name = name.string, let text = value.string else { throw Self.failure("\(key) must be a mapping of texts", value) }
            pairs.append((name, text))
        }
        return pairs
    }

    package mutating func fields(_ key: String) throws(ConfigurationFault) -> YAMLFields? {
        guard let value = take(key) else { return nil }
        return try YAMLFields(value, path: path.isEmpty ? key : path + "." + key)
    }

    package mutating func fieldsList(_ key: String) throws(ConfigurationFault) -> [YAMLFields] {
        var all: [YAMLFields] = []
        for (index, node) in try list(key).enumerated() { all.append(try YAMLFields(node, path: "\(path.isEmpty ? "" : path + ".")\(key)[\(index)]")) }
        return all
    }

    /// Takes keys that mean something to Prometheus and nothing here.
    package mutating func ignore(_ keys: [String]) { known.formUnion(keys) }

    /// Refuses keys that mean something to Prometheus and that are not there yet.
    package func refuse(_ keys: [String], _ reason: String) throws(ConfigurationFault) {
        for key in keys { if let entry = entries[key] { throw Self.failure("not supported: \(key)\(reason.isEmpty ? "" : "; " + reason)", entry.key) } }
    }

    /// Keys that nobody asked for are misspelt.
    package func finish() throws(ConfigurationFault) {
        for (name, entry) in entries.sorted(by: { ($0.value.key.mark?.line ?? 0, $0.key) < ($1.value.key.mark?.line ?? 0, $1.key) }) where !known.contains(name) {
            let nearest = known.min { (NameDistance.between($0, name), $0) < (NameDistance.between($1, name), $1) }
            let hint = nearest.flatMap { NameDistance.between($0, name) <= max(2, name.count / 3) ? "; did you mean \($0)?" : nil } ?? ""
            throw Self.failure("there is no key \(name)\(path.isEmpty ? "" : " in \(path)")\(hint)", entry.key)
        }
    }
}

/// How many letters two names differ by (Levenshtein), for hints.
package enum NameDistance {
    package static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
