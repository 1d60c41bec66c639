import ArgumentParser
import Foundation
import GatewayModel
import RequestQuery
import RequestStorage

struct StoreExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes records to standard output, oldest first.",
        discussion: """
            The folder must not be in use; a running server exports with GET /api/v1/requests/export and the same words.

            Examples:
              gatewatch store export --from 2026-03-01 --to 2026-04-01 > march.ndjson
              gatewatch store export --where 'client: batch-* and status >= 500' --format csv > failures.csv
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Start of the range: ISO 8601, epoch, or now-15m, now/d. Not set: the first record.")
    var from: String?
    @Option(help: "End of the range, not included.")
    var to = "now+1d"
    @Option(help: "A filter, for example: provider: openai and status >= 500.")
    var `where`: String?
    @Option(help: "Comma list of fields; all when not set.")
    var fields: String?
    @Option(help: "ndjson, csv or json.")
    var format = Format.ndjson

    enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, csv, json }

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }.keepingEverything
        let store = try withStartErrors { try GatewatchInstance.openStore(settings, ProgramLog.bootstrap(settings)) }
        var failure: QueryError?
        do throws(QueryError) { try write(store, settings) } catch { failure = error }
        await store.close()
        if let failure {
            StandardError.print("gatewatch: \(failure.message)" + (failure.hint.map { "\n  \($0)" } ?? ""))
            throw ExitCode.failure
        }
    }

    private func write(_ store: RequestStore, _ settings: Settings) throws(QueryError) {
        var parameters = RecordQueryParameters()
        parameters.from = from ?? store.statistics.oldest?.iso8601 ?? "now-1h"
        parameters.to = to
        parameters.where = `where`
        parameters.fields = fields
        let query = try parameters.query(limitMax: nil)
        let now = Timestamp.now()
        var export = try RecordExport(query, over: store.snapshot(of: try query.range(now: now)), now: now, limits: settings.queryLimits)
        var records = RecordStreamWriter(RecordStreamWriter.Format(rawValue: format.rawValue) ?? .ndjson, fields: export.fields)
        let output = FileHandle.standardOutput
        output.write(Data(records.begin()))
        while let batch = try export.next() { output.write(Data(records.write(batch))) }
        output.write(Data(records.end()))
        for sentence in export.unreadable { StandardError.print("gatewatch: \(sentence)") }
    }
}
