import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import Logging
import PromQL
import RequestQuery
import RequestStorage
import SeriesStorage
import WebAPI
internal import NIOHTTP1

struct PromQLQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Asks a running server, or a data folder, in PromQL: at an instant, or with --start over a range.",
        discussion: """
            Examples:
              gatewatch promql query 'sum by (model) (rate(gen_ai_client_operation_duration_seconds_count[5m]))'
              gatewatch promql query 'up == 0' --time now-1h
              gatewatch promql query 'histogram_quantile(0.95, sum by (le) (rate(llm_latency_seconds_bucket[5m])))' --start now-1d --step 10m --format csv
              gatewatch promql query 'count(up)' --data /var/lib/gatewatch

            A data folder must not be in use: ask its server instead. Times are Unix seconds, ISO 8601, or now-15m, now/d. Warnings go to standard error.
            Exit status: 0, or 1 when the query has no answer; the place of an error is shown.
            """)

    @Argument(help: "A query in PromQL.")
    var expression: String
    @Option(help: "The server's address, Gatewatch's or any Prometheus's; user:password@ before the host logs in. (default: http://127.0.0.1:7600)")
    var server: String?
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The instant.")
    var time: String?
    @Option(help: "The first instant of a range.")
    var start: String?
    @Option(help: "The last instant of a range; now when it is not given.")
    var end: String?
    @Option(help: "The distance of a range's instants: 15s, 1m, 1h; some 250 instants when it is not given.")
    var step: String?
    @Option(help: "table, csv or json.")
    var format = QueryCommand.OutputFormat.table

    func validate() throws {
        if time != nil, start != nil || end != nil || step != nil { throw ValidationError("--time is for an instant, --start, --end and --step are for a range") }
        if server != nil, options.data != nil { throw ValidationError("--server and --data cannot both be asked") }
        if start == nil, end != nil || step != nil { throw ValidationError("a range needs --start") }
    }

    func run() async throws {
        do throws(PromQLSyntaxError) { _ = try PromQLParser.parse(expression) } catch {
            StandardError.print("gatewatch: " + PromQLErrorText.of(error, in: expression))
            throw ExitCode.failure
        }
        let form = try parameters()
        let answer = options.data == nil ? try await ask(start == nil ? "/api/v1/query" : "/api/v1/query_range", form: form) : try await ask(folder: form)
        if format == .json {
            FileHandle.standardOutput.write(Data(answer))
            return print()
        }
        let parsed = try PromQLAnswerText(answer)
        for note in parsed.notes { StandardError.print("gatewatch: \(note)") }
        if format == .csv { FileHandle.standardOutput.write(Data(parsed.csv)) } else { print(parsed.table, terminator: "") }
    }

    private func parameters() throws -> [(String, String)] {
        let now = Timestamp.now()
        var form = [("query", expression)]
        guard let start else {
            if let time { form.append(("time", try Self.seconds(time, "time", now))) }
            return form
        }
        let (from, through) = (try Self.seconds(start, "start", now), try Self.seconds(end ?? "now", "end", now))
        let width = ((Double(through) ?? 0) - (Double(from) ?? 0)) / 250
        form += [("start", from), ("end", through), ("step", step ?? String(max(1, Int(width.rounded(.up)))))]
        return form
    }

    /// A time as seconds since 1970.
    private static func seconds(_ text: String, _ name: String, _ now: Timestamp) throws -> String {
        do {
            let time = try TimeExpression(text, field: name).resolve(now: now, zone: .utc, field: name)
            return "\(time.microseconds / 1_000_000)." + String(String(time.microseconds % 1_000_000 / 1_000 + 1_000).suffix(3))
        } catch let error as QueryError { throw ValidationError("--\(name): \(error.message)") }
    }

    /// Opens the folder as a server would, and answers here.
    private func ask(folder form: [(String, String)]) async throws -> [UInt8] {
        let settings = try withConfigurationErrors { try options.load() }
        let logger = Logger(label: "gatewatch") { LineLogHandler(label: $0, level: .error, isJSON: false) }
        let (records, parts) = try withStartErrors {
            let records = try GatewatchInstance.openStore(settings, logger)
            return (records, try SeriesParts(settings, records: records, cache: ScanCache(bytesMax: 0), yaml: "", logger: logger))
        }
        let (body, fault) = LocalQuery.answer(form.map { (name: $0.0, value: $0.1) }, reader: parts.services.reader, options: settings.promQL)
        await parts.store.close()
        await records.close()
        guard let body else {
            StandardError.print("gatewatch: " + fault)
            throw ExitCode.failure
        }
        return body
    }

    private func ask(_ path: String, form: [(String, String)]) async throws -> [UInt8] {
        let body = form.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        let answer: (status: Int, body: [UInt8])
        do {
            answer = try await HTTPExchange(address: try ServerAddress(server ?? "http://127.0.0.1:7600")).send(
                .POST, path, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.utf8))
        } catch let error as HTTPExchangeError {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
        guard answer.status == 200 else {
            let told = (try? JSONValue.parse(String(decoding: answer.body, as: UTF8.self)))?["error"]?.string
            StandardError.print("gatewatch: " + (told ?? "the server answered \(answer.status)"))
            throw ExitCode.failure
        }
        return answer.body
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
