import ByteCoding
import Foundation
import GatewayModel

/// The benchmark's series as remote write requests, made beforehand so that a sender costs next to nothing: bodies one after another, each behind its length
/// in four bytes.
///
///     SeriesBench bodies --days N --steps N --end SECONDS --file FILE
///
/// The series stand in two halves, each for a connection of its own: FILE.0 and FILE.1. A body holds `--steps` scrapes of a half's series, ending before
/// `--end`.
struct RemoteWriteBodies {
    private static let halves = 2
    /// Bytes that are gathered before they are written.
    private static let bufferBytes = 8 << 20

    private let days: Int
    private let steps: Int
    private let end: Int64
    private let file: String

    init(_ arguments: some Sequence<String>) throws {
        var named: [String: String] = [:]
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst(), let value = arguments.popFirst() { named[name] = value }
        guard let days = named["--days"].flatMap({ Int($0) }), let steps = named["--steps"].flatMap({ Int($0) }), let end = named["--end"].flatMap({ Int64($0) }), let file = named["--file"],
            days > 0, steps > 0
        else { throw Options.Fault(description: "bodies needs --days, --steps, --end and --file") }
        (self.days, self.steps, self.end, self.file) = (days, steps, end, file)
    }

    func write() throws {
        let outputs = try (0..<Self.halves).map { half in
            _ = FileManager.default.createFile(atPath: "\(file).\(half)", contents: nil)
            return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(file).\(half)"))
        }
        var buffers = [[UInt8]](repeating: [], count: Self.halves)
        var series = BenchSeries()
        let labels = series.labels.map(Self.labels)
        let scrapes = days * Int(86_400_000 / BenchSeries.stepMilliseconds)
        let start = end * 1_000 - Int64(scrapes) * BenchSeries.stepMilliseconds
        var index = 0
        while index < scrapes {
            let columns = (0..<min(steps, scrapes - index)).map { step in
                series.advance(index + step)
                return (time: start + Int64(index + step) * BenchSeries.stepMilliseconds, values: series.values)
            }
            index += columns.count
            for half in 0..<Self.halves {
                let body = Snappy.compress(Self.request(labels, half, columns))
                unsafe withUnsafeBytes(of: UInt32(body.count).littleEndian) { unsafe buffers[half].append(contentsOf: $0) }
                buffers[half] += body
                if buffers[half].count > Self.bufferBytes || index == scrapes {
                    try outputs[half].write(contentsOf: Data(buffers[half]))
                    buffers[half].removeAll(keepingCapacity: true)
                }
            }
        }
    }

    private static func labels(_ labels: SeriesLabels) -> [UInt8] {
        var writer = ProtobufWriter()
        for label in labels.labels {
            writer.message(1) {
                $0.string(1, label.name)
                $0.string(2, label.value)
            }
        }
        return writer.bytes
    }

    private static func request(_ labels: [[UInt8]], _ half: Int, _ columns: [(time: Int64, values: [Double])]) -> [UInt8] {
        var request: [UInt8] = []
        for place in labels.indices where place % halves == half {
            var samples = ProtobufWriter()
            for column in columns {
                samples.message(2) {
                    // As the protocol has it, a value of zero is left out.
                    if column.values[place] != 0 { $0.double(1, column.values[place]) }
                    $0.int64(2, column.time)
                }
            }
            var series = ProtobufWriter()
            series.bytes(1, labels[place] + samples.bytes)
            request += series.bytes
        }
        return request
    }
}
