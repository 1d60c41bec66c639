internal import ByteCoding
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension RequestStore {
    /// Bytes on disk of the tables beside the parts.
    package var rollupBytes: Int { state.withLock { $0.parts.reduce(0) { $0 + $1.rollupBytes } } }

    /// Bytes of columns in these tables by what the columns say: for benchmarks, which tell what a kind costs.
    package var rollupColumnBytes: [String: Int] {
        var bytes: [String: Int] = [:]
        for part in state.withLock({ $0.parts }) { bytes.merge(part.rollupColumnBytes, uniquingKeysWith: +) }
        return bytes
    }

    /// See ``StoreStatistics``. Linear in the number of parts and segments.
    package var statistics: StoreStatistics {
        let state = state.withLock { $0 }
        let memory = state.memorySegments(.all)
        var result = StoreStatistics()
        result.recordsInMemory = records(memory, state.hidden)
        result.records = result.recordsInMemory + records(state.parts, state.hidden)
        result.hiddenRecords = state.hidden.count
        result.hiddenRecordsMax = configuration.hiddenRecordsMax
        result.writeAheadLogBytes = Int64(state.logBytes)
        result.bytes = state.parts.reduce(result.writeAheadLogBytes) { $0 + Int64($1.bytes + $1.rollupBytes) }
        result.bytes += state.trends.reduce(0) { $0 + Int64($1.bytes) }
        result.parts = state.parts.count
        result.oldest = (state.parts.map { $0.timeBounds.first } + memory.map { $0.timeBounds.first }).min()
        result.newest = (state.parts.map { $0.timeBounds.last } + memory.map { $0.timeBounds.last }).max()
        result.sequence = state.sequence
        result.retentionDays = state.retentionDays
        result.unwritableReason = unwritableReason(state)
        result.syncs = state.syncs
        result.batches = state.batches
        result.flushes = state.flushes
        result.flushFailures = state.flushFailures
        result.diskSpace = try? files.space(paths.root)
        messages.withLock { messages in
            result.messageKeys = messages.table.count
            result.messageKeysForgotten = messages.table.forgotten
        }
        result.merging = mergeStatistics(state)
        result.diskBytesMax = configuration.diskBytesMax
        result.droppedByBudget = state.budget.droppedRecords
        result.isClockDoubted = state.clockTrust.isDoubting
        return result
    }

    private func mergeStatistics(_ state: StoreState) -> MergeStatistics {
        var result = MergeStatistics()
        let partsByDay = Dictionary(grouping: state.parts, by: \.directory.day)
        result.days = partsByDay.count
        result.partsPerDayMax = partsByDay.values.map(\.count).max() ?? 0
        result.merges = state.merging.merges
        result.failures = state.merging.failures
        result.bytesFlushed = state.merging.flushedBytes
        result.bytesMerged = state.merging.mergedBytes
        let due = dueMerges(state, isWhole: false)
        result.backlogParts = due.reduce(0) { $0 + $1.parts.count }
        result.backlogBytes = due.reduce(0) { $0 + Int64($1.bytes) }
        result.unreadableParts = state.merging.unreadable.count
        result.failure = state.merging.failure.map { "\($0.error)" }
        result.writesMax = MergePolicy.writesMax(configuration.mergePolicy)
        return result
    }

    /// Rows that are not hidden.
    private func records(_ segments: [any RecordSegment], _ hidden: HiddenSequences) -> Int64 {
        hiddenRows.covering(segments, hidden).segments.reduce(0) { $0 + Int64($1.rowCount - $1.hiddenCount) }
    }

    /// Looked up afresh, so that a store that nobody writes to because it is not ready does not stay so.
    private func unwritableReason(_ state: StoreState) -> String? {
        if let reason = lowSpace() { return reason }
        if case .failing(let error) = queue.obstacle { return "parts cannot be written: \(error)" }
        switch state.refusal {
        case nil, .full: return nil
        case let refusal?: return "\(refusal)"
        }
    }
}
