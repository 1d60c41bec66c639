import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Examines, tests and replays files of rules, and writes those that come with the program.",
        discussion: """
            Examples:
              gatewatch rules check alerts.yaml
              gatewatch rules check prometheus.yml
              gatewatch rules test alerts.test.yaml --run 'ErrorRate'
              gatewatch rules lint alerts.yaml --url http://127.0.0.1:7600
              gatewatch rules backtest alerts.yaml --alert HighErrorRate --noise-budget 2/week
              gatewatch rules export --output /etc/prometheus/rules --external-url https://gatewatch.example.com
              gatewatch rules export --objectives objectives.yaml
            """,
        subcommands: [RulesCheckCommand.self, RulesTestCommand.self, RulesLintCommand.self, RulesBacktestCommand.self, RulesExportCommand.self])
}
