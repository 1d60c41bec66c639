import GatewayModel
import Testing

@testable import PromQL

/// `rate` and its relatives against their definitions, computed for every window by itself over random series.
struct RateOracleTests {
    /// The change of a window, continued to its edges as the documentation says.
    private func continued(_ random: RandomSeries, _ step: Int, isCounter: Bool) -> Double? {
        let window = random.windows[step]
        guard window.count > 1 else { return nil }
        let values = Array(random.samples.values[window])
        let times = random.samples.times[window].map { Double($0 - random.grid[step]) / 1_000 }
        let (first, last) = (times[0], times[times.count - 1])
        var change = values[values.count - 1] - values[0]
        if isCounter { for (before, after) in zip(values, values.dropFirst()) where after < before { change += before } }
        let distance = (last - first) / Double(values.count - 1)
        var toStart = first + Double(random.range) / 1_000
        var toEnd = -last
        if toStart >= distance * 1.1 { toStart = distance / 2 }
        if toEnd >= distance * 1.1 { toEnd = distance / 2 }
        // A counter begins at 0, not below.
        if isCounter, change > 0, values[0] >= 0 { toStart = min(toStart, (last - first) * (values[0] / change)) }
        return change * (1 + (toStart + toEnd) / (last - first))
    }

    private func check(_ random: RandomSeries, _ query: String, edges: RangeEdges? = nil, _ expected: (Int) -> Double?) throws {
        let results = try FunctionCall.over(random, query, edges: edges)
        for step in 0..<random.grid.count {
            let expected = expected(step) ?? StepRow.absent
            if !agree(results[step], expected, size: 1e-6) { Issue.record("step \(step), \(query): \(results[step]) instead of \(expected)") }
        }
    }

    @Test(arguments: RandomSeries.all) func continuedToTheEdges(_ random: RandomSeries) throws {
        let seconds = Double(random.range) / 1_000
        try check(random, "rate(x[1m])") { continued(random, $0, isCounter: true).map { $0 / seconds } }
        try check(random, "increase(x[1m])") { continued(random, $0, isCounter: true) }
        try check(random, "delta(x[1m])") { continued(random, $0, isCounter: false) }
    }

    @Test(arguments: RandomSeries.all) func lastTwoSamples(_ random: RandomSeries) throws {
        func pair(_ step: Int) -> (before: Double, after: Double, seconds: Double)? {
            let window = random.windows[step]
            guard window.count > 1 else { return nil }
            let last = window.upperBound - 1
            let (values, times) = (random.samples.values, random.samples.times)
            return (values[last - 1], values[last], Double(times[last] - times[last - 1]) / 1_000)
        }
        try check(random, "idelta(x[1m])") { step in pair(step).map { $0.after - $0.before } }
        try check(random, "irate(x[1m])") { step in pair(step).map { ($0.after < $0.before ? $0.after : $0.after - $0.before) / $0.seconds } }
    }

    /// A counter without its resets, so that a change between two instants is a difference.
    private func unbroken(_ random: RandomSeries) -> [Double] {
        var offset = 0.0
        return random.samples.values.indices.map { row in
            let values = random.samples.values
            if row > 0, values[row] < values[row - 1] { offset += values[row - 1] }
            return values[row] + offset
        }
    }

    @Test(arguments: RandomSeries.all.filter { $0.shape == .counter }) func anchoredAtTheSamplesBefore(_ random: RandomSeries) throws {
        let values = unbroken(random)
        try check(random, "increase(x[1m])", edges: .anchored) { step in
            let end = random.grid[step]
            let rows = random.samples.times.indices.filter { (end - random.range - 300_000 + 1...end).contains(random.samples.times[$0]) }
            guard let last = rows.last, random.samples.times[last] > end - random.range else { return nil }
            let first = rows.last { random.samples.times[$0] <= end - random.range } ?? rows[0]
            return values[last] - values[first]
        }
    }

    @Test(arguments: RandomSeries.all.filter { $0.shape == .counter }) func smoothedBetweenSamples(_ random: RandomSeries) throws {
        // Lines between samples; after a reset from 0, which the unbroken counter shows as its value before the reset.
        let values = unbroken(random)
        let times = random.samples.times
        func value(at instant: Int64, in rows: [Int]) -> Double {
            guard let after = rows.first(where: { times[$0] >= instant }) else { return values[rows[rows.count - 1]] }
            guard after > rows[0], times[after] > instant else { return values[after] }
            let share = Double(instant - times[after - 1]) / Double(times[after] - times[after - 1])
            return values[after - 1] + (values[after] - values[after - 1]) * share
        }
        try check(random, "increase(x[1m])", edges: .smoothed) { step in
            let (start, end) = (random.grid[step] - random.range, random.grid[step])
            let rows = times.indices.filter { (start - 300_000 + 1...end + 300_000).contains(times[$0]) }
            guard let first = rows.first, let last = rows.last, times[last] > start, times[first] <= end else { return nil }
            return value(at: end, in: rows) - value(at: start, in: rows)
        }
    }

    @Test func exactIncreasesAreTakenAsTheyAre() throws {
        let grid = StepGrid(start: 0, end: 120_000, step: 60_000)
        let series = WindowedSeries(
            labels: SeriesLabels([SeriesLabel("__name__", "x_total")]), samples: SampleColumns(), windows: [0..<0, 0..<0, 0..<0], ends: [0, 60_000, 120_000],
            range: 30_000, edges: nil, exactIncreases: [0, 6, 7.5])
        #expect(try FunctionCall.over(series, "increase(x_total[30s])", grid: grid).row.values == [0, 6, 7.5])
        #expect(try FunctionCall.over(series, "rate(x_total[30s])", grid: grid).row.values == [0, 0.2, 0.25])
        #expect(try FunctionCall.over(series, "delta(x_total[30s])", grid: grid).row.values.allSatisfy(StepRow.isAbsent))
    }

    @Test(arguments: [("requests", 1), ("requests_total", 0), ("latency_sum", 0), ("latency_count", 0), ("latency_bucket", 0)])
    func namesThatAreNoCountersLeaveANote(_ name: String, _ notes: Int) throws {
        let random = RandomSeries(seed: 3, .counter)
        for query in ["rate(\(name)[5m])", "increase(\(name)[5m])"] {
            #expect(try FunctionCall.over(random.series(name: name), query, grid: random.grid).notes.notes.count == notes)
        }
        #expect(try FunctionCall.over(random.series(name: name), "delta(\(name)[5m])", grid: random.grid).notes.notes.isEmpty)
    }
}
