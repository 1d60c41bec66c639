import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Examines and tests files of rules, and writes those that come with the program.",
        discussion: """
            Examples:
              gatewatch rules check alerts.yaml
              gatewatch rules check prometheus.yml
              gatewatch rules test alerts.test.yaml --run 'ErrorRate'
              gatewatch rules export --output /etc/prometheus/rules --external-url https://gatewatch.example.com
              gatewatch rules export --objectives objectives.yaml
            """,
        subcommands: [RulesCheckCommand.self, RulesTestCommand.self, RulesExportCommand.self])
}
