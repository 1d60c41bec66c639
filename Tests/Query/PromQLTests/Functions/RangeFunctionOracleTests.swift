import GatewayModel
import Testing

@testable import PromQL

/// Range functions against their definitions, computed for every window by itself over random series.
struct RangeFunctionOracleTests {
    private static let absent = StepRow.absent

    /// A function's results must be those of a definition over the numbers of each window.
    ///
    /// - Parameter size: of a result that is a small difference of large numbers, how large those are.
    private func check(
        _ random: RandomSeries, _ query: String, scalars: [Double] = [], tolerance: Double = 1e-9, size: ([Double]) -> Double = { _ in 0 },
        _ definition: ([Double]) -> Double
    ) throws {
        let results = try FunctionCall.over(random, query, scalars: scalars)
        for (step, window) in random.windows.enumerated() {
            let values = Array(random.samples.values[window])
            let expected = values.isEmpty ? Self.absent : definition(values)
            if !agree(results[step], expected, within: tolerance, size: size(values)) {
                Issue.record("step \(step), \(query): \(results[step]) instead of \(expected)")
            }
        }
    }

    @Test(arguments: RandomSeries.all) func sums(_ random: RandomSeries) throws {
        // Where the sum is small beside its parts, the tolerance is that of twice the digits.
        try check(random, "sum_over_time(x[1m])", size: { Self.size($0) * 1e-12 }) { Double(Self.exactSum($0)) }
        try check(random, "avg_over_time(x[1m])", size: { Self.size($0) * 1e-12 }) { Double(Self.exactSum($0) / Float80($0.count)) }
    }

    @Test(arguments: RandomSeries.all) func deviations(_ random: RandomSeries) throws {
        // The difference of two sizes of 1e15 has no digits left for what lies below 1.
        try check(random, "stdvar_over_time(x[1m])", size: { Self.size($0) * 1e-6 }, Self.variance)
        try check(random, "stddev_over_time(x[1m])", tolerance: 1e-6, size: { Self.size($0) * 1e-6 }) { Self.variance($0).squareRoot() }
    }

    @Test(arguments: RandomSeries.all) func extremes(_ random: RandomSeries) throws {
        func numbers(_ values: [Double]) -> [Double] { values.filter { !$0.isNaN } }
        try check(random, "max_over_time(x[1m])") { numbers($0).max() ?? .nan }
        try check(random, "min_over_time(x[1m])") { numbers($0).min() ?? .nan }
    }

    @Test(arguments: RandomSeries.all) func quantiles(_ random: RandomSeries) throws {
        for share in [0, 0.1, 0.5, 0.95, 1] {
            try check(random, "quantile_over_time(\(share), x[1m])", scalars: [share]) { Self.quantile(share, $0) }
        }
        try check(random, "quantile_over_time(-1, x[1m])", scalars: [-1]) { _ in -.infinity }
        try check(random, "quantile_over_time(2, x[1m])", scalars: [2]) { _ in .infinity }
        try check(random, "quantile_over_time(NaN, x[1m])", scalars: [.nan]) { _ in .nan }
        try check(random, "mad_over_time(x[1m])") { values in
            if values.contains(where: \.isNaN) { return .nan }
            let median = Self.quantile(0.5, values)
            return Self.quantile(0.5, values.map { ($0 - median).magnitude })
        }
    }

    @Test(arguments: RandomSeries.all) func edgesAndCounts(_ random: RandomSeries) throws {
        try check(random, "first_over_time(x[1m])") { $0[0] }
        try check(random, "last_over_time(x[1m])") { $0[$0.count - 1] }
        try check(random, "count_over_time(x[1m])") { Double($0.count) }
        try check(random, "present_over_time(x[1m])") { _ in 1 }
        try check(random, "changes(x[1m])") { values in
            Double(zip(values, values.dropFirst()).filter { $0 != $1 && !($0.isNaN && $1.isNaN) }.count)
        }
        try check(random, "resets(x[1m])") { values in Double(zip(values, values.dropFirst()).filter { $0 > $1 }.count) }
    }

    @Test(arguments: RandomSeries.all) func timesOfSamples(_ random: RandomSeries) throws {
        let functions: [(String, ([Double]) -> Int)] = [
            ("ts_of_first_over_time(x[1m])", { _ in 0 }),
            ("ts_of_last_over_time(x[1m])", { $0.count - 1 }),
            ("ts_of_max_over_time(x[1m])", { values in Self.lastIndex(of: values.filter { !$0.isNaN }.max(), in: values) }),
            ("ts_of_min_over_time(x[1m])", { values in Self.lastIndex(of: values.filter { !$0.isNaN }.min(), in: values) }),
        ]
        for (query, index) in functions {
            let results = try FunctionCall.over(random, query)
            for (step, window) in random.windows.enumerated() {
                let values = Array(random.samples.values[window])
                let expected = values.isEmpty ? Self.absent : Double(random.samples.times[window.lowerBound + index(values)]) / 1_000
                if !agree(results[step], expected, within: 0) { Issue.record("step \(step), \(query): \(results[step]) instead of \(expected)") }
            }
        }
    }

    @Test(arguments: RandomSeries.all) func smoothing(_ random: RandomSeries) throws {
        try check(random, "double_exponential_smoothing(x[1m], 0.3, 0.6)", scalars: [0.3, 0.6]) { values in
            guard values.count > 1 else { return Self.absent }
            // Levels and trends of all samples, as the handbook has them.
            var levels = [values[0]]
            var trends = [values[1] - values[0]]
            for index in 1..<values.count {
                if index > 1 { trends.append(0.6 * (levels[index - 1] - levels[index - 2]) + 0.4 * trends[index - 2]) }
                levels.append(0.3 * values[index] + 0.7 * (levels[index - 1] + trends[index - 1]))
            }
            return levels[values.count - 1]
        }
    }

    @Test(arguments: RandomSeries.all) func lines(_ random: RandomSeries) throws {
        let slopes = try FunctionCall.over(random, "deriv(x[1m])")
        let predictions = try FunctionCall.over(random, "predict_linear(x[1m], 3600)", scalars: [3_600])
        for (step, window) in random.windows.enumerated() {
            guard window.count > 1 else {
                #expect(StepRow.isAbsent(slopes[step]) && StepRow.isAbsent(predictions[step]))
                continue
            }
            let values = random.samples.values[window]
            guard values.allSatisfy(\.isFinite) else {
                #expect(slopes[step].isNaN && predictions[step].isNaN, "step \(step)")
                continue
            }
            let line = Self.line(random.samples.times[window].map { Float80($0 - random.grid[step]) / 1_000 }, values.map { Float80($0) })
            // What the noise of the values is worth in a slope over the window.
            let spread = Self.size(Array(values)) * 1e-6 / Double(random.range) * 1_000
            if !agree(slopes[step], Double(line.slope), size: spread) { Issue.record("slope of step \(step): \(slopes[step]) instead of \(line.slope)") }
            let expected = Double(line.intercept + 3_600 * line.slope)
            if !agree(predictions[step], expected, size: spread * 3_600) {
                Issue.record("step \(step): \(predictions[step]) instead of \(expected)")
            }
        }
    }

    // Definitions

    private static func exactSum(_ values: [Double]) -> Float80 { values.reduce(0) { $0 + Float80($1) } }

    private static func size(_ values: [Double]) -> Double { values.reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) } }

    private static func variance(_ values: [Double]) -> Double {
        let mean = exactSum(values) / Float80(values.count)
        return Double(values.reduce(0) { $0 + (Float80($1) - mean) * (Float80($1) - mean) } / Float80(values.count))
    }

    private static func quantile(_ share: Double, _ values: [Double]) -> Double {
        let sorted = values.sorted { $0.isNaN ? !$1.isNaN : $0 < $1 }
        let rank = share * Double(sorted.count - 1)
        let lower = Int(rank)
        let weight = rank - Double(lower)
        return sorted[lower] * (1 - weight) + sorted[min(lower + 1, sorted.count - 1)] * weight
    }

    private static func lastIndex(of value: Double?, in values: [Double]) -> Int { value.flatMap { values.lastIndex(of: $0) } ?? values.count - 1 }

    private static func line(_ x: [Float80], _ y: [Float80]) -> (slope: Float80, intercept: Float80) {
        let meanX = x.reduce(0, +) / Float80(x.count)
        let meanY = y.reduce(0, +) / Float80(y.count)
        var covariance: Float80 = 0, variance: Float80 = 0
        for (x, y) in zip(x, y) {
            covariance += (x - meanX) * (y - meanY)
            variance += (x - meanX) * (x - meanX)
        }
        let slope = covariance / variance
        return (slope, meanY - slope * meanX)
    }
}
