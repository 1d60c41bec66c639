package import Yams

/// A file of YAML as nodes that know their places.
package enum YAMLDocument {
    /// - Returns: nil when there is nothing in the text.
    /// - Throws: where the text is no YAML, with the place.
    package static func compose(_ yaml: String) throws(ConfigurationFault) -> Node? {
        do { return try Yams.compose(yaml: yaml) } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                throw ConfigurationFault("not YAML: \(problem)", line: mark.line, column: mark.column)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw ConfigurationFault("keys are there twice: \(duplicates.sorted().joined(separator: ", "))", line: context.mark.line, column: context.mark.column)
            default: throw ConfigurationFault("not YAML: \(error)")
            }
        } catch { throw ConfigurationFault("not YAML: \(error)") }
    }
}
