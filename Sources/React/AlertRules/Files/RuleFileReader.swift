internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads files of rules as Prometheus 3 reads them, and says everything that is wrong with one.
///
/// Only the first document of a file counts, as in Prometheus; a further one is worth a warning. JSON is YAML and needs no reader of its own.
///
/// Source: prometheus/prometheus `model/rulefmt/rulefmt.go`; https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule
package struct RuleFileReader: Sendable {
    /// What names may be made of.
    package enum NameScheme: Sendable {
        /// Any text, the standard of Prometheus 3.
        case utf8
        /// Letters, digits and underscores; colons in names of metrics: Prometheus 2, and `metric_name_validation_scheme: legacy`.
        case legacy
    }

    /// Keys that Prometheus does not know are left out instead of refused.
    package var ignoresUnknownFields: Bool
    package var names: NameScheme
    /// Rules of one file, those that aliases repeat counted each time.
    package var rulesMax: Int

    /// Bytes of one file. The largest collections of rules in use have a few hundred thousand.
    package static let bytesMax = 16 << 20
    /// Twenty times the rules that the engine is made for.
    package static let rulesMaxStandard = 100_000

    package init(ignoresUnknownFields: Bool = false, names: NameScheme = .utf8, rulesMax: Int = RuleFileReader.rulesMaxStandard) {
        self.ignoresUnknownFields = ignoresUnknownFields
        self.names = names
        self.rulesMax = rulesMax
    }

    /// Reads a text.
    ///
    /// - Parameter path: kept for messages.
    /// - Throws: everything that is wrong with it.
    package func read(_ text: String, path: String) throws(RuleFileRefusal) -> RuleFile {
        guard text.utf8.count <= Self.bytesMax else {
            throw RuleFileRefusal(path: path, problems: [RuleFileProblem("the file has \(text.utf8.count) bytes, more than \(Self.bytesMax)")])
        }
        let root: Node?
        let isFollowed: Bool
        do throws(ConfigurationFault) { (root, isFollowed) = try YAMLDocument.composeFirst(text) } catch {
            throw RuleFileRefusal(path: path, problems: [RuleFileProblem(error.message, line: error.line, column: error.column)])
        }
        var reading = RuleFileReading(options: self, source: SourceText(text))
        let groups = root.map { reading.groups($0) } ?? []
        if !reading.problems.problems.isEmpty { throw RuleFileRefusal(path: path, problems: reading.problems.problems) }
        let warnings = isFollowed ? [RuleFileProblem("only the first document of the file counts")] : []
        return RuleFile(path: path, groups: groups, warnings: warnings)
    }

    /// Reads a file.
    ///
    /// - Throws: also when the file cannot be opened, is too large, or is no UTF-8.
    package func read(file path: String) throws(RuleFileRefusal) -> RuleFile {
        let text: String
        do throws(RuleFileProblem) { text = try TextFile.read(path, bytesMax: Self.bytesMax) } catch { throw RuleFileRefusal(path: path, problems: [error]) }
        return try read(text, path: path)
    }
}
