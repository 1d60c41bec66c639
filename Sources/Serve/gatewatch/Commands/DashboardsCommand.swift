import ArgumentParser

struct DashboardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards",
        abstract: "Lists, checks and shows dashboards, documents them, and writes them for Grafana and Kibana.",
        discussion: """
            Examples:
              gatewatch dashboards list
              gatewatch dashboards check my-page.yaml
              gatewatch dashboards show overview > my-overview.yaml
              gatewatch dashboards docs --output docs/dashboards
              gatewatch dashboards export grafana --all --output grafana
              gatewatch dashboards push --grafana http://127.0.0.1:3000 overview
            """,
        subcommands: [
            DashboardsListCommand.self, DashboardsCheckCommand.self, DashboardsShowCommand.self, DashboardsDocsCommand.self, DashboardsExportCommand.self, DashboardsPushCommand.self,
        ])
}
