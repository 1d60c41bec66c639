internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// The files of rules that a `prometheus.yml` names. The rest of it is not looked at here.
package struct PrometheusConfiguration: Sendable {
    /// Patterns, relative to the folder of the file.
    package let ruleFiles: [(pattern: FilePattern, place: TextPlace)]

    private static let ownKeys = ["global", "scrape_configs", "rule_files", "alerting", "remote_write", "remote_read", "scrape_config_files"]

    /// - Returns: nil when the text is something else: without `groups`, the key of a file of rules, and with one that only a configuration has.
    /// - Throws: when `rule_files` is not a list of patterns.
    package init?(_ text: String, path: String) throws(RuleFileRefusal) {
        guard let root = (try? YAMLDocument.composeFirst(text))?.root, case .mapping = root else { return nil }
        var problems = ProblemList()
        guard var fields = CheckedMapping(root, "the file", &problems), !fields.has("groups"), Self.ownKeys.contains(where: { fields.has($0) }) else { return nil }
        var patterns: [(pattern: FilePattern, place: TextPlace)] = []
        for node in fields.list("rule_files", &problems) {
            guard case .scalar(let scalar) = node, let place = TextPlace(of: node) else {
                problems.add("rule_files must be a list of paths", at: node)
                continue
            }
            do throws(FilePatternError) { patterns.append((try FilePattern(scalar.string), place)) } catch { problems.add(error.message, at: node) }
        }
        if !problems.problems.isEmpty { throw RuleFileRefusal(path: path, problems: problems.problems) }
        ruleFiles = patterns
    }

    /// The files, and what is wrong: patterns without `*` must lead to a file.
    package func files(in folder: String) -> (paths: [String], problems: [RuleFileProblem]) {
        var paths: [String] = []
        var problems: [RuleFileProblem] = []
        for (pattern, place) in ruleFiles {
            let found = pattern.files(in: folder)
            if found.isEmpty, !pattern.text.contains("*") {
                problems.append(RuleFileProblem("\(pattern.text.goQuoted) does not point to an existing file", line: place.line, column: place.column))
            }
            paths += found
        }
        return (paths, problems)
    }
}
