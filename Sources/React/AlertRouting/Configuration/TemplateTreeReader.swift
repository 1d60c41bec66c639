internal import ConfigurationText
internal import Yams

/// Reads any YAML as a tree of templates.
enum TemplateTreeReader {
    static let depthMax = 32

    static func read(_ node: Node, depth: Int = 1) throws(ConfigurationFault) -> TemplateTree {
        guard depth <= depthMax else { throw YAMLFields.failure("nested more than \(depthMax) deep", node) }
        switch node {
        case .scalar(let scalar): return scalar.style == .plain ? plain(node, scalar.string) : .text(scalar.string)
        case .sequence(let sequence):
            var list: [TemplateTree] = []
            for item in sequence { list.append(try read(item, depth: depth + 1)) }
            return .list(list)
        case .mapping(let mapping):
            var entries: [TemplateTree.Entry] = []
            for (key, value) in mapping {
                guard let name = key.string else { throw YAMLFields.failure("a key must be text", key) }
                entries.append(TemplateTree.Entry(name, try read(value, depth: depth + 1)))
            }
            return .map(entries)
        case .alias: throw YAMLFields.failure("an alias without an anchor", node)
        }
    }

    private static func plain(_ node: Node, _ text: String) -> TemplateTree {
        if ["", "~", "null", "Null", "NULL"].contains(text) { return .literal("null") }
        if let number = node.int { return .literal(String(number)) }
        if let bool = node.bool { return .literal(bool ? "true" : "false") }
        if let number = node.float, number.isFinite { return .literal(number.description) }
        return .text(text)
    }
}
