internal import ByteCoding
internal import GatewayModel
internal import RequestQuery

/// Gauges that only single records tell: read one by one, from those parts of the store that windows touch.
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
        try scan(range, fields, [.duration, .timeToFirstToken, .outputTokens]) { time, key, numbers in
            let instant = instants.partitionIndex { $0 > time }
            guard instant < instants.count, instants[instant] - Self.speedWindow <= time else { return }
            let (duration, first, tokens) = (numbers[0], numbers[1], numbers[2])
            guard duration != absentInteger, tokens != absentInteger, tokens > 0 else { return }
            let generation = duration - (first == absentInteger ? 0 : first)
            if generation > 0 { calls[key, default: []].append((time, Double(tokens) * 1e6 / Double(generation))) }
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
        try scan(range, fields, [.start, .duration]) { time, key, numbers in
            let start = numbers[0] != absentInteger ? numbers[0] : numbers[1] != absentInteger ? time - numbers[1] : time
            let from = instants.partitionIndex { $0 >= start }
            let to = instants.partitionIndex { $0 >= time }
            guard from < to else { return }
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

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return SampleColumns.staleMarker }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func texts(_ key: [UInt32], _ fields: [RequestField]) -> [String] {
        zip(key, fields).map { context.state.values[Int($1.rawValue)].text($0) ?? "" }
    }

    /// Calls `body` with each record of a range: its time, combination of dimensions, and numbers. A block that cannot be read is left out.
    private func scan(
        _ range: TimeRange, _ fields: [RequestField], _ columns: [RequestField], _ body: (Int64, [UInt32], InlineArray<3, Int64>) -> Void
    ) throws(QueryError) {
        var records = 0
        let started = ContinuousClock.now
        for segment in context.snapshot.segments where range.overlaps(first: segment.timeBounds.first, last: segment.timeBounds.last) {
            guard let numbers = numbers(segment, fields) else { continue }
            for block in 0..<segment.blockCount {
                if let bounds = segment.bounds(.time, block: block), bounds.upperBound < range.from.microseconds || bounds.lowerBound >= range.to.microseconds { continue }
                records += segment.rows(ofBlock: block).count
                guard records <= context.limits.gaugeRecordsMax else {
                    throw QueryError(.queryLimit, "the gauge needs more than \(context.limits.gaugeRecordsMax) records (gaugeRecordsMax)")
                }
                guard (ContinuousClock.now - started) / .seconds(1) < context.queryLimits.timeoutSeconds else {
                    throw QueryError(.queryTimeout, "the query took longer than \(context.queryLimits.timeoutSeconds) s (timeoutSeconds)")
                }
                read(segment, block, range, fields, columns, numbers, body)
            }
        }
    }

    /// For each field the number of each code of the segment; nil when a dictionary cannot be read.
    private func numbers(_ segment: any RecordSegment, _ fields: [RequestField]) -> [[UInt32]]? {
        var result: [[UInt32]] = []
        for field in fields {
            do throws(StorageError) {
                let dictionary = try segment.dictionary(field)
                let values = context.state.values[Int(field.rawValue)]
                result.append([LabelValues.absent] + (0..<dictionary.count).map { values.number(of: .text(dictionary[$0])) })
            } catch {
                return nil
            }
        }
        return result
    }

    private func read(
        _ segment: any RecordSegment, _ block: Int, _ range: TimeRange, _ fields: [RequestField], _ columns: [RequestField], _ numbers: [[UInt32]],
        _ body: (Int64, [UInt32], InlineArray<3, Int64>) -> Void
    ) {
        var times: [Int64] = []
        var codes = fields.map { _ in [UInt32]() }
        var values = columns.map { _ in [Int64]() }
        do throws(StorageError) {
            try segment.read(.time, block: block, into: &times)
            for (index, field) in fields.enumerated() { try segment.read(field, block: block, into: &codes[index]) }
            for (index, field) in columns.enumerated() { try segment.read(field, block: block, into: &values[index]) }
        } catch {
            return
        }
        let hidden = Set(segment.hiddenRows(ofBlock: block).map(Int.init))
        var row = InlineArray<3, Int64>(repeating: absentInteger)
        for index in times.indices where times[index] >= range.from.microseconds && times[index] < range.to.microseconds && !hidden.contains(index) {
            for column in values.indices { row[column] = values[column][index] }
            body(times[index], fields.indices.map { numbers[$0][Int(codes[$0][index])] }, row)
        }
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
