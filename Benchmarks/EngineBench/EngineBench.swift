import Foundation
import GatewayModel
import RequestQuery
import RequestStorage

/// How fast records are scanned where neither index nor rollup helps: rows a second of CPU time, over the parts of a store on disk, in this process.
///
///     EngineBench [--records N] [--data FOLDER] [--repeats N] [--only WORD] [--days N] [--metrics yes] [--backtest yes]
///
/// Without `--data` the store is made in a temporary folder and removed afterwards; with it, it is kept and used again.
@main struct EngineBench {
    static func main() async throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        let folder = options.folder ?? FileManager.default.temporaryDirectory.appendingPathComponent("engine-bench-\(UUID().uuidString)").path
        defer { if options.folder == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let store = try await BenchStore.open(folder, records: options.records, days: options.days)
        let snapshot = store.snapshot(of: .all)
        let statistics = store.statistics
        print(
            "\(statistics.records) records in \(statistics.parts) parts, "
                + "\(Measurement.decimal(Double(statistics.bytes) / Double(max(statistics.records, 1)), 1)) bytes a record")
        print("rollups: \(Measurement.decimal(Double(store.rollupBytes) / Double(max(statistics.records, 1)), 2)) bytes a record")
        if options.backtest {
            try BacktestBench.run(store, days: options.days ?? 7)
            return await store.close()
        }
        if options.metrics {
            let kinds = store.rollupColumnBytes.sorted { $0.value > $1.value }.prefix(12)
            print("by step and kind: " + kinds.map { "\($0.key) \(Measurement.decimal(Double($0.value) / Double(max(statistics.records, 1)), 2))" }.joined(separator: ", "))
            try MetricsBench.run(store, repeats: options.repeats)
            return await store.close()
        }
        for scan in Scan.all where options.only.map({ scan.name.contains($0) }) ?? true {
            let figure = try Measurement.of(repeats: options.repeats) { try scan.run(snapshot) }
            print(figure.line(scan.name))
        }
        if options.only == nil { printColumns(snapshot, records: Double(max(statistics.records, 1))) }
        await store.close()
    }

    /// What a record costs on disk, by column, the dearest first.
    private static func printColumns(_ snapshot: StoreSnapshot, records: Double) {
        var bytes: [RequestField: Int] = [:]
        for case let part as Part in snapshot.segments { bytes.merge(part.columnBytes, uniquingKeysWith: +) }
        let columns = bytes.sorted { $0.value > $1.value }.prefix(30).map { "\($0.key.name) \(Measurement.decimal(Double($0.value) / records, 2))" }
        print("bytes a record by column: " + columns.joined(separator: ", "))
    }
}

/// The command line.
struct Options {
    var records = 8_000_000
    var repeats = 5
    var folder: String?
    var only: String?
    /// Whether metric families are measured in place of scans.
    var metrics = false
    /// Whether alerts are replayed in place of scans.
    var backtest = false
    /// Days over which the records are spread.
    var days: Int?

    struct Fault: Error, CustomStringConvertible { let description: String }

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst() else { throw Fault(description: "\(name) needs a value") }
            switch name {
            case "--records": records = try Self.count(value)
            case "--repeats": repeats = try Self.count(value)
            case "--data": folder = value
            case "--only": only = value
            case "--days": days = try Self.count(value)
            case "--metrics": metrics = value == "yes"
            case "--backtest": backtest = value == "yes"
            default: throw Fault(description: "there is no option \(name); there are --records, --days, --repeats, --data, --only, --metrics and --backtest")
            }
        }
    }

    private static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count > 0 else { throw Fault(description: "'\(text)' is no count") }
        return count
    }
}
