import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Examines and tests files of rules.",
        discussion: """
            Examples:
              gatewatch rules check alerts.yaml
              gatewatch rules check prometheus.yml
              gatewatch rules test alerts.test.yaml --run 'ErrorRate'
            """,
        subcommands: [RulesCheckCommand.self, RulesTestCommand.self])
}
