extension RuleEngine {
    /// Milliseconds between evaluations of groups that do not say.
    package var interval: Int64 { options.interval }

    /// The rules that are evaluated, as the files they came from.
    package var files: [RuleFile] {
        var files: [RuleFile] = []
        for report in reports {
            if files.last?.path == report.key.file {
                files[files.count - 1].groups.append(report.group)
            } else {
                files.append(RuleFile(path: report.key.file, groups: [report.group]))
            }
        }
        return files
    }
}
