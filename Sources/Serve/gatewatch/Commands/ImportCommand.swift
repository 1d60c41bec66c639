import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import Ingest
import RequestStorage

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Reads records from files into a data folder.",
        discussion: """
            Reads NDJSON, JSON arrays and objects, plain or gzip; - is standard input. The format is told by the documents.
            The folder must not be in use: stop the server, or send the file to it with curl --data-binary @FILE http://127.0.0.1:7600/ingest/apisix.

            Examples:
              gatewatch import access-*.ndjson.gz
              zcat logs.gz | gatewatch import - --data /var/lib/gatewatch
              gatewatch import export.ndjson --json

            Exit status: 0 when everything was stored, 2 when something was rejected (counted by reason, with file, line and column of the first of each), 1 on failure.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Files, or - for standard input.")
    var files: [String]
    @Option(help: "auto, apisix, apisix-log-format, noveum, litellm or gatewatch: tried first where a document does not show its own.")
    var format = "auto"
    @Flag(help: "Print the summary as JSON.")
    var json = false
    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard format == "auto" || RecordShape(named: format) != nil else {
            throw ValidationError("--format must be auto, " + RecordShape.allCases.map(\.name).joined(separator: ", "))
        }
    }

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }
        let logger = ProgramLog.bootstrap(settings)
        let (store, collector) = try withStartErrors {
            let store = try GatewatchInstance.openStore(settings, logger)
            return (store, try RecordCollector(settings, store: store, prices: try PriceBook.loaded(settings)))
        }
        collector.pipeline.knownValues.learn(from: store)
        var summary = ImportSummary()
        var failure: (any Error)?
        for file in files {
            do { try await read(file, collector, &summary) } catch {
                StandardError.progress("")
                StandardError.print("gatewatch: \(file): \(Self.sentence(error))")
                failure = error
            }
        }
        StandardError.progress("")
        collector.deadLetters?.flush()
        collector.ledger.flush()
        await store.close()
        print(json ? summary.json : summary.text)
        if failure != nil { throw ExitCode.failure }
        if summary.rejected > 0 { throw ExitStatus.rejected }
    }

    private func read(_ file: String, _ collector: RecordCollector, _ summary: inout ImportSummary) async throws {
        let handle: FileHandle
        if file == "-" { handle = .standardInput } else { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file)) }
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64) ?? nil
        var importer = FileImporter(descriptor: handle.fileDescriptor, pipeline: collector.pipeline, context: collector.context(.file), shape: RecordShape(named: format),
            deadLetters: collector.deadLetters)
        let start = ContinuousClock.now
        while let piece = try importer.next(receivedAt: .now()) {
            let receipt = try await collector.store(piece, collector.context(.file))
            summary.add(piece, conflicts: receipt?.conflicts.count ?? 0, file: file)
            if !quiet { StandardError.progress(Self.progress(file, importer.bytesRead, of: size, records: summary.stored, since: start)) }
        }
        summary.seconds += (ContinuousClock.now - start) / .seconds(1)
    }

    private static func progress(_ file: String, _ bytes: Int64, of size: Int64?, records: Int, since start: ContinuousClock.Instant) -> String {
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
        let rate = "\(records) records, \(Int(Double(records) / seconds))/s"
        guard let size, size > 0, bytes > 0 else { return "\(file): \(rate)" }
        let share = min(1, Double(bytes) / Double(size))
        return "\(file): \(Int(share * 100)) %, \(rate), \(Int(seconds / share * (1 - share) + 0.5)) s left"
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case ImportError.unreadable(let code): unsafe "cannot be read: \(String(cString: strerror(code)))"
        case ImportError.damagedGzip(let offset): "the compressed data are damaged near byte \(offset); what stood before is stored"
        case ImportError.truncatedGzip: "the compressed data end too early; what there was is stored"
        case let error as StorageError: StorageSentence.of(error)
        default: error.localizedDescription
        }
    }
}

/// What an import did.
struct ImportSummary {
    /// Examples kept for each reason.
    private static let examplesMax = 3

    private(set) var received = 0
    private(set) var stored = 0
    private(set) var rejected = 0
    private var reasons: [String: (count: Int, examples: [String])] = [:]
    var seconds = 0.0

    mutating func add(_ result: IngestResult, conflicts: Int, file: String) {
        received += result.counters.received
        stored += result.batch.count - conflicts
        rejected += result.counters.rejectedTotal + conflicts
        for code in RejectionCode.allCases where result.counters.rejected[Int(code.rawValue)] > 0 {
            reasons[code.name, default: (0, [])].count += result.counters.rejected[Int(code.rawValue)]
        }
        if conflicts > 0 { reasons["duplicate_id", default: (0, [])].count += conflicts }
        for item in result.rejected where (reasons[item.code.name]?.examples.count ?? 0) < Self.examplesMax {
            reasons[item.code.name, default: (0, [])].examples.append("\(file), line \(item.line), column \(item.column): \(item.reason)")
        }
    }

    var text: String {
        var lines = ["\(stored) of \(received) records stored in \(String(format: "%.1f", seconds)) s, \(rejected) rejected"]
        for (reason, entry) in reasons.sorted(by: { $0.value.count > $1.value.count }) {
            lines.append("  \(entry.count) \(reason)")
            lines += entry.examples.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { summary in
            summary.member("received", received)
            summary.member("stored", stored)
            summary.member("rejected", rejected)
            summary.member("seconds", seconds)
            summary.object("reasons") { for (reason, entry) in reasons.sorted(by: { $0.key < $1.key }) { $0.member(reason, entry.count) } }
        }
        return writer.string
    }
}
