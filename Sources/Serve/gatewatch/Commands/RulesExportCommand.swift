import AlertRules
import ArgumentParser
import ConfigurationText
import Foundation

struct RulesExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the rules that come with the program, or those made of objectives, as files that a Prometheus loads.",
        discussion: """
            Examples:
              gatewatch rules export --output /etc/prometheus/rules --external-url https://gatewatch.example.com
              gatewatch rules export --output rules --thresholds thresholds.yaml
              gatewatch rules export --objectives objectives.yaml > objective-rules.yaml

            Exit status: 0, 1 when a file cannot be read or written, 78 when it is wrong.
            """)

    @Option(help: "The folder to write to; it is made when it is not there. Without it, the rules of objectives go to standard output.")
    var output: String?
    @Option(help: "Write the rules of these objectives instead of the shipped ones.")
    var objectives: String?
    @Option(help: "Numbers that replace those of the shipped rules, as alerting.thresholds_file has them.")
    var thresholds: String?
    @Option(help: "Where people reach Gatewatch: links in the rules lead there instead of to the Prometheus that evaluates them.")
    var externalURL: String?

    func validate() throws {
        if objectives == nil, output == nil { throw ValidationError("--output names the folder to which the shipped rules are written") }
        if objectives != nil, thresholds != nil { throw ValidationError("objectives have no thresholds beside their own") }
        if let externalURL {
            guard let url = URL(string: externalURL), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false, !externalURL.contains("'") else {
                throw ValidationError("--external-url must be an address such as https://gatewatch.example.com")
            }
        }
    }

    func run() throws {
        let files = try objectives.map { [("objectives.yaml", try objectiveRules($0))] } ?? shippedRules()
        guard let output else {
            for (_, text) in files { print(text, terminator: "") }
            return
        }
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file, options: .atomic)
            print(file.relativePath)
        }
    }

    private func objectiveRules(_ path: String) throws -> String {
        do throws(RuleFileRefusal) {
            let objectives = try ObjectiveFileReader.read(file: path)
            // Read once as Prometheus will read them.
            _ = try ObjectiveRules.file(objectives, path: path)
            return linked(ObjectiveRules.yaml(objectives))
        } catch { throw Self.refused(error.description) }
    }

    private func shippedRules() throws -> [(String, String)] {
        guard let folder = RuleFolder.shipped() else { throw Self.refused("the rules that come with the program are not where it was installed") }
        let table = try thresholds.map(readThresholds)
        let paths = try FilePattern("*.yaml").files(in: folder.path).filter { !$0.hasSuffix("/thresholds.yaml") }
        var read: [RuleFile] = []
        var written: [(String, String)] = []
        for path in paths {
            do {
                let text = try TextFile.read(path, bytesMax: RuleFileReader.bytesMax)
                let file = try RuleFileReader().read(text, path: path)
                read.append(file)
                let changed = try table.map { try RuleFileEdit.text(text, file, changed: $0.applied(to: file)) } ?? text
                written.append((URL(filePath: path).lastPathComponent, linked(changed)))
            } catch let problem as RuleFileProblem {
                throw Self.refused("\(path): \(problem.description)")
            } catch let refusal as RuleFileRefusal { throw Self.refused(refusal.description) }
        }
        if let table, let path = thresholds, case let faults = table.faults(for: read), !faults.isEmpty {
            throw Self.refused(faults.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
        return written
    }

    private func readThresholds(_ path: String) throws -> ThresholdTable {
        do {
            return try ThresholdTable.read(try TextFile.read(path, bytesMax: ThresholdTable.bytesMax))
        } catch let problem as RuleFileProblem {
            throw Self.refused("\(path): \(problem.description)")
        } catch let fault as ConfigurationFault { throw Self.refused("\(path): \(fault.reason)") }
    }

    /// The text with the address in place of the template's `$externalURL`.
    private func linked(_ text: String) -> String {
        guard let externalURL else { return text }
        let address = externalURL.hasSuffix("/") ? String(externalURL.dropLast()) : externalURL
        return text.replacing(/\{\{-?\s*\$externalURL\s*-?\}\}/, with: address)
    }

    private static func refused(_ message: String) -> any Error {
        StandardError.print("gatewatch: \(message)")
        return ExitStatus.configuration
    }
}
