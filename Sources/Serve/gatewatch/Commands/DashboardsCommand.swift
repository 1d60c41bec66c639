import ArgumentParser

struct DashboardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards",
        abstract: "Lists, checks and shows dashboards, and writes about them.",
        discussion: """
            Examples:
              gatewatch dashboards list
              gatewatch dashboards check my-page.yaml
              gatewatch dashboards show overview > my-overview.yaml
              gatewatch dashboards docs --output docs/dashboards
            """,
        subcommands: [DashboardsListCommand.self, DashboardsCheckCommand.self, DashboardsShowCommand.self, DashboardsDocsCommand.self])
}
