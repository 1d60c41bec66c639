package import ConfigurationText
internal import GatewayModel
internal import Yams

/// Files that list targets, JSON or YAML: a list of `{targets: [...], labels: {...}}`.
package enum TargetFile {
    /// Bytes of one file: some 100,000 targets.
    package static let bytesMax = 16 << 20

    /// - Parameter path: kept as the label `__meta_filepath` of each target.
    package static func read(_ text: String, path: String) throws(ConfigurationFault) -> [TargetGroup] {
        // JSON is YAML.
        guard let root = try YAMLDocument.compose(text) else { return [] }
        guard case .sequence(let groups) = root else { throw YAMLFields.failure("a file of targets is a list of groups", root) }
        var read: [TargetGroup] = []
        for (index, node) in groups.enumerated() {
            var fields = try YAMLFields(node, path: "[\(index)]")
            let addresses = try fields.texts("targets")
            let labels = try fields.pairs("labels").map { SeriesLabel($0.name, $0.value) }
            try fields.finish()
            read.append(TargetGroup(addresses: addresses, labels: labels + [SeriesLabel("__meta_filepath", path)]))
        }
        return read
    }
}

/// How files of targets are reached.
package protocol TargetFolder: Sendable {
    /// The files that a path stands for, whose last part may hold `*`, with something that changes when a file does.
    func files(_ path: String) -> [(path: String, version: String)]
    /// A file's text.
    func text(_ path: String) throws(ConfigurationFault) -> String
}

/// What the files of a job say, kept while they cannot be read: a file that is half written must not make targets vanish.
package struct FileTargets: Sendable {
    private struct Known {
        var version: String
        var groups: [TargetGroup]
        var readAt: Int64
    }

    private let discovery: [FileDiscovery]
    private var known: [String: Known] = [:]

    package init(_ discovery: [FileDiscovery]) { self.discovery = discovery }

    /// Reads what changed or was not read for the refresh interval.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: all groups, and what could not be read.
    package mutating func refresh(_ folder: some TargetFolder, now: Int64) -> (groups: [TargetGroup], problems: [String]) {
        var problems: [String] = []
        var groups: [TargetGroup] = []
        var seen: Set<String> = []
        for one in discovery {
            for (path, version) in one.files.flatMap({ folder.files($0) }) where seen.insert(path).inserted {
                let before = known[path]
                if before == nil || before?.version != version || now - (before?.readAt ?? 0) >= one.refreshInterval {
                    do throws(ConfigurationFault) {
                        known[path] = Known(version: version, groups: try TargetFile.read(try folder.text(path), path: path), readAt: now)
                    } catch { problems.append("\(path): \(error.reason)") }
                }
                groups += known[path]?.groups ?? []
            }
        }
        known = known.filter { seen.contains($0.key) }
        return (groups, problems)
    }
}
