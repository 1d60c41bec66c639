package import Yams

/// A file of YAML as nodes that know their places.
package enum YAMLDocument {
    /// - Returns: nil when there is nothing in the text.
    /// - Throws: where the text is no YAML, with the place.
    package static func compose(_ yaml: String) throws(ConfigurationFault) -> Node? {
        do { return try Yams.compose(yaml: yaml) } catch { throw fault(error) }
    }

    /// The first document of a text, whatever follows it.
    ///
    /// - Returns: nil as the root when there is nothing in the text.
    /// - Throws: where the first document is no YAML, with the place.
    package static func composeFirst(_ yaml: String) throws(ConfigurationFault) -> (root: Node?, isFollowed: Bool) {
        let parser: Parser
        let root: Node?
        do {
            parser = try Parser(yaml: yaml)
            root = try parser.nextRoot()
        } catch { throw fault(error) }
        // What cannot be read after the first document follows it too.
        do { return (root, root == nil ? false : try parser.nextRoot() != nil) } catch { return (root, true) }
    }

    /// All documents of a text.
    ///
    /// - Throws: where the text is no YAML, and when it has more documents.
    package static func composeAll(_ yaml: String, documentsMax: Int) throws(ConfigurationFault) -> [Node] {
        var roots: [Node] = []
        do {
            let parser = try Parser(yaml: yaml)
            while let root = try parser.nextRoot() {
                guard roots.count < documentsMax else { break }
                roots.append(root)
            }
            if roots.count < documentsMax { return roots }
        } catch { throw fault(error) }
        throw ConfigurationFault("the text has \(documentsMax) documents or more")
    }

    private static func fault(_ error: any Error) -> ConfigurationFault {
        guard let error = error as? YamlError else { return ConfigurationFault("not YAML: \(error)") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            return ConfigurationFault("not YAML: \(problem)", line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let keys, let context):
            return ConfigurationFault("keys are there twice: \(keys.sorted().joined(separator: ", "))", line: context.mark.line, column: context.mark.column)
        default: return ConfigurationFault("not YAML: \(error)")
        }
    }
}
