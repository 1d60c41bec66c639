import ArgumentParser
import Dashboards

struct DashboardsExportKibanaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kibana",
        abstract: "Writes dashboards as Kibana imports them, with the index template, the lifecycle policy and the alert rules.",
        discussion: """
            They read the documents of an Elasticsearch index: Gatewatch's own records, or what APISIX or the Noveum gateway sent there. Into a folder: a file a \
            dashboard, index-template.json, lifecycle-policy.json, alert-rules.jsonl, and README.md with the commands that load them. Without a folder: the \
            dashboards as one file. Panels that Kibana cannot draw are left out and told on standard error.

            Examples:
              gatewatch dashboards export kibana --all --output kibana
              gatewatch dashboards export kibana overview requests --source apisix --index 'apisix-*' > dashboards.ndjson

            Exit status: 0, 1 when a file cannot be written, 64 for a dashboard that there is not, 78 wrong configuration.
            """)

    @OptionGroup var selection: DashboardSelection
    @Option(help: "Whose documents lie in the index: gatewatch, apisix or noveum.")
    var source = KibanaSource.gatewatch.rawValue
    @Option(help: "The indices, as a pattern. Default: gw-events*, apisix* or ai-gateway-metrics*.")
    var index: String?
    @Option(help: "The folder to write to; it is made when it is not there. Without it, the dashboards go to standard output.")
    var output: String?
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard KibanaSource(rawValue: source) != nil else {
            throw ValidationError("--source is one of \(KibanaSource.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if let index, !KibanaExport.isIndexPattern(index) { throw ValidationError("--index must be a pattern of index names such as apisix-*, several of them with commas") }
    }

    func run() throws {
        let export = KibanaExport(source: KibanaSource(rawValue: source) ?? .gatewatch, index: index)
        let dashboards = try selection.dashboards(options, for: .kibana)
        guard let output else {
            let result = export.export(dashboards)
            tell(omissions: result.omissions, notes: result.notes)
            return print(result.text, terminator: "")
        }
        let folder = KibanaFolder(dashboards, export: export)
        tell(omissions: folder.omissions, notes: folder.notes)
        try ExportedFiles.write(folder.files, to: output)
    }

    private func tell(omissions: [KibanaExport.Remark], notes: [KibanaExport.Remark]) {
        for remark in omissions { StandardError.print("left out: \(remark)") }
        for remark in notes { StandardError.print("note: \(remark)") }
    }
}
