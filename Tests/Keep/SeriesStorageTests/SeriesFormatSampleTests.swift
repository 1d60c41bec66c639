import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import SeriesStorage
import Testing

/// Stores that older versions wrote, committed once and read for ever.
private enum SeriesFormatSamples {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Samples")

    static var histogram: NativeHistogram {
        var histogram = NativeHistogram()
        (histogram.schema, histogram.count, histogram.sum, histogram.zeroThreshold, histogram.zeroCount) = (3, 12, 18.4, 0.001, 2)
        (histogram.positiveSpans, histogram.positiveBuckets) = ([.init(offset: -2, length: 2), .init(offset: 3, length: 1)], [4, 5, 1])
        histogram.resetHint = .notReset
        return histogram
    }

    /// All kinds of chunks: counters, decimals, real numbers, a constant, marks, histograms, irregular times, two days.
    static var batches: [[(labels: SeriesLabels, samples: [Sample])]] {
        let start = TestClock.noon - 3_600_000
        func series(_ name: String, _ count: Int64, _ value: (Int64) -> Double) -> (SeriesLabels, [Sample]) {
            (.test(name, ["größe": "α"]), (0..<count).map { Sample(start + $0 * 15_000 + ($0 % 7 == 3 ? 2 : 0), value($0)) })
        }
        let first = [
            series("counter_total", 200) { Double($0 * $0 % 97 + $0 * 40) }, series("decimals", 150) { Double($0 * 37 % 101) / 100 },
            series("real", 150) { (Double($0) + 0.5).squareRoot() }, series("constant", 200) { _ in 7 },
            series("marked", 100) { $0 == 50 ? SampleColumns.staleMarker : $0 == 51 ? .nan : Double($0) },
            (SeriesLabels.test("histogram"), [Sample(start, histogram), Sample(start + 15_000, 1)]),
            (SeriesLabels.test("yesterday"), [Sample(start - 86_400_000, 1)]),
        ]
        return [first, [(SeriesLabels.test("counter_total", ["größe": "α"]), [Sample(start + 3_590_000, 9_000)]), (SeriesLabels.test("late"), [Sample(start, histogram)])]]
    }

    static func batch(_ index: Int) -> SampleBatch {
        var batch = SampleBatch()
        for (labels, samples) in batches[index] {
            var columns = SampleColumns()
            for sample in samples {
                if let histogram = sample.histogram { columns.append(sample.time, histogram) } else { columns.append(sample.time, Double(bitPattern: sample.bits)) }
            }
            batch.append(labels, columns)
        }
        batch.append(family: "counter_total", MetricMetadata(.counter, help: "Counts.", unit: "things"))
        return batch
    }
}

@Test(arguments: ["format-1"]) func seriesStoreOfAnOlderVersionIsRead(name: String) throws {
    let files = MemoryFiles()
    let sample = SeriesFormatSamples.folder.appendingPathComponent(name).path
    for path in try #require(FileManager.default.enumerator(atPath: sample)?.compactMap { $0 as? String }) where path != "LOCK" {
        guard let content = FileManager.default.contents(atPath: sample + "/" + path), !content.isEmpty else { continue }
        files.close(try files.create("/series/" + path, isPrivate: false))
        files.setContent("/series/" + path, [UInt8](content))
    }
    let test = TestSeriesStore(files)
    let store = try test.open()
    var expected: [SeriesLabels: [Sample]] = [:]
    for (labels, samples) in SeriesFormatSamples.batches.joined() { expected[labels, default: []] += samples }
    #expect(try store.samples() == expected)
    #expect(store.statistics().blocks == 2 && store.statistics().headSamples == 2)
    #expect(store.metadata(of: nil) == ["counter_total": [MetricMetadata(.counter, help: "Counts.", unit: "things")]])
    #expect(test.events.damage.isEmpty)
}

/// Makes the sample of a new version of the format, never of one that has been committed: run with GATEWATCH_MAKE_SERIES_SAMPLE=format-N.
@Test(.enabled(if: ProcessInfo.processInfo.environment["GATEWATCH_MAKE_SERIES_SAMPLE"] != nil, "makes a sample of a new format version"))
func makeSeriesFormatSample() async throws {
    let name = try #require(ProcessInfo.processInfo.environment["GATEWATCH_MAKE_SERIES_SAMPLE"])
    let folder = SeriesFormatSamples.folder.appendingPathComponent(name).path
    try #require(!FileManager.default.fileExists(atPath: folder), "a committed sample is never made again")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var test = TestSeriesStore(SystemFiles())
    test.folder = folder
    let store = try test.open()
    _ = try await store.append(SeriesFormatSamples.batch(0))
    try await store.flush()
    _ = try await store.append(SeriesFormatSamples.batch(1))
    await store.close()
    try FileManager.default.removeItem(atPath: folder + "/LOCK")
}
