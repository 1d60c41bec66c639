import ByteCoding
import DemoTraffic
import GatewayModel

/// The rows of several batches, column by column.
struct DemoRecords {
    let batches: [RecordBatch]

    init(_ batches: some Sequence<RecordBatch>) { self.batches = Array(batches) }

    var count: Int { batches.reduce(0) { $0 + $1.count } }

    /// An integer field of all rows, ``absentInteger`` where absent.
    func integers(_ field: RequestField) -> [Int64] {
        batches.flatMap { $0.integers(field) ?? Array(repeating: absentInteger, count: $0.count) }
    }

    /// A string field of all rows, "" where absent.
    func texts(_ field: RequestField) -> [String] {
        batches.flatMap { batch -> [String] in
            switch batch[field] {
            case .codes(let codes, let values):
                let strings = [""] + values.strings
                return codes.map { strings[Int($0)] }
            case .texts(let values): return values.strings
            case .integers, nil: return Array(repeating: "", count: batch.count)
            }
        }
    }

    /// Whether both hold the same rows in the same order, wherever their batches end.
    func hasSameRows(as other: DemoRecords) -> Bool {
        RequestField.allCases.allSatisfy { field in
            field.kind == .integer ? integers(field) == other.integers(field) : texts(field) == other.texts(field)
        }
    }

    /// The values of a field in the rows where `isWanted` holds, present ones only.
    func values(_ field: RequestField, where isWanted: [Bool]) -> [Int64] {
        zip(integers(field), isWanted).compactMap { $1 && $0 != absentInteger ? $0 : nil }
    }

    /// For each row whether a string field has the value.
    func rows(_ field: RequestField, _ value: String) -> [Bool] { texts(field).map { $0 == value } }
}

/// The value below which `share` of the numbers lie; 0 for none.
func percentile(_ numbers: [Int64], _ share: Double) -> Double {
    guard !numbers.isEmpty else { return 0 }
    let sorted = numbers.sorted()
    return Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
}

/// The share of rows for which `condition` holds, among those for which `among` holds.
func share(of condition: [Bool], among: [Bool]) -> Double {
    let all = among.count { $0 }
    return all == 0 ? 0 : Double(zip(condition, among).count { $0 && $1 }) / Double(all)
}

func both(_ left: [Bool], _ right: [Bool]) -> [Bool] { zip(left, right).map { $0 && $1 } }

/// Traffic that several tests look at, generated once.
enum Demo {
    /// Friday, 20 March 2026, 10:42 UTC.
    static let now = time("2026-03-20T10:42:00Z")
    static let traffic = traffic(perDay: 150_000)
    /// Wednesday, 9:00 to 13:00 UTC; no incident but the lasting ones.
    static let workday = DemoRecords(traffic.batches(from: time("2026-03-18T09:00Z"), to: time("2026-03-18T13:00Z")))

    static func traffic(perDay: Int, seed: UInt64 = 7, now: Timestamp = Demo.now) -> DemoTraffic {
        DemoTraffic(seed: seed, now: now, recordsPerDay: perDay, pricing: stubPrice)
    }

    static func time(_ text: String) -> Timestamp { Timestamp(iso8601: text) ?? Timestamp(microseconds: 0) }

    /// A thousandth of a dollar for 1,000 tokens read, four for 1,000 written; nothing is known of the self-hosted model.
    @Sendable static func stubPrice(
        provider: String, model: String, time: Timestamp, input: Int64, cacheRead: Int64, cacheCreation: Int64, output: Int64
    ) -> Int64? {
        provider == "self_hosted" ? nil : input * 1_000 - cacheRead * 900 + cacheCreation * 250 + output * 4_000
    }

    static func records(_ traffic: DemoTraffic, _ from: Timestamp, minutes: Int) -> DemoRecords {
        DemoRecords(traffic.batches(from: from, to: Timestamp(microseconds: from.microseconds + Int64(minutes) * 60_000_000)))
    }
}
