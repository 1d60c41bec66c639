internal import ByteCoding
package import GatewayModel

extension RecordCollector {
    /// Stores records that the program made itself, and counts them as if they had come in by the doors that they name.
    ///
    /// - Parameter isTimely: whether they come as they complete; false for generated history, which has no lag and is counted as imported: how much of it came at once
    ///   says nothing of how often a source sends.
    package func storeGenerated(_ batch: RecordBatch, isTimely: Bool) async throws(StorageError) {
        let receipt = try await writer.append(batch)
        for part in Self.parts(of: batch) {
            var result = IngestResult(batch: part.batch, itemOfRow: [], rejected: [], counters: IngestCounters())
            result.counters.received = part.batch.count
            result.counters.newest = isTimely ? part.batch.integers(.time)?.max().map { Timestamp(microseconds: $0) } : nil
            let context = context(part.door)
            let partReceipt = AppendReceipt(firstSequence: receipt.firstSequence)
            metrics.record(result.counters, ledger.record(result, partReceipt, context, isTimely: isTimely, source: isTimely ? part.source : LedgerSource(.file, kind: nil)), context)
        }
    }

    /// The completion times of a batch by door and kind of gateway.
    private static func parts(of batch: RecordBatch) -> [(door: IngestDoor, source: LedgerSource, batch: RecordBatch)] {
        guard let times = batch.integers(.time) else { return [] }
        var parts: [LedgerSource: (door: IngestDoor, times: [Int64])] = [:]
        var known: [UInt64: (IngestDoor, LedgerSource)] = [:]
        let (doors, kinds) = (batch[.source], batch[.gateway])
        for (row, time) in times.enumerated() {
            let codes = UInt64(code(doors, row)) << 32 | UInt64(code(kinds, row))
            let (door, source) = known[codes] ?? {
                let door = batch.text(.source, row: row).flatMap { IngestDoor(named: $0) } ?? .file
                return (door, LedgerSource(door, kind: batch.text(.gateway, row: row)))
            }()
            known[codes] = (door, source)
            parts[source, default: (door, [])].times.append(time)
        }
        return parts.map { source, part in
            var batch = RecordBatch(count: part.times.count)
            batch[.time] = .integers(part.times)
            return (part.door, source, batch)
        }
    }

    private static func code(_ column: RecordColumn?, _ row: Int) -> UInt32 {
        if case .codes(let codes, _) = column { codes[row] } else { 0 }
    }
}
