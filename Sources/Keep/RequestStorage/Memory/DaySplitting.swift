internal import ByteCoding
internal import GatewayModel

/// Which partition a record belongs to.
struct PartitionDays: Sendable, Equatable {
    /// The days that may have partitions. Records outside go to the nearest one, so that no batch can make more partitions than retention has days.
    let days: ClosedRange<Int32>

    /// Days are kept from 1970 to 9999, the years that a file's name can show.
    static let all: ClosedRange<Int32> = 0...2_932_896

    init(now: Timestamp, retentionDays: Int) {
        let today = min(max(now.utcDay, Self.all.lowerBound), Self.all.upperBound)
        let first = max(Int64(Self.all.lowerBound), Int64(today) - Int64(retentionDays) - 1)
        days = Int32(first)...min(today + 1, Self.all.upperBound)
    }

    func day(_ time: Int64) -> Int32 { min(max(Timestamp(microseconds: time).utcDay, days.lowerBound), days.upperBound) }

    /// The batch's rows by day, oldest day first, each in order; the batch itself when it lies in one day.
    func split(_ batch: RecordBatch) -> [(day: Int32, batch: RecordBatch)] {
        guard let times = batch.integers(.time), let first = times.min(), let last = times.max() else { return [] }
        if day(first) == day(last) { return [(day(first), batch)] }
        var rows: [Int32: [Int]] = [:]
        for (row, time) in times.enumerated() { rows[day(time), default: []].append(row) }
        return rows.keys.sorted().map { ($0, batch.gathering(rows[$0] ?? [])) }
    }
}
