internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads the three forms of matchers: `match` (name: value), `match_re` (name: pattern) and `matchers` (a list of texts).
enum MatcherFields {
    /// All of them, in Alertmanager's order, which group keys show.
    static func all(_ fields: inout YAMLFields, match: String, pattern: String, matchers: String) throws(ConfigurationFault) -> [SeriesMatcher] {
        var all = try pairs(&fields, match).map { SeriesMatcher($0.name, equals: $0.value ?? "") }
        for pair in try pairs(&fields, pattern) {
            guard let value = pair.value else { throw YAMLFields.failure("invalid regexp value for \(pair.name.goQuoted)", pair.node) }
            // The pattern in its anchors is what Alertmanager keeps and shows in group keys.
            do { all.append(try SeriesMatcher(pair.name, pattern: "^(?:\(value))$")) } catch { throw YAMLFields.failure(error.message, pair.node) }
        }
        all += try list(&fields, matchers)
        return all.sorted(by: SeriesMatcher.precedes)
    }

    static func list(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> [SeriesMatcher] {
        var all: [SeriesMatcher] = []
        for node in try fields.list(key) {
            guard let text = node.string else { throw YAMLFields.failure("\(key) must be a list of texts", node) }
            do { all += try MatcherReader.matchers(text) } catch { throw YAMLFields.failure(error.message, node) }
        }
        return all
    }

    /// Names of labels in a list.
    static func names(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> [String] {
        let names = try fields.texts(key)
        if names.contains("") { throw fields.failure("invalid label name \"\" in \(key) list", at: key) }
        return names
    }

    private static func pairs(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> [(name: String, value: String?, node: Node)] {
        guard let node = fields.take(key) else { return [] }
        guard case .mapping(let mapping) = node else { throw YAMLFields.failure("\(key) must be a mapping", node) }
        var pairs: [(name: String, value: String?, node: Node)] = []
        for (name, value) in mapping {
            guard let name = name.string, isLabelName(name) else { throw YAMLFields.failure("invalid label name \((name.string ?? "").goQuoted)", name) }
            guard case .scalar(let scalar) = value else { throw YAMLFields.failure("\(key) must be a mapping of texts", value) }
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            pairs.append((name, isNull ? nil : scalar.string, value))
        }
        return pairs
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`: what the older forms allow.
    private static func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            default: false
            }
        }
    }
}

/// Reads a rule of `inhibit_rules`.
enum InhibitRuleReader {
    static func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> InhibitRule {
        let name = try fields.text("name", default: "")
        let source = try MatcherFields.all(&fields, match: "source_match", pattern: "source_match_re", matchers: "source_matchers")
        let target = try MatcherFields.all(&fields, match: "target_match", pattern: "target_match_re", matchers: "target_matchers")
        let equal = try MatcherFields.names(&fields, "equal")
        var sources: [InhibitRule.Source] = []
        for var source in try fields.fieldsList("sources") { sources.append(try readSource(&source, sources.count)) }
        try fields.finish()
        guard sources.isEmpty || source.isEmpty && equal.isEmpty else {
            throw fields.failure("sources cannot be combined with source_match, source_match_re, source_matchers, or equal", at: "sources")
        }
        var rule = InhibitRule(sources: sources.isEmpty ? [InhibitRule.Source(matchers: source, equal: equal)] : sources, targetMatchers: target)
        rule.name = name
        return rule
    }

    private static func readSource(_ fields: inout YAMLFields, _ number: Int) throws(ConfigurationFault) -> InhibitRule.Source {
        let matchers = try MatcherFields.list(&fields, "matchers").sorted(by: SeriesMatcher.precedes)
        guard !matchers.isEmpty else { throw fields.failure("source \(number): matchers must not be empty") }
        guard !matchers.allSatisfy(\.matchesEmpty) else { throw fields.failure("source \(number): at least one matcher must not match the empty string", at: "matchers") }
        let source = InhibitRule.Source(matchers: matchers, equal: try MatcherFields.names(&fields, "equal"))
        try fields.finish()
        return source
    }
}
