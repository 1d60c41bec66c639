import ArgumentParser
import Dashboards
import Foundation
import RequestMetrics

struct DashboardsExportGrafanaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grafana",
        abstract: "Writes dashboards as Grafana imports them.",
        discussion: """
            Their queries are PromQL over the metric families: they work against Gatewatch as a Prometheus data source, and against a Prometheus that scrapes it. \
            What cannot be said in PromQL is left out and told on standard error.

            Examples:
              gatewatch dashboards export grafana llm-gateway-overview > llm-gateway-overview.json
              gatewatch dashboards export grafana --all --output /var/lib/grafana/dashboards
              gatewatch dashboards export grafana --all --configmap | kubectl apply -f -

            Exit status: 0, 1 when a file cannot be written, 64 for a dashboard that there is not, 78 wrong configuration.
            """)

    @OptionGroup var selection: DashboardSelection
    @OptionGroup var link: GrafanaLinkOptions
    @Option(help: "The folder to write to; it is made when it is not there. Without it, one file goes to standard output.")
    var output: String?
    @Flag(help: "Ask for the data source when a person imports the file, instead of a choice above the panels. Not for files that are provisioned.")
    var inputs = false
    @Flag(help: "Write a Kubernetes ConfigMap with the label grafana_dashboard: \"1\" instead, as Grafana's sidecar reads it.")
    var configmap = false
    @Option(help: "The name of the ConfigMap.")
    var name = "gatewatch-dashboards"
    @Option(help: "The namespace of the ConfigMap; without it, the one in which it is applied.")
    var namespace: String?
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        for (option, text) in [("--name", Optional(name)), ("--namespace", namespace)] {
            if let text, !GrafanaConfigMap.isName(text) { throw ValidationError("\(option) must be lower case letters, digits and -, at most 63") }
        }
    }

    func run() throws {
        let dashboards = try selection.dashboards(options, for: .grafana)
        let export = try link.export(options, dataSource: inputs ? .inputs : .variable)
        let files = dashboards.map(export.file)
        for remark in files.flatMap(\.remarks) { StandardError.print(remark.text) }
        guard configmap else { return try ExportedFiles.write(files.map { ($0.name, $0.text) }, to: output) }
        let text: String
        do throws(GrafanaConfigMapError) { text = try GrafanaConfigMap.yaml(files, name: name, namespace: namespace) } catch {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
        try ExportedFiles.write([(name + ".yaml", text)], to: output)
    }
}

/// Where links of exported dashboards lead.
struct GrafanaLinkOptions: ParsableArguments {
    @Option(help: "Where people reach Gatewatch: links on values lead there. Default: alerting.external_url, else the address that it listens on.")
    var gatewatchURL: String?

    func validate() throws {
        guard let gatewatchURL else { return }
        guard let url = URL(string: gatewatchURL), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false else {
            throw ValidationError("--gatewatch-url must be an address such as https://gatewatch.example.com")
        }
    }

    /// With the shipped metric families and those of the configuration.
    func export(_ options: ConfigurationOptions, dataSource: GrafanaExport.DataSource) throws -> GrafanaExport {
        let settings = try withConfigurationErrors { try options.load() }
        let address = gatewatchURL ?? settings.alerting.externalURL ?? settings.listenURL
        return GrafanaExport(families: try withConfigurationErrors { try MetricFamily.loaded(settings) }, dataSource: dataSource, gatewatchURL: address)
    }
}
