import ArgumentParser
import Dashboards
import Foundation

struct DashboardsPushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Puts dashboards into a running Grafana; those that are there already are replaced.",
        discussion: """
            The token of a service account that may write dashboards comes from the environment variable GRAFANA_TOKEN or from a file; `user:password` is taken too. \
            It is never shown.

            Examples:
              GRAFANA_TOKEN=... gatewatch dashboards push --grafana http://grafana:3000 --all
              gatewatch dashboards push --grafana https://grafana.example.com --folder LLM --token-file /run/secrets/grafana overview cost

            Exit status: 0, 1 when Grafana cannot be reached or refuses, 64 wrong usage, 78 wrong configuration.
            """)

    @OptionGroup var selection: DashboardSelection
    @OptionGroup var link: GrafanaLinkOptions
    @Option(help: "Grafana's address. Default: the environment variable GRAFANA_ENDPOINT.")
    var grafana: String?
    @Option(help: "The folder's title; it is made when it is not there. Without it, dashboards go to the top.")
    var folder: String?
    @Option(help: "A file that holds the token.")
    var tokenFile: String?
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let server = try server()
        let export = try link.export(options, dataSource: .variable)
        let files = try selection.dashboards(options, for: .grafana).map(export.file)
        do throws(GrafanaServerError) {
            var folderUID: String?
            if let folder { folderUID = try await server.folder(titled: folder) }
            for file in files {
                let path = try await server.put(file, folderUID: folderUID, message: "gatewatch \(Gatewatch.version)")
                for remark in file.remarks where remark.isOmitted { StandardError.print(remark.text) }
                print("\(file.name): \(path)")
            }
        } catch {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
    }

    private func server() throws -> GrafanaServer {
        let environment = ProcessInfo.processInfo.environment
        guard let address = grafana ?? environment["GRAFANA_ENDPOINT"], !address.isEmpty else {
            throw ValidationError("--grafana, or the environment variable GRAFANA_ENDPOINT, says where Grafana is")
        }
        var token = environment["GRAFANA_TOKEN"] ?? ""
        if let tokenFile {
            // A token has some dozens of bytes; a file of another kind should not be sent anywhere.
            guard let data = FileManager.default.contents(atPath: tokenFile), data.count <= 4_096, let text = String(data: data, encoding: .utf8) else {
                StandardError.print("gatewatch: the token file \(tokenFile) cannot be read, or is no token")
                throw ExitCode.failure
            }
            token = text
        }
        token = token.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw ValidationError("a token is needed: the environment variable GRAFANA_TOKEN, or --token-file") }
        guard token.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else { throw ValidationError("the token has characters that no token has") }
        guard let server = GrafanaServer(address, token: token) else { throw ValidationError("Grafana's address must be of the form https://grafana.example.com, without user and password") }
        return server
    }
}
