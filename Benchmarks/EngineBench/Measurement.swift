import Foundation

/// What repeating something took.
struct Measurement {
    /// Rows that each run looked at.
    let rows: Int
    /// Medians.
    let cpuSeconds: Double
    let wallSeconds: Double

    /// Runs `body`, which gives the rows it looked at, once to warm up and then `repeats` times.
    static func of(repeats: Int, _ body: () throws -> Int) rethrows -> Measurement {
        var rows = try body()
        var cpu: [Double] = []
        var wall: [Double] = []
        for _ in 0..<repeats {
            let (cpuStart, start) = (processSeconds(), ContinuousClock.now)
            rows = try body()
            cpu.append(processSeconds() - cpuStart)
            wall.append((ContinuousClock.now - start) / .seconds(1))
        }
        return Measurement(rows: rows, cpuSeconds: median(cpu), wallSeconds: median(wall))
    }

    func line(_ name: String) -> String {
        let rate = Double(rows) / max(cpuSeconds, 1e-9) / 1e6
        let padded = name.padding(toLength: 34, withPad: " ", startingAt: 0)
        return "\(padded) \(Self.decimal(rate, 0)) M rows/s of CPU, \(Self.decimal(wallSeconds * 1_000, 1)) ms"
    }

    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%\(digits == 0 ? 6 : 0).\(digits)f", value) }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// CPU time of the whole process so far.
    private static func processSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
