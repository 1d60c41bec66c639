internal import GatewayModel
internal import Yams

/// The reading of one file: its groups, and what is found wrong on the way.
struct RuleFileReading {
    let options: RuleFileReader
    let source: SourceText
    var problems = ProblemList()
    private var ruleCount = 0

    init(options: RuleFileReader, source: SourceText) {
        self.options = options
        self.source = source
    }

    mutating func groups(_ root: Node) -> [RuleGroup] {
        if root.isNull { return [] }
        guard var fields = CheckedMapping(root, "the file", &problems) else { return [] }
        if !options.ignoresUnknownFields, let kind = ForeignRuleFile(fields) {
            problems.add(kind.message, at: root)
            return []
        }
        var groups: [RuleGroup] = []
        var names: Set<String> = []
        for node in fields.list("groups", &problems) {
            guard let group = group(node) else { continue }
            if !names.insert(group.name).inserted { problems.add("groupname: \(group.name.goQuoted) is repeated in the same file", at: node) }
            groups.append(group)
        }
        finish(fields, "a file of rules")
        return groups
    }

    private mutating func group(_ node: Node) -> RuleGroup? {
        guard var fields = CheckedMapping(node, "a group", &problems) else { return nil }
        let name = fields.text("name", &problems)?.text ?? ""
        if name.isEmpty { problems.add("the group must have a name", at: node) }
        var group = RuleGroup(name: name)
        group.interval = fields.duration("interval", &problems).flatMap { $0 == 0 ? nil : $0 }
        group.queryOffset = fields.duration("query_offset", &problems)
        group.limit = fields.integer("limit", &problems) ?? 0
        group.labels = labels(fields.pairs("labels", &problems))
        problems.group = name
        for (index, node) in fields.list("rules", &problems).enumerated() {
            ruleCount += 1
            guard ruleCount <= options.rulesMax else {
                problems.add("the file has more than \(options.rulesMax) rules", at: node)
                break
            }
            problems.rule = index + 1
            if let rule = rule(node, group.labels) { group.rules.append(rule) }
            problems.rule = nil
            problems.ruleName = nil
        }
        problems.group = nil
        finish(fields, "a group")
        return group
    }

    mutating func finish(_ fields: CheckedMapping, _ subject: String) {
        if !options.ignoresUnknownFields { fields.finish(subject, &problems) }
    }

    /// The labels of a group or a rule, sorted.
    mutating func labels(_ pairs: [(name: String, value: String, node: Node)]) -> [SeriesLabel] {
        for pair in pairs where !options.names.isLabelName(pair.name) || pair.name == SeriesLabels.metricName {
            problems.add("invalid label name: \(pair.name)", at: pair.node)
        }
        return pairs.map { SeriesLabel($0.name, $0.value) }.sortedByName
    }
}

extension [SeriesLabel] {
    var sortedByName: [SeriesLabel] { sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }

    /// These with others over them.
    func overlaid(by others: [SeriesLabel]) -> [SeriesLabel] {
        let names = Set(others.map(\.name))
        return (filter { !names.contains($0.name) } + others).sortedByName
    }
}

extension RuleFileReader.NameScheme {
    func isLabelName(_ name: String) -> Bool {
        switch self {
        case .utf8: !name.isEmpty
        case .legacy: Self.isIdentifier(name, allowsColons: false)
        }
    }

    func isMetricName(_ name: String) -> Bool {
        switch self {
        case .utf8: !name.isEmpty
        case .legacy: Self.isIdentifier(name, allowsColons: true)
        }
    }

    private static func isIdentifier(_ name: String, allowsColons: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || allowsColons && $0 == ":") }
    }
}
