import Foundation

/// What doing something took, and what the process takes.
enum Measurement {
    /// The median CPU time of `repeats` runs, after one to warm up.
    static func median(_ repeats: Int, _ body: () throws -> Void) rethrows -> Double {
        try body()
        var seconds: [Double] = []
        for _ in 0..<repeats {
            let before = processSeconds
            try body()
            seconds.append(processSeconds - before)
        }
        return seconds.sorted()[seconds.count / 2]
    }

    static func line(_ name: String, _ value: Double, _ unit: String, _ more: String) {
        let padded = name.padding(toLength: 28, withPad: " ", startingAt: 0)
        print("\(padded) \(decimal(value, 3)) \(unit)\(more.isEmpty ? "" : " (\(more))")")
    }

    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// CPU time of the whole process so far.
    static var processSeconds: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    static var residentMiB: Double { status("VmRSS:") }
    static var peakMiB: Double { status("VmHWM:") }

    /// A line of `/proc/self/status`, which counts kilobytes.
    private static func status(_ name: String) -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return (line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
    }
}
