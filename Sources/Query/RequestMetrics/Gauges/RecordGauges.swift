internal import GatewayModel
internal import RequestQuery

/// Gauges that only single records tell: read one by one, from those blocks of the store that windows touch.
struct RecordGauges {
    private let context: ReadingContext
    /// Ascending, microseconds since 1970.
    private let instants: [Int64]

    init(_ context: ReadingContext, _ instants: [Int64]) {
        self.context = context
        self.instants = instants.map { $0 * 1_000 }
    }

    /// Microseconds of the window of ``GaugeFormula/tokensPerSecond``.
    private static let speedWindow: Int64 = 60_000_000
    /// Calls that last longer are not looked for: what is known as a duration ends at a day.
    private static let durationMax = Timestamp.microsecondsPerDay

    /// By the labels' texts: the median of the window before each instant.
    func tokensPerSecond(_ fields: [RequestField]) throws(QueryError) -> [[String]: [Double]] {
        guard let first = instants.first, let last = instants.last else { return [:] }
        var calls: [[UInt32]: [(time: Int64, speed: Double)]] = [:]
        let range = TimeRange(from: Timestamp(microseconds: first - Self.speedWindow), to: Timestamp(microseconds: last))
        var next = NextInstant(instants)
        var scan = GaugeScan(context, range, fields, tested: [.time], told: [.duration, .timeToFirstToken, .outputTokens])
        try scan.run { segment, block in
            // Of a block all of whose records completed between two windows nothing need be read.
            let times = segment.bounds(.time, block: block) ?? range.bounds
            return next.after(times.lowerBound).map { $0 - Self.speedWindow <= times.upperBound } ?? false
        } passes: { numbers in
            next.after(numbers[0]).map { $0 - Self.speedWindow <= numbers[0] } ?? false
        } body: { key, numbers in
            let (duration, first, tokens) = (numbers[1], numbers[2], numbers[3])
            guard duration != absentInteger, tokens != absentInteger, tokens > 0 else { return }
            let generation = duration - (first == absentInteger ? 0 : first)
            if generation > 0 { calls[key, default: []].append((numbers[0], Double(tokens) * 1e6 / Double(generation))) }
        }
        var rows: [[String]: [Double]] = [:]
        for (key, calls) in calls {
            let sorted = calls.sorted { $0.time < $1.time }
            rows[texts(key, fields)] = instants.map { instant in
                let start = sorted.partitionIndex { $0.time >= instant - Self.speedWindow }
                let end = sorted.partitionIndex { $0.time >= instant }
                return Self.median(sorted[start..<end].map(\.speed))
            }
        }
        return rows
    }

    /// By the labels' texts: records with `start <= instant < time`.
    func activeRequests(_ fields: [RequestField]) throws(QueryError) -> [[String]: [Double]] {
        guard let first = instants.first, let last = instants.last else { return [:] }
        var changes: [[UInt32]: [Int]] = [:]
        let range = TimeRange(from: Timestamp(microseconds: first), to: Timestamp(microseconds: last + Self.durationMax))
        var next = NextInstant(instants)
        var scan = GaugeScan(context, range, fields, tested: [.time, .start, .duration], told: [])
        try scan.run { segment, block in
            let times = segment.bounds(.time, block: block) ?? range.bounds
            let longest = segment.bounds(.duration, block: block)?.upperBound ?? 0
            let earliest = min(times.lowerBound - longest, segment.bounds(.start, block: block)?.lowerBound ?? times.lowerBound)
            return next.notBefore(earliest).map { $0 < times.upperBound } ?? false
        } passes: { numbers in
            next.notBefore(Self.start(numbers)).map { $0 < numbers[0] } ?? false
        } body: { key, numbers in
            let from = instants.partitionIndex { $0 >= Self.start(numbers) }
            let to = instants.partitionIndex { $0 >= numbers[0] }
            changes[key, default: Array(repeating: 0, count: instants.count + 1)][from] += 1
            changes[key]?[to] -= 1
        }
        var rows: [[String]: [Double]] = [:]
        for (key, changes) in changes {
            var active = 0
            rows[texts(key, fields)] = changes.dropLast().map { change in
                active += change
                return Double(active)
            }
        }
        return rows
    }

    /// When a call started, of its `time`, `start` and `duration`.
    private static func start(_ numbers: GaugeScan.Numbers) -> Int64 {
        let (time, start, duration) = (numbers[0], numbers[1], numbers[2])
        return start != absentInteger ? start : duration != absentInteger ? time - duration : time
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return SampleColumns.staleMarker }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func texts(_ key: [UInt32], _ fields: [RequestField]) -> [String] {
        zip(key, fields).map { context.state.values[Int($1.rawValue)].text($0) ?? "" }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element passes, in a collection where all after one that passes do; ``endIndex`` when none does.
    func partitionIndex(_ passes: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
