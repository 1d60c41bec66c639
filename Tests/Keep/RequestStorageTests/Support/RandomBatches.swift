import ByteCoding
import GatewayModel
import KeepTestSupport

/// Random batches with all kinds of columns and absences.
struct RandomBatches {
    var random: SeededGenerator
    /// The day around which times lie.
    var now: Timestamp
    /// Days before `now` over which times are spread.
    var days = 3
    /// Whether some rows carry document ids (from few ids, so that they meet again).
    var hasDocuments = false
    /// One field in so many is there; fewer columns where every byte or step is tried.
    var oneFieldIn: Int

    init(seed: Int, now: Timestamp, days: Int = 3, hasDocuments: Bool = false, oneFieldIn: Int = 3) {
        random = SeededGenerator(seed: seed)
        self.now = now
        self.days = days
        self.hasDocuments = hasDocuments
        self.oneFieldIn = oneFieldIn
    }

    mutating func next(rows: Int) -> RecordBatch {
        var batch = RecordBatch(count: rows)
        let span = Int64(days) * Timestamp.microsecondsPerDay
        batch[.time] = .integers((0..<rows).map { _ in now.microseconds - Int64.random(in: 0..<max(1, span), using: &random) })
        for field in RequestField.allCases where field != .time && field != .sequence && field != .documentID && field != .documentVersion && random.oneIn(oneFieldIn) {
            batch[field] = column(field, rows)
        }
        deriveStart(&batch)
        if hasDocuments {
            let ids = (0..<rows).map { _ in random.oneIn(2) ? "" : "doc-\(Int.random(in: 0..<400, using: &random))" }
            if ids.contains(where: { !$0.isEmpty }) { batch[.documentID] = .texts(StringTable(ids)) }
        }
        return batch
    }

    private mutating func column(_ field: RequestField, _ rows: Int) -> RecordColumn? {
        let absentShare = [0, 0, 2, 9].randomElement(using: &random) ?? 0
        func isAbsent(_ random: inout SeededGenerator) -> Bool { Int.random(in: 0..<10, using: &random) < absentShare }
        switch field.kind {
        case .integer:
            let width = Int.random(in: 0...62, using: &random)
            let values = (0..<rows).map { _ in isAbsent(&random) ? absentInteger : Int64.random(in: -3...(1 << width), using: &random) }
            return values.contains { $0 != absentInteger } ? .integers(values) : nil
        case .dictionary:
            // More values than are used, as after a filter.
            let values = StringTable((0..<Int.random(in: 1...300, using: &random)).map { "\(field.name)-\($0)" })
            let codes = (0..<rows).map { _ in isAbsent(&random) ? 0 : UInt32.random(in: 1...UInt32(values.count), using: &random) }
            return codes.contains { $0 != 0 } ? .codes(codes, values: values) : nil
        case .text:
            let isID = random.oneIn(2)
            let texts = (0..<rows).map { row in
                isAbsent(&random) ? "" : isID ? random.text(32) : "text \(row % 7) ü \(random.text(Int.random(in: 0..<5, using: &random)))"
            }
            return texts.contains { !$0.isEmpty } ? .texts(StringTable(texts)) : nil
        }
    }

    /// Most sources have start = time - duration; a few rows differ.
    private mutating func deriveStart(_ batch: inout RecordBatch) {
        guard let times = batch.integers(.time), let durations = batch.integers(.duration), random.oneIn(2) else { return }
        batch[.start] = .integers(zip(times, durations).map { time, duration in
            duration == absentInteger ? absentInteger : time &- duration &+ (random.oneIn(20) ? 5 : 0)
        })
    }
}

extension RecordBatch {
    /// A batch of one-column-per-kind rows at these times.
    static func simple(times: [Int64], ids: [String]? = nil, provider: String = "openai") -> RecordBatch {
        var batch = RecordBatch(count: times.count)
        batch[.time] = .integers(times)
        batch[.duration] = .integers(times.map { $0 & 0xFFFF })
        batch[.provider] = .codes(times.map { _ in 1 }, values: StringTable([provider]))
        batch[.requestID] = .texts(StringTable(times.map { "request \($0)" }))
        if let ids {
            batch[.documentID] = .texts(StringTable(ids))
            batch[.index] = .codes(ids.map { _ in 1 }, values: StringTable(["requests"]))
        }
        return batch
    }
}
