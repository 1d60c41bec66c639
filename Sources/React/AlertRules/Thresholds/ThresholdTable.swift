package import ConfigurationText
internal import ByteCoding
internal import GatewayModel
package import PromQL
internal import Yams

/// The numbers that decide alerts, by the alerts' names: those that come with the shipped rules, or an operator's own.
///
///     thresholds:
///       LLMGatewayHighErrorRate: {limit: 0.1, unit: ratio, meaning: "Failed requests of all"}
///       LLMGatewayHighTTFT: 8                        # the short form
///       'gateway:request_capacity:rate': 250         # a recording rule that holds a figure
package struct ThresholdTable: Sendable {
    /// One line of the table.
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let limit: Double
        /// Both empty in the short form.
        package let unit: String
        package let meaning: String
        /// Of its name in the file; from 1.
        package let line: Int
        package let column: Int
    }

    /// In the order of the file.
    package let entries: [Entry]
    private let places: [String: Int]

    /// Names of a file at most: ten times the shipped rules.
    package static let entriesMax = 1_000
    /// Bytes of a file at most.
    package static let bytesMax = 1 << 20

    package init(entries: [Entry]) {
        self.entries = entries
        places = Dictionary(entries.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a file; nothing in it is an empty table.
    ///
    /// - Throws: the first thing that is wrong, with its place.
    package static func read(_ text: String) throws(ConfigurationFault) -> ThresholdTable {
        guard text.utf8.count <= bytesMax else { throw ConfigurationFault("a file of thresholds has at most \(bytesMax) bytes") }
        guard let root = try YAMLDocument.compose(text) else { return ThresholdTable(entries: []) }
        var top = try YAMLFields(root, path: "")
        guard let node = top.take("thresholds") else {
            try top.finish()
            return ThresholdTable(entries: [])
        }
        try top.finish()
        guard case .mapping(let mapping) = node else { throw YAMLFields.failure("thresholds must be a mapping of alert names to numbers", node) }
        guard mapping.count <= entriesMax else { throw YAMLFields.failure("thresholds has at most \(entriesMax) names", node) }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard let name = key.string, !name.isEmpty else { throw YAMLFields.failure("a name must be text", key) }
            entries.append(try entry(name, key, value))
        }
        return ThresholdTable(entries: entries)
    }

    private static func entry(_ name: String, _ key: Node, _ value: Node) throws(ConfigurationFault) -> Entry {
        let (line, column) = (key.mark?.line ?? 0, key.mark?.column ?? 0)
        if case .scalar = value { return Entry(name: name, limit: try number(value, name), unit: "", meaning: "", line: line, column: column) }
        var fields = try YAMLFields(value, path: "thresholds.\(name)")
        guard let limit = fields.take("limit") else { throw fields.failure("\(name) has no limit") }
        let entry = Entry(
            name: name, limit: try number(limit, name), unit: try fields.text("unit", default: ""), meaning: try fields.text("meaning", default: ""), line: line, column: column)
        fields.ignore(["requirement"])
        try fields.finish()
        return entry
    }

    private static func number(_ node: Node, _ name: String) throws(ConfigurationFault) -> Double {
        guard case .scalar(let scalar) = node, let number = Double(scalar.string), number.isFinite else {
            throw YAMLFields.failure("the threshold of \(name) must be a number", node)
        }
        return number
    }

    // MARK: Use

    package subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

    /// The file with this table's numbers in its rules; rules that the table does not name stay as they are.
    package func applied(to file: RuleFile) -> RuleFile {
        var file = file
        for group in file.groups.indices {
            for rule in file.groups[group].rules.indices {
                guard let entry = self[file.groups[group].rules[rule].name] else { continue }
                file.groups[group].rules[rule] = Self.rule(file.groups[group].rules[rule], with: entry.limit)
            }
        }
        return file
    }

    /// What is wrong with this table for these rules: names that no rule has, and rules that have no number. One sentence each, with the place.
    package func faults(for files: [RuleFile]) -> [String] {
        let rules = Dictionary(files.flatMap(\.groups).flatMap(\.rules).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return entries.compactMap { entry in
            let place = "line \(entry.line), column \(entry.column): "
            guard let rule = rules[entry.name] else {
                let nearest = rules.keys.min { (NameDistance.between($0, entry.name), $0) < (NameDistance.between($1, entry.name), $1) }
                return place + "no shipped rule is called \(entry.name)" + (nearest.map { "; the nearest is \($0)" } ?? "")
            }
            return Self.range(in: rule) == nil ? place + "\(entry.name) does not end in a comparison with a number" : nil
        }
    }

    private static func range(in rule: Rule) -> SourceRange? {
        switch rule.kind {
        case .alerting: ThresholdSearch.threshold(of: rule.expression)?.range
        case .recording: ConstantNumber(rule.expression)?.range
        }
    }

    /// The rule with another number; as it was when it has none.
    private static func rule(_ rule: Rule, with limit: Double) -> Rule {
        let text: String
        switch rule.kind {
        case .alerting:
            guard let found = ThresholdSearch.threshold(of: rule.expression), found.threshold.limit != limit else { return rule }
            text = ThresholdSearch.replacing(found, with: limit, in: rule.text)
        case .recording:
            guard let constant = ConstantNumber(rule.expression), constant.value != limit else { return rule }
            text = "vector(\(PrometheusNumber.of(limit, .general)))"
        }
        // What replaces a number by a number can be read; should it not, the rule stays in force as it came.
        guard let expression = try? PromQLParser.parse(text) else { return rule }
        var changed = rule
        (changed.text, changed.expression) = (text, expression)
        return changed
    }
}
