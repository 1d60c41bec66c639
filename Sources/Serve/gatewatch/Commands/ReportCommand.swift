import ArgumentParser
import Foundation
internal import NIOHTTP1

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes the executive report of a month, as a page or as PDF.",
        discussion: """
            Asks a running server. The page stands for itself: mail it, archive it, print it. PDF is made by a Chromium or Chrome that is installed.

            Examples:
              gatewatch report                                       the last month that is over, to standard output
              gatewatch report --month 2026-10 --output october.html
              gatewatch report --time-zone Europe/Berlin --pdf october.pdf
            """)

    @Option(help: "The server's address; user:password@ before the host logs in.")
    var server = "http://127.0.0.1:7600"
    @Option(help: "The month, as 2026-10; default: the last one that is over.")
    var month: String?
    @Option(help: "IANA time zone of days and months.")
    var timeZone = TimeZone.current.identifier
    @Option(help: "Where the page goes; - is standard output.")
    var output = "-"
    @Option(help: "Where a PDF goes; nothing is written to standard output then.")
    var pdf: String?

    func run() async throws {
        let page = try await fetch()
        if let pdf {
            try PrintedPage(html: page).write(to: URL(fileURLWithPath: pdf))
            if output == "-" { return }
        }
        if output == "-" {
            FileHandle.standardOutput.write(Data(page))
        } else {
            do { try Data(page).write(to: URL(fileURLWithPath: output), options: .atomic) } catch {
                StandardError.print("gatewatch: \(output) cannot be written: \(error.localizedDescription)")
                throw ExitCode.failure
            }
        }
    }

    private func fetch() async throws -> [UInt8] {
        var components = URLComponents()
        components.queryItems = [URLQueryItem(name: "time_zone", value: timeZone)] + (month.map { [URLQueryItem(name: "month", value: $0)] } ?? [])
        let answer: (status: Int, body: [UInt8])
        do {
            answer = try await HTTPExchange(address: try ServerAddress(server)).send(.GET, "/report?" + (components.percentEncodedQuery ?? ""))
        } catch let error as HTTPExchangeError {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
        guard answer.status == 200 else {
            StandardError.print("gatewatch: " + QueryCommand.message(answer.body, status: answer.status))
            throw ExitCode.failure
        }
        return answer.body
    }
}
