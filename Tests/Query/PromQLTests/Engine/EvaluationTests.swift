import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

@Suite struct EvaluationTests {
    private static let reader: HeldSeries = {
        var reader = HeldSeries()
        reader.add(["__name__": "a", "job": "x", "instance": "1"], every: 60_000, [1, 2, 3, 4, 5, 6])
        reader.add(["__name__": "a", "job": "x", "instance": "2"], every: 60_000, [10, 20, 30, 40, 50, 60])
        reader.add(["__name__": "a", "job": "y", "instance": "1"], every: 60_000, [100, nil, nil, nil, nil, nil])
        reader.add(["__name__": "b", "job": "x"], every: 60_000, [2, 2, 2, 2, 2, 2])
        reader.add(["__name__": "c_total", "job": "x"], every: 60_000, [0, 60, 120, 180, 240, 300])
        reader.add(["__name__": "stale", "job": "x"], every: 60_000, [1, 2, SampleColumns.staleMarker, nil, 5, 6])
        return reader
    }()

    @Test(arguments: [
        ("a", ["a{instance=\"1\",job=\"x\"} 3.0@120", "a{instance=\"1\",job=\"y\"} 100.0@120", "a{instance=\"2\",job=\"x\"} 30.0@120"]),
        ("a offset 1m", ["a{instance=\"1\",job=\"x\"} 2.0@120", "a{instance=\"1\",job=\"y\"} 100.0@120", "a{instance=\"2\",job=\"x\"} 20.0@120"]),
        ("b @ 0", ["b{job=\"x\"} 2.0@120"]),
        ("-b", ["{job=\"x\"} -2.0@120"]),
        ("b + 1", ["{job=\"x\"} 3.0@120"]),
        ("1 - b", ["{job=\"x\"} -1.0@120"]),
        ("b > 1", ["b{job=\"x\"} 2.0@120"]),
        ("3 > b", ["b{job=\"x\"} 2.0@120"]),
        ("1 > b", []),
        ("1 > bool b", ["{job=\"x\"} 0.0@120"]),
        ("1 + 2 * 3", ["{} 7.0@120"]),
        ("sum by (job) (a)", ["{job=\"x\"} 33.0@120", "{job=\"y\"} 100.0@120"]),
        ("avg without (instance, job) (a{job=\"x\"})", ["{} 16.5@120"]),
        ("count(a)", ["{} 3.0@120"]),
        ("max by (instance) (a)", ["{instance=\"1\"} 100.0@120", "{instance=\"2\"} 30.0@120"]),
        ("topk(1, a)", ["a{instance=\"1\",job=\"y\"} 100.0@120"]),
        ("bottomk by (job) (1, a)", ["a{instance=\"1\",job=\"x\"} 3.0@120", "a{instance=\"1\",job=\"y\"} 100.0@120"]),
        ("quantile(0.5, a)", ["{} 30.0@120"]),
        ("count_values(\"v\", a)", ["{v=\"100\"} 1.0@120", "{v=\"3\"} 1.0@120", "{v=\"30\"} 1.0@120"]),
        ("a * on (job) group_left b", ["{instance=\"1\",job=\"x\"} 6.0@120", "{instance=\"2\",job=\"x\"} 60.0@120"]),
        ("b * on (job) group_right a", ["{instance=\"1\",job=\"x\"} 6.0@120", "{instance=\"2\",job=\"x\"} 60.0@120"]),
        ("a{instance=\"1\"} / ignoring (instance) b", ["{job=\"x\"} 1.5@120"]),
        ("a and on (job) b", ["a{instance=\"1\",job=\"x\"} 3.0@120", "a{instance=\"2\",job=\"x\"} 30.0@120"]),
        ("a unless on (job) b", ["a{instance=\"1\",job=\"y\"} 100.0@120"]),
        ("b or a{job=\"y\"}", ["a{instance=\"1\",job=\"y\"} 100.0@120", "b{job=\"x\"} 2.0@120"]),
        ("increase(c_total[2m])", ["{job=\"x\"} 120.0@120"]),
        ("sum_over_time(a{instance=\"1\",job=\"x\"}[2m])", ["{instance=\"1\",job=\"x\"} 5.0@120"]),
        ("max_over_time((a{instance=\"1\",job=\"x\"} * 2)[2m:1m])", ["{instance=\"1\",job=\"x\"} 6.0@120"]),
        ("timestamp(a{job=\"y\"})", ["{instance=\"1\",job=\"y\"} 0.0@120"]),
        ("absent_over_time(nothing{x=\"1\"}[1m])", ["{x=\"1\"} 1.0@120"]),
        ("stale", []),
        ("count_over_time(stale[3m])", ["{job=\"x\"} 2.0@120"]),
    ])
    func expression(query: String, expected: [String]) throws {
        let engine = PromQLEngine(reader: Self.reader)
        #expect(try engine.lines(query, 120, 120, step: 60) == expected)
    }

    @Test func aSampleIsNoLongerSeenWhenItIsAsOldAsTheLookBack() throws {
        let engine = PromQLEngine(reader: Self.reader)
        #expect(try engine.lines("a{job=\"y\"}", 240, 360, step: 60) == ["a{instance=\"1\",job=\"y\"} 100.0@240"])
    }

    @Test func stepInvariantExpressionsAreRepeated() throws {
        let engine = PromQLEngine(reader: Self.reader)
        #expect(try engine.lines("sum(a @ 60)", 0, 120, step: 60) == ["{} 122.0@0 122.0@60 122.0@120"])
        #expect(try engine.lines("b @ end() + c_total", 0, 120, step: 60) == ["{job=\"x\"} 2.0@0 62.0@60 122.0@120"])
    }

    @Test(arguments: [
        ("a + on (job) b", "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"),
        (
            "b + on (job) a",
            "found duplicate series for the match group {job=\"x\"} on the right hand-side of the operation: [{__name__=\"a\", instance=\"2\", job=\"x\"}, "
                + "{__name__=\"a\", instance=\"1\", job=\"x\"}];many-to-many matching not allowed: matching labels must be unique on one side"
        ),
        ("b + on (job) group_left a{job=\"x\"}", nil),
        ("-{__name__=~\"b|c_total\", job=\"x\"}", "vector cannot contain metrics with the same labelset"),
        ("sum(label_replace(a, \"job\", \"\", \"\", \"\"))", "vector cannot contain metrics with the same labelset"),
        ("topk(NaN, a)", "Parameter value is NaN"),
        ("sum_over_time(a[1m] smoothed)", "smoothed modifier can only be used with: delta, increase, rate - not with sum_over_time"),
    ])
    func errorsAreThoseOfPrometheus(query: String, message: String?) throws {
        let engine = PromQLEngine(reader: Self.reader)
        let error = #expect(throws: PromQLError.self) { try engine.lines(query, 120, 120, step: 60) }
        if let message { #expect(error?.message == message) }
        #expect(error?.kind == .execution)
    }

    @Test func absentValuesAreStaleMarkers() {
        #expect(StepRow.absent.bitPattern == StepRow.absentBits)
        #expect(StepRow.isAbsent(SampleColumns.staleMarker) && SampleColumns.isStale(StepRow.absent))
    }

    @Test func anEdgeFindsItsRowWhateverTheDistances() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var times: [Int64] = [], instants: [Int64] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) { times.append((times.last ?? 0) + Int64.random(in: 1...9, using: &random)) }
            for _ in 0..<40 { instants.append((instants.last ?? -20) + Int64.random(in: 0...30, using: &random)) }
            var edge = WindowEdge()
            for instant in instants {
                edge.move(to: instant, times.span)
                #expect(edge.row == times.prefix { $0 <= instant }.count)
            }
        }
    }

    @Test func limitsAreErrors() throws {
        var options = PromQLOptions.standard
        options.samplesMax = 5
        #expect(throws: PromQLError(.execution, "query processing would load too many samples into memory in query execution")) {
            try PromQLEngine(reader: Self.reader, options: options).lines("a", 0, 300, step: 60)
        }
        options = PromQLOptions(seriesMax: 2)
        #expect(throws: PromQLError(.execution, "query selects 3 series, more than the limit of 2")) {
            try PromQLEngine(reader: Self.reader, options: options).lines("a", 0, 300, step: 60)
        }
        options = PromQLOptions(timeoutSeconds: 0)
        #expect(throws: PromQLError(.timeout, "query timed out in expression evaluation")) {
            try PromQLEngine(reader: Self.reader, options: options).lines("a", 0, 300, step: 60)
        }
        #expect(throws: PromQLError(.canceled, "query was canceled in expression evaluation")) {
            try PromQLEngine(reader: Self.reader).instant(PromQLParser.parse("a"), at: 0) { true }
        }
    }

    @Test func exactIncreasesAreTakenAsTheyAre() throws {
        var reader = Self.reader
        reader.series.append(
            HeldSeries.Series(labels: SeriesLabels([SeriesLabel("__name__", "exact_total")]), samples: SampleColumns()) { range, grid in
                (0..<grid.count).map { Double($0 + 1) * Double(range) / 1000 }
            })
        let engine = PromQLEngine(reader: reader)
        #expect(try engine.lines("increase(exact_total[2m])", 0, 120, step: 60) == ["{} 120.0@0 240.0@60 360.0@120"])
        #expect(try engine.lines("rate(exact_total[2m])", 0, 120, step: 60) == ["{} 1.0@0 2.0@60 3.0@120"])
    }

    @Test func theReaderMayAnswerAnAggregation() throws {
        var reader = Self.reader
        reader.answer = { request in
            guard request.function == .rate, request.aggregation == .sum, request.grouping == ["job"], request.range == 120_000 else { return nil }
            return SeriesRows(labels: [SeriesLabels([SeriesLabel("job", "z")])], values: [(0..<request.grid.count).map { _ in 7 }])
        }
        let engine = PromQLEngine(reader: reader)
        #expect(try engine.lines("sum by (job) (rate(c_total[2m]))", 120, 180, step: 60) == ["{job=\"z\"} 7.0@120 7.0@180"])
        #expect(try engine.lines("sum by (instance) (rate(c_total[2m]))", 120, 120, step: 60) == ["{} 1.0@120"])
    }
}

extension EvaluationTests {
    /// As deep as the parser allows: evaluation recurses as the tree does.
    @Test(arguments: [("-", "b", ""), ("(", "b", ")"), ("1 + (", "b", ")"), ("sum(", "b", ")"), ("abs(", "b", ")"), ("max_over_time(", "b", "[1m:1m])")])
    func deepExpressionsAreEvaluatedOrRefused(before: String, inner: String, after: String) throws {
        let levels = PromQLParser.treeLevelsMax / 2 - 2
        let query = String(repeating: before, count: levels) + inner + String(repeating: after, count: levels)
        var reader = HeldSeries()
        reader.add(["__name__": "b"], every: 60_000, [1, 2, 3])
        guard let expression = try? PromQLParser.parse(query) else { return }
        let answer = try? PromQLEngine(reader: reader).range(expression, grid: StepGrid(start: 60_000, end: 120_000, step: 60_000))
        #expect(answer == nil || answer?.lines.count ?? 0 <= 1)
    }

    @Test func aRankingOfManyRowsGrows() throws {
        var reader = HeldSeries()
        for index in 0..<150 { reader.add(["__name__": "b", "i": "\(index)"], every: 60_000, [Double(index * 7 % 150), Double(index)]) }
        let engine = PromQLEngine(reader: reader)
        for (limit, expected) in [(1, 1), (40, 40), (149, 149), (1_000_000_000, 150)] {
            var values: [Double] = [], points = 0
            if case .vector(let samples) = try engine.instant("topk(\(limit), b)", at: 0).value { values = samples.map(\.value) }
            if case .matrix(let rows) = try engine.range("bottomk(\(limit), b)", 0, 60_000, step: 60_000).value {
                points = rows.reduce(0) { $0 + $1.points.count }
            }
            #expect(values == (0..<expected).map { Double(149 - $0) })
            #expect(points == 2 * expected)
        }
    }

    @Test(arguments: ["1", "vector(1)", "b", "sum_over_time(b[100y:1s])", "count_over_time(b[1h:1ms])", "max_over_time(sum_over_time(b[10y:1m])[10y:1m])"])
    func endlessQuestionsMeetALimit(query: String) throws {
        var reader = HeldSeries()
        reader.add(["__name__": "b"], every: 60_000, [1, 2, 3])
        let engine = PromQLEngine(reader: reader, options: PromQLOptions(memoryBytesMax: 1 << 24))
        let grid = StepGrid(start: 0, end: 1_000_000_000_000, step: query.contains("[") ? 500_000_000 : 1)
        let error = #expect(throws: PromQLError.self) { try engine.range(PromQLParser.parse(query), grid: grid) }
        #expect(error?.kind == .execution)
    }
}
