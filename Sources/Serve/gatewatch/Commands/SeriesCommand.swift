import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import SeriesIngest
import SeriesStorage

struct SeriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Works on kept samples of series.", subcommands: [SeriesImportCommand.self])
}

struct SeriesImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Reads the past of series from OpenMetrics text into a data folder.",
        discussion: """
            Every sample needs a timestamp, and the text ends with # EOF, as promtool tsdb dump-openmetrics writes it. Files may be gzip.
            The folder must not be in use: stop the server first.

            Examples:
              gatewatch series import dump.om
              gatewatch series import requests.om.gz --data /var/lib/gatewatch

            Exit status: 0 when everything was stored, 2 when samples were refused (counted by reason), 1 when a file cannot be read; what stood before
            the line that is named is stored.
            """)

    /// Bytes of a gzip file's text, which is held in memory.
    private static let textBytesMax = 4 << 30

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Files of OpenMetrics text.")
    var files: [String]
    @Flag(help: "Apply OpenMetrics's rules for families beside its syntax.")
    var strict = false
    @Flag(help: "Print the summary as JSON.")
    var json = false
    @Flag(help: "Show no progress.")
    var quiet = false

    func run() async throws {
        let settings = try withConfigurationErrors { try options.load() }
        let logger = ProgramLog.bootstrap(settings)
        let store = try withStartErrors { try SeriesParts.openStore(settings, logger) }
        var summary = SeriesImportSummary()
        var hasFailed = false
        for file in files {
            do { try await read(file, store, &summary) } catch {
                StandardError.progress("")
                StandardError.print("gatewatch: \(file): \(Self.sentence(error))")
                hasFailed = true
            }
        }
        StandardError.progress("")
        await store.close()
        print(json ? summary.json : summary.text)
        if hasFailed { throw ExitCode.failure }
        if summary.refused > 0 { throw ExitStatus.rejected }
    }

    private func read(_ file: String, _ store: SeriesStore, _ summary: inout SeriesImportSummary) async throws {
        let text = try Self.text(of: file)
        let start = ContinuousClock.now
        // Safe: an image's memory stays where it is as long as the image lives, which is behind the last use of the reader.
        var reader = unsafe text.withBytes { unsafe BackfillReader($0, isStrict: strict) }
        while let batch = try reader.next() {
            let receipt = try await store.append(batch)
            reader.learn(receipt)
            summary.add(receipt)
            if !quiet { StandardError.progress(Self.progress(file, reader.offset, of: text.count, samples: reader.samples, since: start)) }
        }
        summary.finish(first: reader.first, last: reader.last, seconds: (ContinuousClock.now - start) / .seconds(1))
        withExtendedLifetime(text) {}
    }

    private static func text(of file: String) throws -> FileImage {
        let image = try FileImage(mapping: file)
        guard unsafe image.withBytes({ unsafe Gzip.isGzip($0.prefix(2)) }) else { return image }
        return FileImage(copying: unsafe try image.withBytes { unsafe try Gzip.decompress($0, limit: textBytesMax) })
    }

    private static func progress(_ file: String, _ bytes: Int, of size: Int, samples: Int, since start: ContinuousClock.Instant) -> String {
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 0.001)
        return "\(file): \(size > 0 ? bytes * 100 / size : 100) %, \(samples) samples, \(Int(Double(samples) / seconds))/s"
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as ExpositionError: error.reason
        case let error as FileImageError: unsafe "cannot be read: \(String(cString: strerror(error.code)))"
        case CompressionError.tooLarge(let limit): "the text is larger than \(limit) bytes; import it in parts"
        case is CompressionError: "the compressed data are damaged"
        case SeriesWriteError.storage(let error): StorageSentence.of(error)
        default: "\(error)"
        }
    }
}

/// What an import of samples did.
struct SeriesImportSummary {
    private(set) var stored = 0
    private(set) var refused = 0
    private(set) var newSeries = 0
    private var reasons: [SampleRefusal: (samples: Int, example: String)] = [:]
    private var first: Int64?
    private var last: Int64?
    private var seconds = 0.0

    mutating func add(_ receipt: SampleReceipt) {
        stored += receipt.stored
        newSeries += receipt.newSeries
        for entry in receipt.refused {
            refused += entry.samples
            let example = entry.series + (entry.time.map { " at " + Timestamp(microseconds: $0 * 1_000).iso8601 } ?? "")
            reasons[entry.reason, default: (0, example)].samples += entry.samples
        }
    }

    mutating func finish(first: Int64?, last: Int64?, seconds: Double) {
        self.first = [self.first, first].compactMap { $0 }.min()
        self.last = [self.last, last].compactMap { $0 }.max()
        self.seconds += seconds
    }

    private func time(_ milliseconds: Int64?) -> String? {
        milliseconds.flatMap { abs($0) < 8_000_000_000_000_000 ? Timestamp(microseconds: $0 * 1_000).iso8601 : nil }
    }

    var text: String {
        let range = time(first).flatMap { from in time(last).map { " from \(from) to \($0)" } } ?? ""
        var lines = ["\(stored) of \(stored + refused) samples\(range) stored in \(String(format: "%.1f", seconds)) s, \(newSeries) new series, \(refused) refused"]
        for (reason, entry) in reasons.sorted(by: { $0.value.samples > $1.value.samples }) { lines.append("  \(entry.samples) \(reason.rawValue), first: \(entry.example)") }
        return lines.joined(separator: "\n")
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { summary in
            summary.member("stored", stored)
            summary.member("refused", refused)
            summary.member("new_series", newSeries)
            summary.member("seconds", seconds)
            summary.member("from", time(first))
            summary.member("to", time(last))
            summary.object("reasons") { for (reason, entry) in reasons.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { $0.member(reason.rawValue, entry.samples) } }
        }
        return writer.string
    }
}
