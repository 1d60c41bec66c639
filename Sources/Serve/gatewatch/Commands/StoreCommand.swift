import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import RequestStorage

struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Looks after a data folder: check, verify, stats, merge, drop, export.",
        discussion: """
            check, verify and stats change nothing and work while a server uses the folder; merge, drop and export need it for themselves.

            Exit status: 0 success, 1 failure, 2 damage was found (check, verify), 75 the folder is in use.
            """,
        subcommands: [StoreCheckCommand.self, StoreVerifyCommand.self, StoreStatsCommand.self, StoreMergeCommand.self, StoreDropCommand.self, StoreExportCommand.self])
}

struct StoreCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says whether everything that a store needs is there: manifest, parts, directories, counts, logs. Quick.",
        discussion: "`gatewatch store verify` reads every byte.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws { try StoreInspectionOutput.run(options, json: json, readsAll: false, quiet: true) }
}

struct StoreVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads every byte of a store and names what is damaged: file, column, byte.",
        discussion: "Damage costs only itself: what else the file holds is still read and answered from. A backup has the rest.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Show no progress.")
    var quiet = false

    func run() throws { try StoreInspectionOutput.run(options, json: json, readsAll: true, quiet: quiet) }
}

/// What check and verify have in common.
enum StoreInspectionOutput {
    static func run(_ options: ConfigurationOptions, json: Bool, readsAll: Bool, quiet: Bool) throws {
        let settings = try withConfigurationErrors { try options.load() }
        let inspection = try withStartErrors {
            try StoreInspection.run(settings.dataFolder.path, readsAll: readsAll) { if !quiet { StandardError.progress($0) } }
        }
        StandardError.progress("")
        print(json ? Self.json(inspection) : text(inspection, readsAll))
        if !inspection.damage.isEmpty { throw ExitStatus.rejected }
    }

    private static func text(_ inspection: StoreInspection, _ readsAll: Bool) -> String {
        var lines = inspection.damage.map { StorageSentence.of($0) } + inspection.remarks
        let logs = readsAll ? ", \(inspection.logRecords) records in \(inspection.logs) logs" : ", \(inspection.logs) logs"
        lines.append("\(inspection.partRecords) records in \(inspection.parts) parts\(logs), \(inspection.bytes) bytes\(readsAll ? ", all of them read" : "")")
        lines.append(inspection.damage.isEmpty ? "no damage found" : "\(inspection.damage.count) damaged places")
        return lines.joined(separator: "\n")
    }

    private static func json(_ inspection: StoreInspection) -> String {
        var writer = JSONWriter()
        writer.object { report in
            report.member("parts", inspection.parts)
            report.member("logs", inspection.logs)
            report.member("part_records", inspection.partRecords)
            report.member("log_records", inspection.logRecords)
            report.member("bytes", inspection.bytes)
            report.array("damage") { list in
                for error in inspection.damage {
                    list.object { entry in
                        if case .damaged(let file, let what, let offset) = error {
                            entry.member("file", file)
                            entry.member("what", what)
                            entry.member("offset", offset)
                        } else {
                            entry.member("what", StorageSentence.of(error))
                        }
                    }
                }
            }
            report.array("remarks") { for remark in inspection.remarks { $0.value(remark) } }
        }
        return writer.string
    }
}

struct StoreMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Puts every day together as one part, or as few as the limit of records allows.",
        discussion: "A running server does so by itself, slowly. This is for a folder that was just filled by an import, or before it is archived. The folder must not be in use.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }.keepingEverything
        let store = try withStartErrors { try GatewatchInstance.openStore(settings, ProgramLog.bootstrap(settings)) }
        let before = store.statistics
        let merges = await store.mergeParts(isWhole: true)
        let after = store.statistics
        await store.close()
        print("\(merges) merges: \(before.parts) parts and \(before.bytes) bytes became \(after.parts) parts and \(after.bytes) bytes, \(after.records) records")
        guard let failure = after.merging.failure else { return }
        StandardError.print("gatewatch: \(failure)")
        throw ExitCode.failure
    }
}

struct StoreDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Drops the records of a UTC day, or of all days before one, for good.",
        discussion: """
            The folder must not be in use. Records of dropped days that are sent again are kept as any others.

            Examples:
              gatewatch store drop --before 2026-01-01
              gatewatch store drop --day 2026-03-05 --yes
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Drop all days before this one (YYYY-MM-DD, UTC).")
    var before: String?
    @Option(help: "Drop this day only (YYYY-MM-DD, UTC).")
    var day: String?
    @Flag(help: "Do not ask.")
    var yes = false

    func validate() throws {
        guard (before == nil) != (day == nil) else { throw ValidationError("give either --before or --day") }
        for text in [before, day].compactMap(\.self) where Self.utcDay(text) == nil { throw ValidationError("'\(text)' is not a day as 2026-03-05") }
    }

    /// Days since 1970-01-01; nil when the text is not a day.
    static func utcDay(_ text: String) -> Int32? {
        guard text.utf8.count == 10, let time = Timestamp(iso8601: text + "T00:00:00Z") else { return nil }
        return time.utcDay
    }

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }.keepingEverything
        if !yes, !Self.isConfirmed("Drop \(before.map { "all records before \($0)" } ?? "the records of \(day ?? "")") (UTC) in \(settings.dataFolder.path) for good?") {
            print("nothing was dropped")
            throw ExitCode.failure
        }
        let store = try withStartErrors { try GatewatchInstance.openStore(settings, ProgramLog.bootstrap(settings)) }
        do throws(StorageError) {
            let dropped = try await drop(from: store)
            let left = store.statistics.records
            await store.close()
            print("\(dropped) records dropped, \(left) left")
        } catch {
            await store.close()
            StandardError.print("gatewatch: " + StorageSentence.of(error))
            throw ExitCode.failure
        }
    }

    private func drop(from store: RequestStore) async throws(StorageError) -> Int64 {
        if let first = before.flatMap(Self.utcDay) { return try await store.drop(before: first) }
        if let only = day.flatMap(Self.utcDay) { return try await store.drop(day: only) }
        return 0
    }

    private static func isConfirmed(_ question: String) -> Bool {
        FileHandle.standardError.write(Data("\(question) Type yes: ".utf8))
        return readLine()?.trimmingCharacters(in: .whitespaces) == "yes"
    }
}
