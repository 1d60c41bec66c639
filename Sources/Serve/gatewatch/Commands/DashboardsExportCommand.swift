import ArgumentParser
import Dashboards
import Foundation

struct DashboardsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes dashboards as files of other programs.",
        subcommands: [DashboardsExportGrafanaCommand.self, DashboardsExportKibanaCommand.self])
}

/// Which dashboards a command is about.
struct DashboardSelection: ParsableArguments {
    @Argument(help: "Ids of dashboards; `gatewatch dashboards list` tells them.")
    var ids: [String] = []
    @Flag(help: "All dashboards that can be exported there.")
    var all = false

    func validate() throws {
        if all != ids.isEmpty { throw ValidationError(all ? "name dashboards or say --all, not both" : "name a dashboard, or say --all for all of them") }
    }

    /// The chosen dashboards in the order of the navigation, or in the order in which they are named.
    ///
    /// - Throws: wrong usage for an id that there is not, or that is not meant for this export.
    func dashboards(_ options: ConfigurationOptions, for export: Dashboard.Export) throws -> [Dashboard] {
        let library = try DashboardParts.library(options)
        for fault in library.faults { StandardError.print("gatewatch: " + DashboardParts.line(fault.fault, of: fault.file)) }
        let known = library.entries.map(\.dashboard)
        if all { return known.filter { $0.exports.contains(export) } }
        return try ids.map { id in
            guard let found = known.first(where: { $0.id == id }) else {
                throw ValidationError("there is no dashboard '\(id)'; there are: \(known.map(\.id).joined(separator: ", "))")
            }
            guard found.exports.contains(export) else { throw ValidationError("'\(id)' is not meant for \(export.rawValue): its file says exports: [\(found.exports.map(\.rawValue).joined(separator: ", "))]") }
            return found
        }
    }
}

/// Files that a command writes to a folder, or one to standard output.
enum ExportedFiles {
    /// - Throws: wrong usage for several files without a folder; what the file system says.
    static func write(_ files: [(name: String, text: String)], to output: String?) throws {
        guard let output else {
            guard files.count == 1 else { throw ValidationError("\(files.count) files need a folder: --output DIR") }
            return print(files[0].text, terminator: "")
        }
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in files {
            let url = folder.appending(path: file.name)
            try Data(file.text.utf8).write(to: url, options: .atomic)
            print(url.relativePath)
        }
    }
}
