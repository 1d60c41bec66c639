import ArgumentParser
import Foundation

/// The program: `gatewatch serve`, `demo`, `import`, `query`, `promql`, `rules`, `dashboards`, `backup`, `restore`, `store`, `config`, `version`.
@main
struct Gatewatch: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "gatewatch",
        abstract: "Keeps every request of an LLM gateway and answers questions about them: dashboards, queries, costs.",
        discussion: """
            Start with:
              gatewatch demo                      a server with generated traffic at http://127.0.0.1:7600
              gatewatch serve --data DIR          a server for your own traffic
              gatewatch import access.ndjson.gz   records from files
              gatewatch query --measures 'count, p95(duration)' --by provider --from now-24h
              gatewatch promql query 'sum by (model) (rate(llm_requests_total[5m]))'
              gatewatch backup /mnt/backup        everything, while the server runs

            Exit status: 0 success, 1 failure, 2 something was rejected (import) or damage was found (store check, store verify), 64 wrong usage, 78 wrong configuration.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ImportCommand.self, QueryCommand.self, PromQLCommand.self, RulesCommand.self, NotifyCommand.self, DashboardsCommand.self, ReportCommand.self, SeriesCommand.self, BackupCommand.self,
            RestoreCommand.self, StoreCommand.self, ConfigCommand.self, VersionCommand.self,
        ])
}

/// Exit statuses besides success and plain failure; the numbers of sysexits.h where it has one.
enum ExitStatus {
    /// Some input was rejected, the rest done.
    static let rejected = ExitCode(2)
    /// EX_CONFIG
    static let configuration = ExitCode(78)
    /// EX_TEMPFAIL: for example the data folder is in use.
    static let temporary = ExitCode(75)
}

/// Options that every command that reads the configuration has.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "A YAML file with settings; see `gatewatch config`.")
    var config: String?

    @Option(name: .long, help: "The folder that holds everything.")
    var data: String?

    /// The settings: defaults, file, `.env` of the working folder, environment, then these options.
    func load(_ change: (inout ConfigurationValues) -> Void = { _ in }) throws -> Settings {
        try Settings(loadValues(change))
    }

    func loadValues(_ change: (inout ConfigurationValues) -> Void = { _ in }) throws -> ConfigurationValues {
        let environment = ProcessInfo.processInfo.environment
        let dotEnv = FileManager.default.fileExists(atPath: ".env") ? ".env" : nil
        var values = try ConfigurationValues.load(file: config ?? environment["GATEWATCH_CONFIG"], environment: environment.filter { $0.key != "GATEWATCH_CONFIG" }, dotEnv: dotEnv)
        if let data { values.set("data", data, place: "option --data") }
        change(&values)
        return values
    }
}

/// Runs `body`, turning a configuration's error into its exit status.
func withConfigurationErrors<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as ConfigurationError {
        StandardError.print("gatewatch: \(error)")
        throw ExitStatus.configuration
    }
}

/// Messages for people, beside the output proper.
enum StandardError {
    static func print(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Overwrites the current line of a terminal; nothing elsewhere.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + text).utf8))
    }
}
