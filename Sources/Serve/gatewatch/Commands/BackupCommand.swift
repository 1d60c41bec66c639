import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import RequestStorage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Backs up a data folder, while a server uses it or not.",
        discussion: """
            Files of records never change: where DEST is on the same file system they are linked and take no room, elsewhere they are copied. What an earlier backup in
            DEST has already stays; what is gone from the data folder goes. The file BACKUP, with sizes and checksums, is written last: without it a backup is unfinished, and
            running the command again completes it. Series, alerting, dashboards with their versions, annotations, links, snapshots and the ledger are always copied, so that
            they fit together. The configuration file and the price file that it names come along in config/.

            Examples:
              gatewatch backup /mnt/backup/gatewatch
              gatewatch backup /mnt/backup/gatewatch --data /var/lib/gatewatch --config /etc/gatewatch.yaml
              gatewatch backup backup --copy      copies everything: damage to the disk cannot reach the backup
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The folder of the backup: new, or with an earlier backup.")
    var destination: String
    @Flag(name: .customLong("copy"), help: "Copy also where links would do.")
    var copies = false
    @Flag(help: "Print the summary as JSON.")
    var json = false
    @Flag(help: "Show no progress.")
    var quiet = false

    func run() throws {
        let settings = try withConfigurationErrors { try options.load() }
        let target = URL(fileURLWithPath: destination, isDirectory: true)
        guard !target.standardizedFileURL.path.hasPrefix(settings.dataFolder.standardizedFileURL.path + "/"), target.standardizedFileURL != settings.dataFolder.standardizedFileURL else {
            StandardError.print("gatewatch: the backup's folder must not lie in the data folder")
            throw ExitCode.failure
        }
        let start = ContinuousClock.now
        var files = 0
        let report = try withStartErrors {
            let root = settings.dataFolder.path
            return try StoreBackup.run(
                from: root, to: target.path, extras: Self.extras(settings, options), names: { Self.names(in: root) }, copiesAll: copies
            ) { name in
                files += 1
                if !quiet { StandardError.progress("\(files) files, \(name)") }
            }
        }
        StandardError.progress("")
        for name in report.missing { StandardError.print("gatewatch: \(name) is missing in the data folder; the rest is backed up") }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(json ? Self.json(report, seconds) : Self.text(report, seconds))
        if !report.missing.isEmpty { throw ExitStatus.rejected }
    }

    private static func text(_ report: StoreBackup.Report, _ seconds: Double) -> String {
        "\(report.index.files.count) files, \(report.index.bytes) bytes, at least \(report.partRecords) records; "
            + "\(report.kept) kept, \(report.linked) linked, \(report.copied) copied in \(String(format: "%.1f", seconds)) s"
    }

    private static func json(_ report: StoreBackup.Report, _ seconds: Double) -> String {
        var writer = JSONWriter()
        writer.object { summary in
            summary.member("files", report.index.files.count)
            summary.member("bytes", report.index.bytes)
            summary.member("part_records", report.partRecords)
            summary.member("kept", report.kept)
            summary.member("linked", report.linked)
            summary.member("copied", report.copied)
            summary.array("missing") { for name in report.missing { $0.value(name) } }
            summary.member("seconds", seconds)
        }
        return writer.string
    }

    /// The files of a data folder at this moment, from there on, without those of the records. What links lead to lies elsewhere, and is looked after there.
    private static func names(in root: String) -> [String] {
        let tops = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let all = tops.filter { !StoreBackup.ownNames.contains($0) }.flatMap { top in [top] + (FileManager.default.subpaths(atPath: root + "/" + top) ?? []).map { top + "/" + $0 } }
        return all.filter { (try? FileManager.default.attributesOfItem(atPath: root + "/" + $0))?[.type] as? FileAttributeType == .typeRegular }
    }

    /// The configuration, which lies elsewhere.
    private static func extras(_ settings: Settings, _ options: ConfigurationOptions) -> [StoreBackup.Extra] {
        let configuration = options.config ?? ProcessInfo.processInfo.environment["GATEWATCH_CONFIG"]
        return [configuration, settings.pricesFile?.path].compactMap(\.self).map { file in .init(path: file, name: "config/" + URL(fileURLWithPath: file).lastPathComponent) }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a data folder from a backup.",
        discussion: """
            The data folder must be missing or empty. Every byte is checked against the backup's checksums, then the store is opened and the records counted. An unfinished
            backup is refused. Configuration files of the backup lie in config/ of the data folder afterwards; they are not used from there by themselves.

            Example:
              gatewatch restore /mnt/backup/gatewatch --data /var/lib/gatewatch
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The folder of the backup.")
    var source: String
    @Flag(help: "Show no progress.")
    var quiet = false

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }
        let quietSettings = settings.keepingEverything
        var files = 0
        let index = try withStartErrors {
            try StoreRestore.run(from: URL(fileURLWithPath: source, isDirectory: true).path, to: settings.dataFolder.path) { name in
                files += 1
                if !quiet { StandardError.progress("\(files) files, \(name)") }
            }
        }
        StandardError.progress("")
        let store = try withStartErrors { try GatewatchInstance.openStore(quietSettings, ProgramLog.bootstrap(quietSettings)) }
        let statistics = store.statistics
        let notes = store.snapshot(of: .all).notes
        await store.close()
        print("\(index.files.count) files, \(index.bytes) bytes, \(statistics.records) records; the backup was finished at \(index.created.iso8601)")
        for note in notes { StandardError.print("gatewatch: \(note)") }
        if !notes.isEmpty { throw ExitStatus.rejected }
    }
}

extension Settings {
    /// The settings under which opening a store changes nothing that it holds: no retention, no budget, no merges; and it is not talked about.
    var keepingEverything: Settings {
        var settings = self
        settings.retentionDays = 36_500
        settings.diskBytesMax = 0
        settings.mergeCoreShare = 0
        // What the store does is no news to somebody who waits for an answer.
        if ["trace", "debug", "info", "notice"].contains(logLevel) { settings.logLevel = "warning" }
        return settings
    }
}
