import AlertRules
import ArgumentParser
import Dashboards
import Foundation

struct DashboardsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the dashboards that come with the program and your own, and says which files cannot be used.",
        discussion: "Exit status: 0, 2 when a file cannot be used, 78 when the configuration is wrong.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let library = try DashboardParts.library(options)
        let entries = library.entries
        let width = entries.map(\.dashboard.id.count).max() ?? 0
        for entry in entries {
            let id = entry.dashboard.id.padding(toLength: width, withPad: " ", startingAt: 0)
            let version = entry.version > 0 ? " \(entry.version)" : ""
            print("\(id)  \(entry.dashboard.group.rawValue)  \(entry.origin.rawValue)\(version)  \(entry.dashboard.title): \(entry.dashboard.question)")
        }
        for fault in library.faults { StandardError.print(DashboardParts.line(fault.fault, of: fault.file)) }
        if !library.faults.isEmpty { throw ExitStatus.rejected }
    }
}

struct DashboardsCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says what is wrong with files of dashboards, and where.",
        discussion: """
            Examples:
              gatewatch dashboards check my-page.yaml
              gatewatch dashboards check dashboards/*.yaml

            Exit status: 0, 2 when a file is refused.
            """)

    @Argument(help: "Files of dashboards.")
    var files: [String]

    func run() throws {
        var isRefused = false
        for path in files {
            do {
                let text = try TextFile.read(path, bytesMax: DashboardReader.bytesMax)
                let dashboard = try DashboardReader.read(text, id: URL(filePath: path).deletingPathExtension().lastPathComponent)
                print("\(path): \(dashboard.panels.count) panels")
            } catch let refusal as DashboardRefusal {
                for line in refusal.lines(file: path) { StandardError.print(line) }
                isRefused = true
            } catch {
                StandardError.print("\(path): \(error)")
                isRefused = true
            }
        }
        if isRefused { throw ExitStatus.rejected }
    }
}

struct DashboardsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Writes a dashboard to standard output.",
        discussion: """
            Examples:
              gatewatch dashboards show overview > dashboards/overview.yaml
              gatewatch dashboards show overview --format json | jq .title

            Exit status: 0, 1 when there is no such dashboard, 78 when the configuration is wrong.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, json }

    @Argument(help: "The dashboard's id, as `gatewatch dashboards list` gives it.")
    var id: String
    @Option(help: "yaml: the file as it is; json: as the API answers it.")
    var format = Format.yaml
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        guard let entry = try DashboardParts.library(options).entry(id) else {
            StandardError.print("gatewatch: there is no dashboard \(id)")
            throw ExitCode.failure
        }
        switch format {
        case .yaml: print(entry.text, terminator: entry.text.hasSuffix("\n") ? "" : "\n")
        case .json: print(DashboardWriter.json(entry.dashboard))
        }
    }
}

struct DashboardsDocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Writes a page of Markdown about each dashboard that comes with the program, and an index.",
        discussion: """
            Examples:
              gatewatch dashboards docs --output docs/dashboards

            Exit status: 0, 1 when a file cannot be written.
            """)

    @Option(help: "The folder to write to; it is made when it is not there. Pages of dashboards that are no longer there are removed.")
    var output: String

    func run() throws {
        let nowhere = FileManager.default.temporaryDirectory.appending(path: "gatewatch-no-dashboards").path
        let library = DashboardLibrary(shipped: DashboardParts.shipped()?.path, own: nowhere)
        for fault in library.faults { StandardError.print(DashboardParts.line(fault.fault, of: fault.file)) }
        guard library.faults.isEmpty else { throw ExitCode.failure }
        let dashboards = library.entries.map(\.dashboard)
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pages = [("README", DashboardGuide.index(dashboards))] + dashboards.map { ($0.id, DashboardGuide.page($0)) }
        for (name, text) in pages { try Data(text.utf8).write(to: folder.appending(path: name + ".md"), options: .atomic) }
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) where file.pathExtension == "md" {
            if !pages.contains(where: { $0.0 == file.deletingPathExtension().lastPathComponent }) { try FileManager.default.removeItem(at: file) }
        }
        print("\(pages.count) pages in \(folder.relativePath)")
    }
}
