import ByteCoding
import Foundation
import GatewayModel
import PromQL
import Testing

/// The queries of prometheus/compliance over the demo series, against the answers of a Prometheus.
@Suite(.enabled(if: SharedSuites.areAvailable)) struct ComplianceTests {
    /// Queries that are known to differ, and why. One that is listed here must differ.
    static let exceptions: [String: String] = [
        "label_join(demo_num_cpus, \"~invalid\", \"-\", \"instance\")": "the answers are those of Prometheus 2; since 3 any UTF-8 text is a label's name",
    ]

    /// The closed range of the range queries, and the instant of the instant queries.
    private static let grid = StepGrid(start: 1_700_003_910_000, end: 1_700_004_510_000, step: 30_000)

    struct Golden: Decodable, CustomTestStringConvertible, Sendable {
        let query: String
        let range: GoldenValue?
        let instant: GoldenValue?
        var testDescription: String { query }
    }

    static let cases = (try? ComplianceFiles.golden()) ?? []
    static let reader = (try? ComplianceFiles.series()) ?? HeldSeries()

    @Test func casesAndSeriesAreFound() {
        #expect(Self.cases.count > 200)
        #expect(Self.reader.series.count > 200)
    }

    @Test(arguments: cases) func answersAsPrometheus(_ golden: Golden) {
        let difference = Self.difference(golden)
        let isListed = Self.exceptions[golden.query] != nil
        #expect((difference == nil) != isListed, "\(difference ?? "a listed query is answered as Prometheus answers it")")
    }

    /// What the first difference is; nil when both answers agree.
    private static func difference(_ golden: Golden) -> String? {
        guard let expression = try? PromQLParser.parse(golden.query) else {
            return golden.range == nil && golden.instant == nil ? nil : "refused as wrong"
        }
        let engine = PromQLEngine(reader: reader)
        return difference(golden.range) { try engine.range(expression, grid: grid) }.map { "range: " + $0 }
            ?? difference(golden.instant) { try engine.instant(expression, at: grid.end) }.map { "instant: " + $0 }
    }

    private static func difference(_ golden: GoldenValue?, _ evaluate: () throws -> QueryAnswer) -> String? {
        let answer: QueryAnswer
        do { answer = try evaluate() } catch { return golden == nil ? nil : "\(error)" }
        guard let golden else { return "an answer where Prometheus has an error" }
        let own = GoldenValue(answer)
        if own.series.count != golden.series.count { return "\(own.series.count) series instead of \(golden.series.count)" }
        for (labels, points) in golden.series {
            guard let mine = own.series[labels] else { return "no series \(labels)" }
            guard mine.count == points.count else { return "\(mine.count) points instead of \(points.count) of \(labels)" }
            for (left, right) in zip(mine, points) where left.time != right.time || !isClose(left.value, right.value) {
                return "\(left) instead of \(right) of \(labels)"
            }
        }
        return nil
    }

    /// Within the compliance tool's own tolerance.
    private static func isClose(_ left: Double, _ right: Double) -> Bool {
        left == right || left.isNaN && right.isNaN || abs(left - right) <= 1e-5 * max(abs(left), abs(right))
    }
}

/// A value as the API writes it: points by label set, a scalar as one without labels.
struct GoldenValue: Decodable, Sendable {
    struct Point: Decodable, Sendable {
        let time: Double
        let value: Double

        init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            time = try pair.decode(Double.self)
            let text = try pair.decode(String.self)
            value = Double(text) ?? .nan
        }
    }

    private struct Series: Decodable {
        let metric: [String: String]
        let values: [Point]?
        let value: Point?
    }

    private enum Key: String, CodingKey { case resultType, result }

    var series: [[String: String]: [Point]] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .resultType) {
        case "scalar": series[[:]] = [try container.decode(Point.self, forKey: .result)]
        case "string": break
        default:
            for element in try container.decode([Series].self, forKey: .result) { series[element.metric] = element.values ?? element.value.map { [$0] } ?? [] }
        }
    }

    init(_ answer: QueryAnswer) {
        func names(_ labels: SeriesLabels) -> [String: String] { Dictionary(uniqueKeysWithValues: labels.labels.map { ($0.name, $0.value) }) }
        switch answer.value {
        case .scalar(let value): series[[:]] = [Point(time: Double(answer.time) / 1000, value: value)]
        case .string: break
        case .vector(let samples):
            for sample in samples { series[names(sample.labels)] = [Point(time: Double(answer.time) / 1000, value: sample.value)] }
        case .matrix(let matrix):
            for row in matrix {
                series[names(row.labels)] = zip(row.points.times, row.points.values).map { Point(time: Double($0) / 1000, value: $1) }
            }
        }
    }
}

/// The packed files of the suite.
enum ComplianceFiles {
    private struct Demo: Decodable {
        struct Series: Decodable {
            let metric: [String: String]
            let values: [Double?]
        }

        let t0: Int64
        let step: Int64
        let series: [Series]
    }

    static func golden() throws -> [ComplianceTests.Golden] {
        try unpacked("compliance_golden_dev.jsonl.gz").split(separator: UInt8(ascii: "\n")).map { line in
            try JSONDecoder().decode(ComplianceTests.Golden.self, from: Data(line))
        }
    }

    static func series() throws -> HeldSeries {
        let demo = try JSONDecoder().decode(Demo.self, from: Data(unpacked("demo_series.json.gz")))
        return HeldSeries(
            demo.series.map { series in
                var samples = SampleColumns()
                for (row, value) in series.values.enumerated() { if let value { samples.append((demo.t0 + Int64(row) * demo.step) * 1000, value) } }
                return HeldSeries.Series(labels: SeriesLabels(series.metric.map { SeriesLabel($0.key, $0.value) }), samples: samples)
            })
    }

    private static func unpacked(_ name: String) throws -> [UInt8] {
        let bytes = try [UInt8](SharedSuites.file("promql/" + name))
        return try bytes.withUnsafeBytes { try Gzip.decompress($0, limit: 1 << 28) }
    }
}
